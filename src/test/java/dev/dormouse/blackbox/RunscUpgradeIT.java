package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.sandbox.gvisor.GvisorRuntime;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Another runsc is installed and ateom comes back with it. A byte more at the end makes it another build that does the same. */
@Tag("gvisor")
class RunscUpgradeIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    @Test
    void newActorsWakeOldOnesAreToldWhyAndTheTemplateGetsAnotherGoldenSnapshot() throws Exception {
        Path runsc = Files.copy(
                GvisorRuntime.findRunsc().orElseThrow(),
                directory.resolve("runsc"),
                StandardCopyOption.COPY_ATTRIBUTES);
        String before = sha256(runsc);
        Map<String, String> environment = Map.of("DORMOUSE_ATEOM_RUNSC", runsc.toString());
        Path dataDir = Files.createDirectory(directory.resolve("data"));
        try (ServerProcess server = ServerProcess.start(dataDir, environment, "--demo", "target/demo")) {
            StandaloneIT.awaitReady(server);
            String firstGolden = golden(server);
            StandaloneIT.create(server, "old");
            assertThat(StandaloneIT.count(server.request("old", "/"))).isEqualTo(1);

            upgrade(runsc);
            suspend(server, "old");
            assertThat(build(server, "old"))
                    .as("the build that ran, not the one that was installed meanwhile")
                    .isEqualTo(before);
            killAteom(server);

            StandaloneIT.create(server, "new");
            HttpResponse<String> woken = await("a new actor")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> server.request("new", "/"), answer -> answer.statusCode() == 200);
            assertThat(StandaloneIT.count(woken)).isEqualTo(1);

            String after = sha256(runsc);
            HttpResponse<String> refused = resume(server, "{}");
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
            assertThat(StandaloneIT.actor(server, "old").getString("lastError"))
                    .contains(before.substring(0, 12))
                    .contains(after.substring(0, 12))
                    .contains("resume with boot");

            await("another golden snapshot")
                    .atMost(PATIENCE)
                    .until(() -> status(server).getString("phase").equals("Ready")
                            && !golden(server).equals(firstGolden));
            assertThat(resume(server, "{\"boot\": true}").statusCode()).isEqualTo(200);
            assertThat(StandaloneIT.actor(server, "old").getString("lastError")).isNull();

            suspend(server, "new");
            assertThat(build(server, "new")).isEqualTo(after);
            assertThat(StandaloneIT.count(server.request("new", "/"))).isEqualTo(2);
        }
    }

    /** As a package manager does it: another file under the same name. */
    private void upgrade(Path runsc) throws Exception {
        Path next = Files.copy(runsc, directory.resolve("runsc.next"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.write(next, new byte[] {0}, StandardOpenOption.APPEND);
        Files.move(next, runsc, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void killAteom(ServerProcess server) {
        long pid = server.pidIn("ateom/process.json").orElseThrow();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    private static void suspend(ServerProcess server, String actor) {
        HttpResponse<String> answer = server.call("POST", "/v1/atespaces/default/actors/" + actor + ":suspend", null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static HttpResponse<String> resume(ServerProcess server, String body) {
        return server.call("POST", "/v1/atespaces/default/actors/old:resume", body);
    }

    private static JsonObject status(ServerProcess server) {
        return new JsonObject(server.get("/v1/actortemplates/demo/counter").body()).getJsonObject("status");
    }

    private static String golden(ServerProcess server) {
        return status(server).getString("goldenSnapshot");
    }

    /** As the manifest of the actor's last snapshot has it. */
    private static String build(ServerProcess server, String actor) throws IOException {
        String id = StandaloneIT.actor(server, actor).getJsonObject("snapshot").getString("id");
        try (Stream<Path> files = Files.walk(server.dataDir().resolve("snapshots"))) {
            Path manifest = files.filter(file -> file.endsWith(Path.of(id, "manifest.json")))
                    .findFirst()
                    .orElseThrow();
            return new JsonObject(Files.readString(manifest))
                    .getJsonObject("sandboxBuild")
                    .getString("sha256");
        }
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
