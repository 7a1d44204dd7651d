package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.ateom.wire.Policy;
import dev.dormouse.name.ActorKey;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
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
    private MetadataServer server;

    @BeforeEach
    void listen() throws InterruptedException {
        server = MetadataServer.listen(vertx, "127.0.0.1");
        server.serve(() -> present, changes::incrementAndGet);
    }

    @AfterEach
    void close() {
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private HttpResponse<String> call(String method, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
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

    @ParameterizedTest
    @CsvSource({"GET,/", "GET,/v1/self:suspend", "POST,/v1/self", "GET,/v1/self/", "GET,/q/metrics", "DELETE,/v1/self"})
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
