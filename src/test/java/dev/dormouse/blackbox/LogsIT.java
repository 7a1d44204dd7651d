package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.image.TestImages;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What the packaged server and its ateom log, and what they keep to themselves, with real sandboxes. */
@Tag("gvisor")
class LogsIT {

    /** Two lines, as keys have them. */
    private static final String SECRET = UUID.randomUUID() + "\n" + UUID.randomUUID();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path dataDir;

    @TempDir
    static Path images;

    static ServerProcess server;

    @BeforeAll
    static void start() throws IOException {
        server = ServerProcess.start(
                dataDir,
                Map.of("QUARKUS_LOG_CATEGORY__DEV_DORMOUSE_ACTIVATION__LEVEL", "DEBUG"),
                "--demo",
                "target/demo");
        StandaloneIT.awaitReady(server);
        apply("""
                apiVersion: v1
                kind: Secret
                metadata: {namespace: demo, name: keys}
                stringData: {token: "%s"}
                """.formatted(SECRET.replace("\n", "\\n")));
        apply(template("keeper", demoImage()));
        // prints what it must not, and never gets ready
        String loud = TestImages.busybox(images.resolve("loud"), "sh", "-c", "echo \"my token is $TOKEN\"; exit 3");
        apply(template("loud", loud));
        await("both templates")
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> {
                    assertThat(phase("keeper")).isEqualTo("Ready");
                    assertThat(phase("loud")).isEqualTo("Failed");
                });
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void apply(String yaml) {
        var answer = server.call("PUT", "/v1/manifests", yaml);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static String demoImage() throws IOException {
        return Files.readString(Path.of("target/demo/manifests/counter.yaml"))
                .replaceAll("(?s)^.*image: (registry\\.example/dormouse/counter@sha256:\\w+).*$", "$1");
    }

    private static String template(String name, String image) {
        return """
                apiVersion: ate.dev/v1alpha1
                kind: ActorTemplate
                metadata: {namespace: demo, name: %s}
                spec:
                  pauseImage: registry.k8s.io/pause@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a
                  containers:
                    - name: main
                      image: "%s"
                      env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: keys, key: token}}}]
                      readyz: {httpGet: {path: /readyz, port: 80}}
                  workerSelector: {matchLabels: {workload: counter}}
                  snapshotsConfig: {location: "gs://ate-snapshots/demo/%s"}
                """.formatted(name, image, name);
    }

    private static JsonObject status(String template) {
        return new JsonObject(server.get("/v1/actortemplates/demo/" + template).body())
                .getJsonObject("status", new JsonObject());
    }

    private static String phase(String template) {
        return status(template).getString("phase", "");
    }

    private static void create(String id) {
        var created = server.call("POST", "/v1/atespaces/default/actors", """
                {"id": "%s", "template": {"namespace": "demo", "name": "keeper"}}""".formatted(id));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    }

    private static List<JsonObject> events(String atespace, String id) {
        return new JsonObject(server.get("/v1/atespaces/%s/actors/%s/events".formatted(atespace, id))
                        .body())
                .getJsonArray("items").stream().map(JsonObject.class::cast).toList();
    }

    private static void tellsOf(JsonObject line, String atespace, String actor, String template, String worker) {
        assertThat(LogLines.fields(line).getMap())
                .as(line.encode())
                .containsEntry("atespace", atespace)
                .containsEntry("actor", actor)
                .containsEntry("template", template)
                .containsEntry("worker", worker);
    }

    @Test
    void wakesAndSleepsAreLoggedByBothProcessesWithTheActorItsTemplateAndWorker() {
        create("logged");
        StandaloneIT.count(server.request("logged", "/"));
        server.call("POST", "/v1/atespaces/default/actors/logged:suspend", null);

        String worker = events("default", "logged").stream()
                .filter(event -> event.getString("type").equals("Running"))
                .findFirst()
                .orElseThrow()
                .getString("worker");
        for (String[] expected : new String[][] {{"woke in", "activate of"}, {"sleeps", "checkpoint of"}}) {
            JsonObject ofServer = new LogLines(server.log()).about("logged", expected[0]);
            JsonObject ofAteom = new LogLines(server.ateomLog()).about("logged", expected[1]);
            tellsOf(ofServer, "default", "logged", "demo/keeper", worker);
            tellsOf(ofAteom, "default", "logged", "demo/keeper", worker);
            assertThat(ofServer.getString("level")).isEqualTo("DEBUG");
            assertThat(ofAteom.getString("level")).isEqualTo("INFO");
        }
    }

    @Test
    void aFailureIsAWarningOfBothProcessesWithTheActorItsTemplateAndWorker() {
        String golden = status("loud").getString("goldenActorID");
        String worker = events("ate-golden", golden).stream()
                .filter(event -> event.getString("type").equals("ResumeFailed"))
                .findFirst()
                .orElseThrow()
                .getString("worker");

        JsonObject ofServer = new LogLines(server.log()).about(golden, "could not be woken: BOOT_FAILED");
        JsonObject ofAteom = new LogLines(server.ateomLog()).about(golden, "failed: BOOT_FAILED");

        tellsOf(ofServer, "ate-golden", golden, "demo/loud", worker);
        tellsOf(ofAteom, "ate-golden", golden, "demo/loud", worker);
        assertThat(List.of(ofServer.getString("level"), ofAteom.getString("level")))
                .containsOnly("WARN");
    }

    @Test
    void everyLineIsAJsonObject() {
        assertThat(new LogLines(server.log()).all()).isNotEmpty();
        assertThat(new LogLines(server.ateomLog()).all()).isNotEmpty();
    }

    @Test
    void noSecretIsInAnswersRecordsManifestsOrLogs() throws IOException {
        create("discreet");
        StandaloneIT.count(server.request("discreet", "/"));
        server.call("POST", "/v1/atespaces/default/actors/discreet:suspend", null);
        StandaloneIT.count(server.request("discreet", "/"));
        String golden = status("loud").getString("goldenActorID");

        List<String> said = new ArrayList<>();
        for (String path : List.of(
                "/v1/actortemplates",
                "/v1/actortemplates/demo/keeper",
                "/v1/actortemplates/demo/loud",
                "/v1/workerpools",
                "/v1/workers",
                "/v1/actors",
                "/v1/atespaces/default/actors/discreet",
                "/v1/atespaces/default/actors/discreet/events",
                "/v1/atespaces/default/actors/discreet/snapshots",
                "/v1/atespaces/default/actors/discreet/why",
                "/v1/atespaces/ate-golden/actors/" + golden,
                "/v1/atespaces/ate-golden/actors/" + golden + "/events",
                "/v1/atespaces/ate-golden/actors/" + golden + "/logs",
                "/")) {
            var answer = server.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            said.add(path + ": " + answer.body());
        }
        said.add(server.getManagement("/q/metrics").body());
        List<Path> written = files("manifest.json", ".log");
        assertThat(written).anyMatch(file -> file.endsWith("manifest.json")).contains(server.log(), server.ateomLog());
        for (Path file : written) {
            said.add(file + ": " + new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        }

        // what the workload printed is quoted where people look, without the secret
        assertThat(status("loud").encode()).contains("my token is ***");
        assertThat(server.get("/v1/atespaces/ate-golden/actors/" + golden + "/logs")
                        .body())
                .contains("my token is ***");
        for (String line : SECRET.split("\n")) {
            assertThat(said).allSatisfy(text -> assertThat(text).doesNotContain(line));
        }
    }

    /** Files of these endings below the data directory. */
    private static List<Path> files(String... endings) {
        try (Stream<Path> all = Files.walk(dataDir)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
