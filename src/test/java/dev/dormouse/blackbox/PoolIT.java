package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Pools that shrink and go while actors run on them. */
@Tag("gvisor")
class PoolIT {

    /** Shorter than any idle time: whoever sleeps within it was put to sleep for its worker. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory;

    static ServerProcess server;
    static Path manifests;
    static String pool;
    static String template;

    @BeforeAll
    static void start() throws IOException {
        Path demo = Path.of("target/demo").toAbsolutePath();
        Files.createSymbolicLink(
                Files.createDirectories(directory.resolve("demo")).resolve("images"), demo.resolve("images"));
        manifests = Files.createDirectory(directory.resolve("demo/manifests"));
        String[] documents =
                Files.readString(demo.resolve("manifests/counter.yaml")).split("(?m)^---$");
        pool = documents[0];
        template = documents[1];
        Files.writeString(manifests.resolve("template.yaml"), template);
        replicas(3);
        server = ServerProcess.start(
                directory, "--demo", directory.resolve("demo").toString());
        StandaloneIT.awaitReady(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void threeFreeWorkers() throws IOException {
        items("/v1/actors")
                .filter(actor -> actor.getString("status").equals("STATUS_RUNNING"))
                .map(actor -> actor.getString("id"))
                .forEach(id -> server.call("POST", "/v1/atespaces/default/actors/" + id + ":suspend", null));
        replicas(3);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(workers()).hasSize(3));
    }

    private static void replicas(int number) throws IOException {
        Files.writeString(manifests.resolve("pool.yaml"), pool.replaceAll("replicas: \\d+", "replicas: " + number));
    }

    private static Stream<JsonObject> items(String path) {
        return new JsonObject(server.get(path).body())
                .getJsonArray("items").stream().map(JsonObject.class::cast);
    }

    private static List<String> workers() {
        return items("/v1/workers").map(worker -> worker.getString("pod")).toList();
    }

    private static void run(String actor) {
        StandaloneIT.create(server, actor);
        assertThat(StandaloneIT.count(server.request(actor, "/"))).isEqualTo(1);
    }

    private static String status(String actor) {
        return StandaloneIT.actor(server, actor).getString("status");
    }

    private static List<String> causes(String actor) {
        return items("/v1/atespaces/default/actors/" + actor + "/events")
                .filter(event -> Objects.equals(event.getString("type"), "Suspending"))
                .map(event -> event.getString("cause"))
                .toList();
    }

    @Test
    void aPoolThatAClusterWouldScaleHasTheWorkersThatItBeginsWith() throws IOException {
        String autoscaled = pool.replaceAll("replicas: \\d+", "autoscaling: {minReplicas: 2, maxReplicas: 9}");
        assertThat(autoscaled).isNotEqualTo(pool);

        Files.writeString(manifests.resolve("pool.yaml"), autoscaled);

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(workers()).hasSize(2);
            assertThat(items("/v1/workerpools")).singleElement().satisfies(present -> {
                JsonObject condition = present.getJsonObject("status")
                        .getJsonArray("conditions")
                        .getJsonObject(0);
                assertThat(condition.getString("type")).isEqualTo("ScalingActive");
                assertThat(condition.getString("status")).isEqualTo("False");
                assertThat(condition.getString("message"))
                        .isEqualTo("A standalone server does not scale pools:"
                                + " it has 2 workers, by replicas or else minReplicas");
            });
        });
    }

    @Test
    void aBusyWorkerStaysWhereFreeOnesCanGo() throws IOException {
        run("stays");
        String worker =
                StandaloneIT.actor(server, "stays").getJsonObject("worker").getString("pod");

        replicas(1);

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(workers()).containsExactly(worker));
        assertThat(status("stays")).isEqualTo("STATUS_RUNNING");
        assertThat(causes("stays")).isEmpty();
    }

    @Test
    void actorsOfWorkersThatGoSleepDurablyAndGoOnElsewhere() throws IOException {
        List<String> actors = List.of("a", "b", "c");
        actors.forEach(PoolIT::run);
        assertThat(actors).allSatisfy(actor -> assertThat(status(actor)).isEqualTo("STATUS_RUNNING"));

        replicas(1);

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(workers()).hasSize(1));
        List<String> asleep = actors.stream()
                .filter(actor -> status(actor).equals("STATUS_SUSPENDED"))
                .toList();
        assertThat(asleep)
                .hasSize(2)
                .allSatisfy(actor -> assertThat(causes(actor)).containsExactly("DRAIN"));
        replicas(3);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(workers()).hasSize(3));
        assertThat(actors)
                .allSatisfy(actor -> assertThat(StandaloneIT.count(server.request(actor, "/")))
                        .isEqualTo(2));
    }

    @Test
    void theActorsOfAPoolThatIsDeletedSleepAndItsWorkersGo() throws IOException {
        run("homeless");

        Files.delete(manifests.resolve("pool.yaml"));

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(workers()).isEmpty());
        assertThat(status("homeless")).isEqualTo("STATUS_SUSPENDED");
        assertThat(causes("homeless")).containsExactly("DRAIN");
        replicas(1);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(workers()).hasSize(1));
        assertThat(StandaloneIT.count(server.request("homeless", "/"))).isEqualTo(2);
    }
}
