package dev.dormouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.cluster.Certificates.Issued;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CertificatesTest {

    private final Issued authority = Certificates.authority(Instant.now());

    @Test
    void aClientThatBelievesTheAuthorityTalksToTheServer() throws Exception {
        Issued server = Certificates.server(authority, List.of("api.ate-system.svc", "localhost"), Instant.now());

        assertThat(statusOver(server, authority)).isEqualTo(200);
    }

    @Test
    void aClientThatBelievesAnotherDoesNotNorDoesOneThatMeansAnotherName() {
        Issued server = Certificates.server(authority, List.of("localhost"), Instant.now());
        Issued elsewhere = Certificates.server(authority, List.of("api.ate-system.svc"), Instant.now());

        assertThatThrownBy(() -> statusOver(server, Certificates.authority(Instant.now())))
                .hasMessageContaining("SSL");
        assertThatThrownBy(() -> statusOver(elsewhere, authority)).hasMessageContaining("SSL");
    }

    /** On localhost. */
    private static int statusOver(Issued server, Issued believed) throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            var listening = vertx.createHttpServer(new HttpServerOptions()
                            .setSsl(true)
                            .setKeyCertOptions(new PemKeyCertOptions()
                                    .addCertValue(Buffer.buffer(server.certificate()))
                                    .addKeyValue(Buffer.buffer(server.key()))))
                    .requestHandler(request -> request.response().end())
                    .listen(0)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            return vertx.createHttpClient(new HttpClientOptions()
                            .setSsl(true)
                            .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(believed.certificate()))))
                    .request(HttpMethod.GET, listening.actualPort(), "localhost", "/")
                    .compose(request -> request.send())
                    .map(response -> response.statusCode())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        } finally {
            vertx.close();
        }
    }

    @Test
    void anAuthorityThatIsNoneIsRefusedWithoutQuotingItsKey() {
        Issued damaged = new Issued(
                authority.certificate(), "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");

        assertThatThrownBy(() -> Certificates.server(damaged, List.of("localhost"), Instant.now()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("this is no private key in PEM");
        assertThatThrownBy(() -> Certificates.certificate("nothing")).hasMessageContaining("no certificate in PEM");
        assertThat(authority).hasToString("Issued");
    }
}
