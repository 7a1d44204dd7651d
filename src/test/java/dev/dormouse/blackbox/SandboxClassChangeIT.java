package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A machine gets runsc after its templates were declared, and loses it again; the server is started anew each time. */
@Tag("gvisor")
class SandboxClassChangeIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    private Path data;

    @BeforeEach
    void makeDataDirectory() throws Exception {
        data = Files.createDirectory(directory.resolve("data"));
    }

    @Test
    void templatesFollowWhatTheMachineCanDo() {
        try (ServerProcess server = start(ProcessSandboxIT.HIDING_RUNSC)) {
            StandaloneIT.awaitReady(server);
            assertThat(golden(server)).isNull();
            answersFirst(server, "early");
        }

        try (ServerProcess server = start(List.of())) {
            awaitClass(server, "gvisor");
            answersFirst(server, "meanwhile");
            await("a golden snapshot of memory")
                    .atMost(PATIENCE)
                    .until(() -> isReady(server) && golden(server) != null);

            answersFirst(server, "remembers");
            // its one Data snapshot had no files, so it begins anew, but from now on it remembers
            assertThat(StandaloneIT.count(server.request("early", "/"))).isEqualTo(1);
            suspend(server, "early");
            assertThat(StandaloneIT.count(server.request("early", "/"))).isEqualTo(2);
        }

        try (ServerProcess server = start(ProcessSandboxIT.HIDING_RUNSC)) {
            awaitClass(server, "process");
            answersFirst(server, "late");
            await("a template without a golden snapshot")
                    .atMost(PATIENCE)
                    .until(() -> isReady(server) && golden(server) == null);

            HttpResponse<String> refused = resume(server, "remembers", "{}");
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
            assertThat(StandaloneIT.actor(server, "remembers").getString("lastError"))
                    .contains("in class process", "resume with boot");
            assertThat(resume(server, "remembers", "{\"boot\": true}").statusCode())
                    .isEqualTo(200);
        }
    }

    private ServerProcess start(List<String> prefix) {
        var launch = new ServerProcess.Launch(prefix, Program.underTest(), Map.of());
        return ServerProcess.start(data, launch, "--demo", "target/demo");
    }

    private static void answersFirst(ServerProcess server, String actor) {
        StandaloneIT.create(server, actor);
        HttpResponse<String> answer = await(actor)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> server.request(actor, "/"), response -> response.statusCode() == 200);
        assertThat(StandaloneIT.count(answer)).isEqualTo(1);
    }

    private static void awaitClass(ServerProcess server, String sandboxClass) {
        await("workers of class " + sandboxClass)
                .atMost(PATIENCE)
                .until(() -> new JsonObject(server.get("/v1/workers").body())
                        .getJsonArray("items").stream()
                                .map(JsonObject.class::cast)
                                .filter(worker -> sandboxClass.equals(worker.getString("sandboxClass")))
                                .anyMatch(worker -> "FREE".equals(worker.getString("state"))));
    }

    private static JsonObject status(ServerProcess server) {
        return new JsonObject(server.get("/v1/actortemplates/demo/counter").body()).getJsonObject("status");
    }

    private static boolean isReady(ServerProcess server) {
        return status(server).getString("phase").equals("Ready");
    }

    private static @Nullable String golden(ServerProcess server) {
        return status(server).getString("goldenSnapshot");
    }

    private static void suspend(ServerProcess server, String actor) {
        HttpResponse<String> answer =
                server.call("POST", "/v1/atespaces/default/actors/%s:suspend".formatted(actor), null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static HttpResponse<String> resume(ServerProcess server, String actor, String body) {
        return server.call("POST", "/v1/atespaces/default/actors/%s:resume".formatted(actor), body);
    }
}
