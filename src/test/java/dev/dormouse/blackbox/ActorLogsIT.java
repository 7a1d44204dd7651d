package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.image.TestImages;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What actors print, read through the API and the command line of the packaged server, with real sandboxes. */
@Tag("gvisor")
class ActorLogsIT {

    private static final String SCRIPT = """
            echo ok >/tmp/readyz; httpd -p 80 -h /tmp
            i=0; while :; do i=$((i+1)); echo "out $i"; echo "err $i" >&2; sleep 0.02; done""";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path dataDir;

    @TempDir
    static Path images;

    static ServerProcess server;

    @BeforeAll
    static void start() throws IOException {
        server = ServerProcess.start(dataDir, "--demo", "target/demo");
        String ticker = TestImages.busybox(images.resolve("ticker"), "sh", "-c", SCRIPT);
        String talker =
                TestImages.busybox(images.resolve("talker"), "sh", "-c", "while :; do echo aside; sleep 0.1; done");
        var answer = server.call("PUT", "/v1/manifests", """
                apiVersion: ate.dev/v1alpha1
                kind: ActorTemplate
                metadata: {namespace: demo, name: ticker}
                spec:
                  pauseImage: registry.k8s.io/pause@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a
                  containers:
                    - {name: main, image: "%s", readyz: {httpGet: {path: /readyz, port: 80}}}
                    - {name: side, image: "%s"}
                  workerSelector: {matchLabels: {workload: counter}}
                  snapshotsConfig: {location: "gs://ate-snapshots/demo/ticker"}
                """.formatted(ticker, talker));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        await("the template's golden snapshot")
                .atMost(Duration.ofSeconds(90))
                .until(() -> new JsonObject(
                                server.get("/v1/actortemplates/demo/ticker").body())
                        .getJsonObject("status", new JsonObject())
                        .getString("phase", "")
                        .equals("Ready"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String path(String id) {
        return "/v1/atespaces/default/actors/" + id;
    }

    private static void create(String id) {
        var created = server.call("POST", "/v1/atespaces/default/actors", """
                {"id": "%s", "template": {"namespace": "demo", "name": "ticker"}}""".formatted(id));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    }

    private static JsonObject call(String id, String verb) {
        var answer = server.call("POST", path(id) + ":" + verb, null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body());
    }

    private static List<JsonObject> read(String id, String query) {
        var answer = server.call("GET", path(id) + "/logs" + query, null, "Accept", "application/x-ndjson");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body().lines().map(JsonObject::new).toList();
    }

    /** Returns when each container has printed some. */
    private static void awaitLines(String id) {
        for (String container : List.of("main", "side")) {
            await("lines of " + container)
                    .atMost(PATIENCE)
                    .until(() -> read(id, "?container=" + container).size() > 5);
        }
    }

    /** Someone who follows, until closed. */
    private static final class Follower implements AutoCloseable {
        final List<JsonObject> lines = new CopyOnWriteArrayList<>();
        private final HttpClient http = HttpClient.newHttpClient();
        private final Thread reader;

        Follower(String id, String query) {
            var request = HttpRequest.newBuilder(server.api(path(id) + "/logs?follow=true" + query))
                    .header("Accept", "application/x-ndjson")
                    .build();
            reader = Thread.startVirtualThread(() -> {
                try (Stream<String> body =
                        http.send(request, BodyHandlers.ofLines()).body()) {
                    body.map(JsonObject::new).forEach(lines::add);
                } catch (IOException | UncheckedIOException e) {
                    // hung up
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        @Override
        public void close() {
            http.shutdownNow();
            reader.interrupt();
        }
    }

    /** The numbers that the script printed to a stream. */
    private static List<Long> numbers(List<JsonObject> lines, String stream) {
        return lines.stream()
                .filter(line -> line.getString("stream").equals(stream) && "main".equals(line.getString("container")))
                .map(line -> Long.parseLong(line.getString("text").split(" ")[1]))
                .toList();
    }

    private static void assertWithoutGap(List<Long> numbers) {
        assertThat(numbers).isNotEmpty();
        assertThat(numbers)
                .isEqualTo(LongStream.rangeClosed(numbers.getFirst(), numbers.getLast())
                        .boxed()
                        .toList());
    }

    @Test
    void whoFollowsGetsEachLineOnceThroughSleepsAndWakesOnOtherWorkers() throws Exception {
        create("ticker");
        Set<String> workers = new HashSet<>();
        try (var early = new Follower("ticker", "");
                var other = new Follower("ticker", "&container=main")) {
            for (int i = 0; i < 6; i++) {
                workers.add(call("ticker", "resume").getJsonObject("worker").getString("pod"));
                long generation = i + 1;
                int some = i % 2 == 0 ? 30 : 1;
                await("lines of activation " + generation)
                        .atMost(PATIENCE)
                        .until(() -> early.lines.stream()
                                        .filter(line -> line.getLong("generation") == generation)
                                        .count()
                                >= some);
                call("ticker", i == 3 ? "pause" : "suspend");
            }
            await("all lines")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(early.lines).isEqualTo(read("ticker", "")));
            await("all lines of main")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(other.lines).isEqualTo(read("ticker", "?container=main")));

            assertThat(workers).hasSizeGreaterThan(1);
            assertWithoutGap(numbers(early.lines, "stdout"));
            assertWithoutGap(numbers(early.lines, "stderr"));
            assertThat(early.lines).noneMatch(line -> line.getString("stream").equals("notice"));
            assertThat(early.lines.stream()
                            .map(line -> line.getLong("generation"))
                            .distinct())
                    .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        }
    }

    @Test
    void whoFollowsALateStartGetsWhatWasPrintedBefore() throws Exception {
        create("late");
        call("late", "resume");
        awaitLines("late");
        call("late", "suspend");
        call("late", "resume");
        try (var follower = new Follower("late", "&tail=4&container=main")) {
            await("lines").atMost(PATIENCE).until(() -> follower.lines.size() > 30);
            call("late", "suspend");
            List<JsonObject> all = read("late", "?container=main");
            await("the last line")
                    .atMost(PATIENCE)
                    .until(() -> follower.lines.getLast().equals(all.getLast()));

            assertThat(follower.lines).isEqualTo(all.subList(all.size() - follower.lines.size(), all.size()));
            assertThat(follower.lines.size()).isLessThan(all.size());
        }
    }

    @Test
    void linesCanBeChosen() throws Exception {
        create("chosen");
        call("chosen", "resume");
        awaitLines("chosen");
        call("chosen", "suspend");

        List<JsonObject> all = read("chosen", "");

        assertThat(read("chosen", "?tail=5")).isEqualTo(all.subList(all.size() - 5, all.size()));
        assertThat(read("chosen", "?container=side"))
                .isNotEmpty()
                .allMatch(line -> line.getString("text").equals("aside"));
        assertThat(read("chosen", "?since=1h")).isEqualTo(all);
        assertThat(read("chosen", "?since=2099-01-01T00:00:00Z")).isEmpty();
        assertThat(server.get(path("chosen") + "/logs?container=none").statusCode())
                .isEqualTo(400);
        assertThat(server.get(path("nobody") + "/logs").statusCode()).isEqualTo(404);
        assertThat(server.get(path("chosen") + "/logs?container=side&tail=2").body())
                .isEqualTo("aside\naside\n");
        assertThat(server.get(path("chosen") + "/logs").body())
                .contains("[main] out ", "[main] err ", "[side] aside\n");

        Run run = Run.of(
                Map.of("DORMOUSE_ENDPOINT", server.api("").toString()),
                Program.underTest().command("ate", "logs", "actor", "chosen", "-c", "side", "--tail", "3"));
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("aside\naside\naside\n");
    }

    @Test
    void whatAKilledAteomHadCollectedIsThere() throws Exception {
        create("survivor");
        call("survivor", "resume");
        try (var follower = new Follower("survivor", "&container=main")) {
            await("lines").atMost(PATIENCE).until(() -> follower.lines.size() > 40);
            server.pidIn("ateom/process.json")
                    .flatMap(ProcessHandle::of)
                    .orElseThrow()
                    .destroyForcibly();
            List<JsonObject> before = List.copyOf(follower.lines);
            await("the actor's fall")
                    .atMost(PATIENCE)
                    .until(() -> new JsonObject(server.get(path("survivor")).body())
                            .getString("status")
                            .equals("STATUS_SUSPENDED"));
            await("another ateom").atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> call("survivor", "resume"));
            await("lines of the second activation")
                    .atMost(PATIENCE)
                    .until(() -> follower.lines.getLast().getLong("generation") > 1);
            call("survivor", "suspend");

            List<JsonObject> all = read("survivor", "?container=main");
            assertThat(all).startsWith(before.toArray(JsonObject[]::new));
            await("all lines")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(follower.lines).isEqualTo(all));
        }
    }

    @Test
    void theSegmentsOfADeletedActorGo() throws Exception {
        create("gone");
        call("gone", "resume");
        awaitLines("gone");
        call("gone", "suspend");
        Path place = dataDir.resolve("snapshots/gs/ate-snapshots/demo/ticker/default/gone");
        await("its log in the store").atMost(PATIENCE).until(() -> segments(place) > 0);

        assertThat(server.call("DELETE", path("gone"), null).statusCode()).isEqualTo(204);

        await("nothing of it").atMost(PATIENCE).until(() -> Files.notExists(place));
    }

    private static long segments(Path place) throws IOException {
        if (Files.notExists(place)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(place)) {
            return files.filter(file -> file.endsWith("lines.log.gz")).count();
        }
    }
}
