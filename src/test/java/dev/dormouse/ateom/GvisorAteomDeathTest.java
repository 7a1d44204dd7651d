package dev.dormouse.ateom;

import static dev.dormouse.ateom.AteomFixture.activation;
import static dev.dormouse.ateom.AteomFixture.actor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.sandbox.TestServer;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process of ateom dies with a real actor in its hands; another one goes on in its directory. */
@Tag("gvisor")
class GvisorAteomDeathTest {

    @TempDir
    Path temp;

    @Test
    void aDurableSnapshotThatNobodyHeardOfIsFoundAndWakes() throws Exception {
        assertFoundAndWakes("file://" + temp.resolve("store"));
    }

    @Test
    void aLocalSnapshotThatNobodyHeardOfIsFoundAndWakes() throws Exception {
        assertFoundAndWakes("");
    }

    private void assertFoundAndWakes(String location) throws Exception {
        Path rootfs = TestServer.rootfs(temp.resolve("rootfs"));
        String snapshot = UUID.randomUUID().toString();
        dieAfterSnapshot(rootfs, snapshot, location);

        try (AteomFixture node = new AteomFixture(temp, GvisorAteomTest.gvisor(temp), AteomFixture.images(rootfs))) {
            node.configure(DyingAteom.WORKER);
            CheckpointRequest.Builder repeated = DyingAteom.request(node, snapshot, location);
            CheckpointResponse answer = node.checkpoint(repeated);
            CheckpointResponse older = node.checkpoint(
                    repeated.clone().setSnapshotId(UUID.randomUUID().toString()));
            ActivateResponse woken = node.activate(activation(
                            DyingAteom.WORKER,
                            actor(DyingAteom.ACTOR),
                            DyingAteom.GENERATION + 1,
                            GvisorAteomTest.workload())
                    .setSnapshotUri(answer.getTaken().getUri()));

            assertThat(answer.hasTaken()).as("%s", answer).isTrue();
            assertThat(older.getFailure().getReason()).isEqualTo(Reason.NOT_RUNNING);
            assertThat(TestServer.get(
                            woken.getActivated().getHost(), woken.getActivated().getPortsOrThrow(80), "/count"))
                    .isEqualTo("2");
        }
    }

    private void dieAfterSnapshot(Path rootfs, String snapshot, String location) throws Exception {
        Process ateom = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DyingAteom.class.getName(),
                        temp.toString(),
                        rootfs.toString(),
                        snapshot,
                        location)
                .inheritIO()
                .start();
        assertThat(ateom.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(ateom.exitValue()).isEqualTo(DyingAteom.KILLED);
    }
}
