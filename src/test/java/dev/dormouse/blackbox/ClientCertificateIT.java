package dev.dormouse.blackbox;

import static dev.dormouse.ateapi.Clients.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dormouse.ateapi.v008.wire.ControlGrpc;
import dev.dormouse.ateapi.v008.wire.ListAtespacesRequest;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.TrustedCertificates;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server over TLS, standalone, with callers who have certificates. */
class ClientCertificateIT {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path dataDir;

    @TempDir
    static Path files;

    static ServerProcess server;
    static int port;

    private ManagedChannel channel;

    @BeforeAll
    static void start() throws Exception {
        port = ServerProcess.freePort();
        authority("ca");
        // of the same name: a client shows no certificate whose issuer the server doesn't name
        authority("other-ca");
        Files.writeString(files.resolve("names"), "subjectAltName=DNS:localhost");
        issue("server", "/CN=localhost", "ca");
        issue("ops", "/O=ops/CN=alice", "ca");
        issue("guest", "/O=guests/CN=bob", "ca");
        issue("forged", "/O=ops/CN=alice", "other-ca");
        server = ServerProcess.start(
                dataDir,
                Map.of(
                        "DORMOUSE_ACCESS_CLIENT_CA", file("ca.pem"),
                        "DORMOUSE_ACCESS_ADMIN_GROUPS", "ops",
                        "DORMOUSE_API_TLS_CERTIFICATE", file("server.pem"),
                        "DORMOUSE_API_TLS_KEY", file("server.key"),
                        "QUARKUS_HTTP_SSL_PORT", String.valueOf(port)),
                "--sandbox",
                "process");
        await("its TLS port")
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> get("/v1/version", null).statusCode() > 0);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void hangUp() {
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    private static String file(String name) {
        return files.resolve(name).toString();
    }

    private static void authority(String name) throws Exception {
        openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Test-CA -keyout %1$s.key -out %1$s.pem"
                .formatted(name));
    }

    private static void issue(String name, String subject, String authority) throws Exception {
        openssl("req -newkey rsa:2048 -nodes -subj %2$s -keyout %1$s.key -out %1$s.csr".formatted(name, subject));
        openssl(
                "x509 -req -days 1 -in %1$s.csr -CA %2$s.pem -CAkey %2$s.key -CAcreateserial -extfile names -out %1$s.pem"
                        .formatted(name, authority));
        openssl("pkcs12 -export -in %1$s.pem -inkey %1$s.key -passout pass:changeit -out %1$s.p12".formatted(name));
    }

    private static void openssl(String arguments) throws Exception {
        Process openssl = new ProcessBuilder(("openssl " + arguments).split(" "))
                .directory(files.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(openssl.getInputStream().readAllBytes());
        assertThat(openssl.waitFor()).as(said).isZero();
    }

    /** @param name of the certificate that it shows; null for none */
    private static HttpResponse<String> get(String path, String name) throws Exception {
        SSLContext tls = name == null ? TrustedCertificates.with(files.resolve("ca.pem")) : showing(name);
        try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    private static SSLContext showing(String name) throws Exception {
        KeyStore own = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(files.resolve(name + ".p12"))) {
            own.load(in, PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD);
        KeyStore believed = KeyStore.getInstance("PKCS12");
        believed.load(null, null);
        try (InputStream in = Files.newInputStream(files.resolve("ca.pem"))) {
            believed.setCertificateEntry(
                    "ca",
                    java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(believed);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return tls;
    }

    @Test
    void aCertificateSaysWhoCalls() throws Exception {
        assertThat(get("/v1/atespaces", "ops").statusCode()).isEqualTo(200);
        HttpResponse<String> denied = get("/v1/atespaces", "guest");
        assertThat(denied.statusCode()).isEqualTo(403);
        assertThat(denied.body()).contains("bob may not list atespaces");
    }

    @Test
    void whoShowsNoneIsUnknown() throws Exception {
        assertThat(get("/v1/atespaces", null).statusCode()).isEqualTo(401);
        assertThat(server.get("/v1/atespaces").statusCode()).isEqualTo(401);
    }

    @Test
    void oneOfAnotherAuthorityEndsTheConnection() {
        assertThatThrownBy(() -> get("/v1/atespaces", "forged")).isInstanceOf(IOException.class);
    }

    @Test
    void grpcKnowsThemToo() throws Exception {
        assertThat(atespaces("ops")
                        .listAtespaces(ListAtespacesRequest.getDefaultInstance())
                        .getAtespacesList())
                .isNotEmpty();
        hangUp();
        refusal(
                Code.PERMISSION_DENIED,
                () -> atespaces("guest").listAtespaces(ListAtespacesRequest.getDefaultInstance()));
    }

    private ControlGrpc.ControlBlockingStub atespaces(String name) throws IOException {
        channel = NettyChannelBuilder.forAddress("localhost", port)
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(files.resolve("ca.pem").toFile())
                        .keyManager(
                                files.resolve(name + ".pem").toFile(),
                                files.resolve(name + ".key").toFile())
                        .build())
                .build();
        return ControlGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }
}
