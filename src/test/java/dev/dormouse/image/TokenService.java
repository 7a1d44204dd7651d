package dev.dormouse.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** Gives the user of {@link RealRegistry} tokens that a registry believes: signed, for one repository and action. */
final class TokenService implements AutoCloseable {

    static final String ISSUER = "dormouse-test";
    static final String AUDIENCE = "test-registry";

    private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Scopes that tokens were given for. */
    final List<String> given = new CopyOnWriteArrayList<>();

    private final HttpServer server;
    private final PrivateKey key;
    private final String certificate;

    TokenService(TestCertificates certificates) throws IOException, GeneralSecurityException {
        String pem = Files.readString(certificates.key()).replaceAll("-----[A-Z ]+-----|\\s", "");
        key = KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        certificate = der(certificates.certificate());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/token", this::answer);
        server.start();
    }

    private static String der(Path pem) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(pem)) {
            return Base64.getEncoder()
                    .encodeToString(CertificateFactory.getInstance("X.509")
                            .generateCertificate(in)
                            .getEncoded());
        }
    }

    String realm() {
        return "http://localhost:" + server.getAddress().getPort() + "/token";
    }

    private void answer(HttpExchange exchange) throws IOException {
        String wanted = "Basic "
                + Base64.getEncoder().encodeToString((RealRegistry.USER + ":" + RealRegistry.PASSWORD).getBytes(UTF_8));
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        boolean known = wanted.equals(exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] body = {};
        if (known) {
            given.add(query.get("scope"));
            body = JSON.writeValueAsBytes(Map.of("token", token(query.get("scope")), "expires_in", 300));
        }
        exchange.sendResponseHeaders(known ? 200 : 401, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new HashMap<>();
        for (String each : raw.split("&")) {
            String[] parts = each.split("=", 2);
            query.put(parts[0], URLDecoder.decode(parts[1], UTF_8));
        }
        return query;
    }

    private String token(String scope) throws IOException {
        String[] parts = scope.split(":");
        long now = Instant.now().getEpochSecond();
        Map<String, Object> access =
                Map.of("type", parts[0], "name", parts[1], "actions", List.of(parts[2].split(",")));
        Map<String, Object> claims = Map.of(
                "iss",
                ISSUER,
                "sub",
                RealRegistry.USER,
                "aud",
                AUDIENCE,
                "exp",
                now + 300,
                "nbf",
                now - 10,
                "iat",
                now,
                "jti",
                UUID.randomUUID().toString(),
                "access",
                List.of(access));
        Map<String, Object> header = Map.of("typ", "JWT", "alg", "RS256", "x5c", List.of(certificate));
        String signed = part(header) + "." + part(claims);
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(signed.getBytes(UTF_8));
            return signed + "." + URL.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static String part(Map<String, Object> json) throws IOException {
        return URL.encodeToString(JSON.writeValueAsBytes(json));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
