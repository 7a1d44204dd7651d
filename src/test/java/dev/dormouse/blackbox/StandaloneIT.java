package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What the README promises, on the packaged server with real sandboxes. */
@Tag("gvisor")
class StandaloneIT {

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path dataDir;

    static ServerProcess server;

    @BeforeAll
    static void start() {
        // twenty actors take turns on three workers: the sooner one may go, the sooner all were there
        server = ServerProcess.start(
                dataDir, Map.of("DORMOUSE_SCHEDULER_PRESSURE_IDLE", "200ms"), "--demo", "target/demo");
        awaitReady(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static void awaitReady(ServerProcess server) {
        await("the demo template's golden snapshot")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> new JsonObject(
                                server.get("/v1/actortemplates/demo/counter").body())
                        .getJsonObject("status", new JsonObject())
                        .getString("phase", "")
                        .equals("Ready"));
    }

    static void create(ServerProcess server, String id) {
        HttpResponse<String> created = server.call("POST", "/v1/atespaces/default/actors", """
                {"id": "%s", "template": {"namespace": "demo", "name": "counter"}}""".formatted(id));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    }

    static JsonObject actor(ServerProcess server, String id) {
        return new JsonObject(server.get("/v1/atespaces/default/actors/" + id).body());
    }

    /** The number that the demo actor counted to. */
    static long count(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Long.parseLong(answer.body().replaceAll("(?s)^.*?count: (\\d+).*$", "$1"));
    }

    @Test
    void aPathThatIsNoUriIsAProblem() throws Exception {
        try (Socket socket = new Socket("localhost", server.api("/").getPort())) {
            socket.getOutputStream()
                    .write("GET /v1/actors/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes());

            assertThat(new String(socket.getInputStream().readAllBytes()))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("\"code\":\"INVALID_ARGUMENT\"");
        }
    }

    @Test
    void anActorGoesOnWhereItStoppedOnAnotherWorker() {
        create(server, "my-counter");

        assertThat(count(server.request("my-counter", "/"))).isEqualTo(1);
        assertThat(count(server.request("my-counter", "/"))).isEqualTo(2);
        assertThat(count(server.request("my-counter", "/"))).isEqualTo(3);
        String firstWorker = actor(server, "my-counter").getJsonObject("worker").getString("pod");
        assertThat(server.call("POST", "/v1/atespaces/default/actors/my-counter:suspend", null)
                        .statusCode())
                .isEqualTo(200);

        assertThat(actor(server, "my-counter").getString("status")).isEqualTo("STATUS_SUSPENDED");
        assertThat(actor(server, "my-counter").getValue("worker")).isNull();
        assertThat(count(server.request("my-counter", "/"))).isEqualTo(4);
        assertThat(actor(server, "my-counter").getJsonObject("worker").getString("pod"))
                .as("least recently used goes first, so it is another one")
                .isNotEqualTo(firstWorker);
    }

    @Test
    void forksGoOnWhereTheirOriginWasAndOutliveIt() {
        create(server, "origin");
        assertThat(count(requestPatiently("origin"))).isEqualTo(1);
        fork("origin", "of-running");
        assertThat(count(requestPatiently("origin"))).as("it runs on").isEqualTo(2);
        ask("origin", "suspend");
        fork("origin", "of-suspended");
        assertThat(count(requestPatiently("origin"))).isEqualTo(3);
        ask("origin", "pause");
        fork("origin", "of-paused");
        assertThat(actor(server, "origin").getString("status")).isEqualTo("STATUS_SUSPENDED");
        assertThat(count(requestPatiently("of-running"))).isEqualTo(2);

        HttpResponse<String> deleted = server.call("DELETE", "/v1/atespaces/default/actors/origin", null);

        assertThat(deleted.statusCode()).as(deleted.body()).isBetween(200, 204);
        assertThat(count(requestPatiently("of-running"))).isEqualTo(3);
        assertThat(count(requestPatiently("of-suspended"))).isEqualTo(3);
        assertThat(count(requestPatiently("of-paused"))).isEqualTo(4);
        // other tests want to see their actors move
        List.of("of-running", "of-suspended", "of-paused").forEach(copy -> ask(copy, "suspend"));
    }

    private static void fork(String origin, String copy) {
        HttpResponse<String> forked = server.call(
                "POST", "/v1/atespaces/default/actors/" + origin + ":fork", "{\"id\": \"%s\"}".formatted(copy));
        assertThat(forked.statusCode()).as(forked.body()).isEqualTo(201);
        assertThat(new JsonObject(forked.body()).getString("status")).isEqualTo("STATUS_SUSPENDED");
    }

    private static void ask(String actor, String verb) {
        HttpResponse<String> answer = server.call("POST", "/v1/atespaces/default/actors/" + actor + ":" + verb, null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void anAteomThatIsAskedToEndLosesNothing() {
        create(server, "evacuee");
        assertThat(count(server.request("evacuee", "/"))).isEqualTo(1);
        ProcessHandle ateom =
                server.pidIn("ateom/process.json").flatMap(ProcessHandle::of).orElseThrow();

        ateom.destroy();

        // its other end is the server, which starts another
        await("the end of ateom").atMost(Duration.ofSeconds(30)).until(() -> !ateom.isAlive());
        assertThat(count(requestPatiently("evacuee"))).isEqualTo(2);
    }

    @Test
    void twentyActorsShareThreeWorkersAndEachCountsItsOwn() {
        List<String> ids = IntStream.range(0, 20).mapToObj(i -> "crowd-" + i).toList();
        ids.forEach(id -> create(server, id));

        for (int round = 1; round <= 2; round++) {
            List<Future<Long>> answers = new ArrayList<>();
            // all at once: the pool that is used unasked has one thread on a small machine
            try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
                ids.forEach(id -> answers.add(callers.submit(() -> count(requestPatiently(id)))));
            }
            for (Future<Long> answer : answers) {
                assertThat(answer.resultNow()).isEqualTo(round);
            }
        }
    }

    /** 503 with Retry-After is the router's honest answer when twenty callers want three workers at once. */
    private static HttpResponse<String> requestPatiently(String id) {
        return await().atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> server.request(id, "/"), answer -> answer.statusCode() != 503);
    }

    @Test
    void everyWakeIsInTheJournalWithItsPhases() {
        create(server, "diarist");
        count(server.request("diarist", "/"));

        JsonArray events = await().atMost(Duration.ofSeconds(10))
                .until(
                        () -> new JsonObject(server.get("/v1/atespaces/default/actors/diarist/events")
                                        .body())
                                .getJsonArray("items"),
                        all -> all.stream().anyMatch(e -> type(e).equals("Running")));

        JsonObject running = events.stream()
                .map(JsonObject.class::cast)
                .filter(e -> type(e).equals("Running"))
                .findFirst()
                .orElseThrow();
        assertThat(running.getJsonObject("phases").getLong("restore")).isPositive();
        assertThat(running.getJsonObject("phases").getLong("total")).isPositive();
        assertThat(running.getString("worker")).startsWith("demo/counter/");
    }

    private static String type(Object event) {
        return ((JsonObject) event).getString("type");
    }
}
