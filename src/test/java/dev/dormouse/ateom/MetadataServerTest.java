package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.ateom.wire.MintTokenResponse;
import dev.dormouse.ateom.wire.Policy;
import dev.dormouse.name.ActorKey;
import io.grpc.Status;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetadataServerTest {

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicInteger changes = new AtomicInteger();
    private final Activation self = new Activation(
            ActorKey.of("team-b", "a"),
            7,
            AteomFixture.workload(dev.dormouse.ateom.wire.Container.newBuilder())
                    .build());
    private @Nullable Activation present = self;
    private @Nullable Status refused;
    private final IdentityTokens tokens = new IdentityTokens(
            request -> refused != null
                    ? Uni.createFrom().failure(refused.asRuntimeException())
                    : Uni.createFrom()
                            .item(MintTokenResponse.newBuilder()
                                    .setToken("for " + String.join(" and ", request.getAudiencesList()))
                                    .setExpiresAt(Instant.parse("2100-01-01T00:00:00Z")
                                            .getEpochSecond())
                                    .build()),
            "worker",
            InstantSource.system());
    private MetadataServer server;

    @BeforeEach
    void listen() throws InterruptedException {
        server = MetadataServer.listen(vertx, "127.0.0.1", tokens);
        server.serve(() -> present, changes::incrementAndGet);
    }

    @AfterEach
    void close() {
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private HttpResponse<String> call(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, BodyPublishers.noBody());
        return http.send(
                headers.length == 0 ? request.build() : request.headers(headers).build(), BodyHandlers.ofString());
    }

    @Test
    void theActorLearnsWhoItIs() throws Exception {
        HttpResponse<String> answer = call("GET", "/v1/self");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(new JsonObject(answer.body()))
                .isEqualTo(new JsonObject()
                        .put("atespace", "team-b")
                        .put("id", "a")
                        .put(
                                "template",
                                new JsonObject().put("namespace", "demo").put("name", "counter"))
                        .put("generation", 7));
    }

    @Test
    void theActorAsksToBeSuspended() throws Exception {
        HttpResponse<String> answer = call("POST", "/v1/self:suspend");

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(self.suspendRequested()).isTrue();
        assertThat(changes.get()).isEqualTo(1);
    }

    @Test
    void theActorGetsATokenForWhomItNames() throws Exception {
        HttpResponse<String> answer =
                call("GET", "/v1/self/token?audience=https%3A%2F%2Fvault&audience=bank", "Metadata-Flavor", "ate");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(new JsonObject(answer.body()))
                .isEqualTo(new JsonObject()
                        .put("token", "for https://vault and bank")
                        .put("expiresAt", "2100-01-01T00:00:00Z"));
    }

    @Test
    void whoOnlyMakesTheActorFetchSomethingGetsNoToken() throws Exception {
        for (String[] headers : List.of(new String[0], new String[] {"Metadata-Flavor", "other"}, new String[] {
            "Metadata-Flavor", "ate", "X-Forwarded-For", "10.0.0.1"
        })) {
            HttpResponse<String> answer = call("GET", "/v1/self/token?audience=vault", headers);

            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("Metadata-Flavor: ate").doesNotContain("for vault");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PERMISSION_DENIED,403",
        "INVALID_ARGUMENT,400",
        "RESOURCE_EXHAUSTED,429",
        "UNAVAILABLE,503",
        "UNKNOWN,503"
    })
    void aRefusalIsAProblem(Status.Code code, int status) throws Exception {
        refused = code.toStatus().withDescription("because");

        HttpResponse<String> answer = call("GET", "/v1/self/token?audience=vault", "Metadata-Flavor", "ate");

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(new JsonObject(answer.body()).getString("detail")).isEqualTo("because");
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/v1/self/token",
        "GET,/",
        "GET,/v1/self:suspend",
        "POST,/v1/self",
        "GET,/v1/self/",
        "GET,/q/metrics",
        "DELETE,/v1/self"
    })
    void everythingElseIsNotFound(String method, String path) throws Exception {
        HttpResponse<String> answer = call(method, path);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo("NOT_FOUND");
        assertThat(self.suspendRequested()).isFalse();
    }

    @Test
    void aPolicyMayKeepTheActorFromSuspendingItself() throws Exception {
        Activation held = new Activation(
                ActorKey.of("team-b", "a"),
                7,
                AteomFixture.workload(dev.dormouse.ateom.wire.Container.newBuilder())
                        .setPolicy(Policy.newBuilder().setRefusesSuspend(true))
                        .build());
        present = held;

        HttpResponse<String> answer = call("POST", "/v1/self:suspend");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo("PERMISSION_DENIED");
        assertThat(held.suspendRequested()).isFalse();
        assertThat(call("GET", "/v1/self").statusCode()).isEqualTo(200);
    }

    @Test
    void withoutAnActorThereIsNobody() throws Exception {
        present = null;

        assertThat(call("GET", "/v1/self").statusCode()).isEqualTo(404);
    }
}
