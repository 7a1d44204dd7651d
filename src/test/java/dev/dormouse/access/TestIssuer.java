package dev.dormouse.access;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

/** An OIDC issuer with one key, which may be exchanged. */
public final class TestIssuer implements AutoCloseable {

    public static final String AUDIENCE = "dormouse";

    private final HttpServer server;
    private final AtomicInteger keysFetched = new AtomicInteger();
    private volatile RsaJsonWebKey key = newKey("one");
    private volatile boolean down;

    public TestIssuer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/.well-known/openid-configuration",
                exchange ->
                        answer(exchange, new JsonObject().put("issuer", url()).put("jwks_uri", url() + "/keys")));
        server.createContext("/keys", exchange -> {
            keysFetched.incrementAndGet();
            answer(
                    exchange,
                    new JsonObject()
                            .put(
                                    "keys",
                                    new JsonArray()
                                            .add(new JsonObject(
                                                    key.toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY)))));
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    static RsaJsonWebKey newKey(String id) {
        try {
            RsaJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
            key.setKeyId(id);
            return key;
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(HttpExchange exchange, JsonObject body) throws IOException {
        byte[] bytes = body.encode().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(down ? 500 : 200, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    public String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    int keysFetched() {
        return keysFetched.get();
    }

    RsaJsonWebKey key() {
        return key;
    }

    void signWith(RsaJsonWebKey other) {
        key = other;
    }

    void goDown() {
        down = true;
    }

    /** For alice of team-a, for us and the next ten minutes, but for what is changed. */
    public String token(Consumer<JwtClaims> change) {
        return signed(claims(change), key);
    }

    JwtClaims claims(Consumer<JwtClaims> change) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(url());
        claims.setAudience(AUDIENCE);
        claims.setSubject("alice");
        claims.setStringListClaim("groups", "team-a");
        claims.setExpirationTimeMinutesInTheFuture(10);
        change.accept(claims);
        return claims;
    }

    static String signed(JwtClaims claims, RsaJsonWebKey key) {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKey(key.getPrivateKey());
        signature.setKeyIdHeaderValue(key.getKeyId());
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
