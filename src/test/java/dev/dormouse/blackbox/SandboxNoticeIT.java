package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Users see what really isolates their actors. */
class SandboxNoticeIT {

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path dataDir;

    @Test
    void theProcessSandboxIsNamedOnEachWorkerAndOnTheConsole() {
        try (ServerProcess server = ServerProcess.start(dataDir, "--demo", "target/demo", "--sandbox", "process")) {
            await("three workers that reported")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> classes(server), List.of("process", "process", "process")::equals);

            assertThat(server.get("/").body())
                    .contains("class=\"notice\"")
                    .contains("The process sandbox was asked for.")
                    .contains("without isolation");
        }
    }

    private static List<String> classes(ServerProcess server) {
        return new JsonObject(server.get("/v1/workers").body())
                .getJsonArray("items").stream()
                        .map(worker -> ((JsonObject) worker).getString("sandboxClass"))
                        .toList();
    }
}
