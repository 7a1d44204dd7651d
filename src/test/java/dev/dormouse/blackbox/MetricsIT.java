package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.files.FileTree;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Scrapes the packaged server before and after real activity: the numbers must be those of what was done. */
@Tag("gvisor")
class MetricsIT {

    private static final int WORKERS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ACTIVATIONS = "dormouse_activations_total";
    private static final String PHASES = "dormouse_activation_phase_seconds";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path dataDir;

    static ServerProcess server;

    @BeforeAll
    static void start() {
        // on a slow machine it may take a while until an idle actor has made room
        var patient = Map.of("DORMOUSE_SCHEDULER_WAIT", "50s", "DORMOUSE_ROUTER_PARK_TIMEOUT", "50s");
        server = ServerProcess.start(dataDir, patient, "--demo", "target/demo");
        StandaloneIT.awaitReady(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** An actor that another test left awake would be laid to sleep, and counted, when this one needs its worker. */
    @BeforeEach
    void everybodySleeps() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            new JsonObject(server.get("/v1/actors?status=STATUS_RUNNING").body())
                    .getJsonArray("items")
                    .forEach(actor -> suspend(((JsonObject) actor).getString("id")));
            assertThat(Metrics.scrape(server).sum("dormouse_workers", "state", "FREE"))
                    .isEqualTo(WORKERS);
        });
    }

    private static void suspend(String id) {
        assertThat(server.call("POST", "/v1/atespaces/default/actors/%s:suspend".formatted(id), null)
                        .statusCode())
                .isEqualTo(200);
    }

    /** RUNNING is written, and counted, while the answer is already on its way. */
    private static Metrics awaitWoken(double count) {
        return await().atMost(PATIENCE)
                .until(
                        () -> Metrics.scrape(server),
                        now -> now.sum(ACTIVATIONS, "outcome", "woken", "cause", "REQUEST") >= count);
    }

    @Test
    void activationsAreCountedByOutcomeAndCauseAndTimedByPhase() throws IOException {
        StandaloneIT.create(server, "counted");
        StandaloneIT.create(server, "lost");
        Metrics before = Metrics.scrape(server);
        double woken = before.sum(ACTIVATIONS, "outcome", "woken", "cause", "REQUEST");

        StandaloneIT.count(server.request("counted", "/"));
        awaitWoken(woken + 1);
        suspend("counted");
        StandaloneIT.count(server.request("counted", "/"));
        awaitWoken(woken + 2);
        suspend("counted");
        server.call("POST", "/v1/atespaces/default/actors/counted:resume", "{}");
        StandaloneIT.count(server.request("lost", "/"));
        awaitWoken(woken + 3);
        suspend("lost");
        FileTree.delete(dataDir.resolve("snapshots/gs/ate-snapshots/demo/counter/default/lost"));
        FileTree.delete(dataDir.resolve("ateom/cache/default/lost"));
        server.request("lost", "/");

        Metrics after = Metrics.scrape(server);
        grewBy(3, before, after, ACTIVATIONS, "outcome", "woken", "cause", "REQUEST");
        grewBy(1, before, after, ACTIVATIONS, "outcome", "woken", "cause", "API");
        grewBy(3, before, after, ACTIVATIONS, "outcome", "asleep", "cause", "API");
        grewBy(1, before, after, ACTIVATIONS, "outcome", "wake_failed", "cause", "REQUEST");
        grewBy(0, before, after, ACTIVATIONS, "outcome", "sleep_failed");
        for (String phase : List.of("claim", "prepare", "restore", "ready", "checkpoint", "store", "total")) {
            // claim and total belong to wakes and sleeps
            int times = switch (phase) {
                case "claim", "total" -> 7;
                case "checkpoint", "store" -> 3;
                default -> 4;
            };
            grewBy(times, before, after, PHASES + "_count", "phase", phase);
            grewBy(times, before, after, PHASES + "_bucket", "phase", phase, "le", "+Inf");
        }
        double restores =
                after.sum(PHASES + "_sum", "phase", "restore") - before.sum(PHASES + "_sum", "phase", "restore");
        double totals = after.sum(PHASES + "_sum", "phase", "total") - before.sum(PHASES + "_sum", "phase", "total");
        assertThat(restores).as("seconds of 4 restores").isBetween(0.04, totals);
        assertThat(totals).as("seconds").isBetween(restores, 60.0);
        grewBy(4, before, after, "dormouse_router_wakes_total");
    }

    private static void grewBy(double expected, Metrics before, Metrics after, String name, String... labels) {
        assertThat(after.sum(name, labels) - before.sum(name, labels))
                .as("%s %s", name, List.of(labels))
                .isEqualTo(expected);
    }

    @Test
    void requestsAreCountedByOutcomeAndTimedByWhetherTheirActorWasAwake() {
        StandaloneIT.create(server, "asked");
        Metrics before = Metrics.scrape(server);

        StandaloneIT.count(server.request("asked", "/"));
        StandaloneIT.count(server.request("asked", "/"));
        assertThat(server.request("asked", "/nothing").statusCode()).isEqualTo(404);
        assertThat(server.request("nobody", "/").statusCode()).isEqualTo(404);

        Metrics after = Metrics.scrape(server);
        grewBy(2, before, after, "dormouse_router_requests_total", "outcome", "answered", "status", "2xx");
        grewBy(1, before, after, "dormouse_router_requests_total", "outcome", "answered", "status", "4xx");
        grewBy(1, before, after, "dormouse_router_requests_total", "outcome", "refused", "status", "4xx");
        grewBy(1, before, after, "dormouse_router_handover_seconds_count", "actor", "asleep");
        grewBy(2, before, after, "dormouse_router_handover_seconds_count", "actor", "running");
        assertThat(after.sum("dormouse_router_routes")).isPositive();
        suspend("asked");
        await().atMost(PATIENCE)
                .until(() ->
                        Metrics.scrape(server).sum("dormouse_router_routes") < after.sum("dormouse_router_routes"));
    }

    @Test
    void queueAndWorkersTellHowManyWaitForHowManyThatAreBusy() throws IOException {
        List<InputStream> streams = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            StandaloneIT.create(server, "busy-" + i);
            streams.add(ticks("busy-" + i));
        }
        StandaloneIT.create(server, "waiting");
        Metrics full = Metrics.scrape(server);
        assertThat(full.sum("dormouse_workers", "state", "ASSIGNED")).isEqualTo(WORKERS);
        assertThat(full.sum("dormouse_workers", "state", "FREE")).isZero();
        assertThat(full.sum("dormouse_workers", "state", "LOST")).isZero();
        assertThat(full.sum("dormouse_router_open")).isEqualTo(WORKERS);
        assertThat(full.sum("dormouse_scheduler_queue_length")).isZero();

        CompletableFuture<HttpResponse<String>> waits =
                CompletableFuture.supplyAsync(() -> server.request("waiting", "/"));
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            Metrics now = Metrics.scrape(server);
            assertThat(now.sum("dormouse_scheduler_queue_length")).isEqualTo(1);
            assertThat(now.sum("dormouse_router_parked")).isEqualTo(1);
        });
        for (InputStream stream : streams) {
            stream.close();
        }

        // an actor that nobody asks any more makes room
        assertThat(StandaloneIT.count(waits.join())).isEqualTo(1);
        Metrics after = Metrics.scrape(server);
        assertThat(after.sum("dormouse_scheduler_queue_length")).isZero();
        assertThat(after.sum("dormouse_router_parked")).isZero();
        grewBy(1, full, after, "dormouse_scheduler_wait_seconds_count");
        assertThat(after.sum("dormouse_scheduler_wait_seconds_sum") - full.sum("dormouse_scheduler_wait_seconds_sum"))
                .as("seconds in the queue")
                .isBetween(0.05, 50.0);
        grewBy(1, full, after, ACTIVATIONS, "outcome", "asleep", "cause", "PRESSURE");
    }

    /** An endless answer: whoever gives it is not idle. */
    private static InputStream ticks(String actor) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:%d/events".formatted(server.routerPort())))
                .header("Host", actor + ".default.actors.resources.substrate.ate.dev")
                .header("Accept", "text/event-stream")
                .build();
        try {
            HttpResponse<InputStream> answer =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
            assertThat(answer.statusCode()).isEqualTo(200);
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
