package dev.dormouse.ateom;

import static dev.dormouse.ateom.AteomFixture.activation;
import static dev.dormouse.ateom.AteomFixture.actor;
import static dev.dormouse.ateom.AteomFixture.uid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.Container;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.ateom.wire.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint command that is repeated to an ateom which has started anew since. */
class EarlierSnapshotsTest {

    @TempDir
    Path temp;

    private final ScriptedRuntime runtime = new ScriptedRuntime();
    private AteomFixture node;

    @BeforeEach
    void open() throws Exception {
        node = new AteomFixture(temp, runtime, AteomFixture.images(temp.resolve("rootfs")));
        node.configure("w1", "w2");
        boot(3);
    }

    @AfterEach
    void close() {
        node.close();
    }

    private void boot(long generation) {
        Container.Builder container = Container.newBuilder()
                .setName("main")
                .setImage("counter@sha256:1")
                .addCommand("/server");
        node.activate(activation("w1", actor("a"), generation, AteomFixture.workload(container)));
        runtime.running(uid("w1")).memory = "worth keeping";
    }

    private void restart() throws Exception {
        node.close();
        open(new String[] {"w1", "w2"});
    }

    private void open(String... pods) throws Exception {
        node = new AteomFixture(temp, runtime, AteomFixture.images(temp.resolve("rootfs")));
        if (pods.length > 0) {
            node.configure(pods);
        }
    }

    private CheckpointRequest.Builder suspension() {
        return node.suspension("w1", actor("a"), 3);
    }

    private static Path stored(CheckpointResponse taken) {
        return Path.of(taken.getTaken().getUri().substring("file://".length()));
    }

    private void assertNotRunning(CheckpointRequest.Builder request) {
        assertThat(node.checkpoint(request).getFailure().getReason()).isEqualTo(Reason.NOT_RUNNING);
    }

    @Test
    void aDurableSnapshotIsTheAnswer() throws Exception {
        CheckpointRequest.Builder suspension = suspension();
        CheckpointResponse taken = node.checkpoint(suspension);
        restart();

        CheckpointResponse again = node.checkpoint(suspension);

        assertThat(again.getTaken().getUri()).isEqualTo(taken.getTaken().getUri());
        assertThat(again.getTaken().getSizeBytes()).isEqualTo(taken.getTaken().getSizeBytes());
        assertThat(again.getTaken().getSandboxBuild()).isEqualTo(ScriptedRuntime.BUILD);
    }

    @Test
    void aLocalSnapshotIsTheAnswer() throws Exception {
        CheckpointRequest.Builder pause = suspension().setLocation("");
        CheckpointResponse taken = node.checkpoint(pause);
        restart();

        CheckpointResponse again = node.checkpoint(pause);

        assertThat(again.getTaken().getUri()).isEqualTo(taken.getTaken().getUri());
        assertThat(again.getTaken().getSizeBytes()).isEqualTo(taken.getTaken().getSizeBytes());
    }

    @Test
    void anAteomThatHasNoSlotsYetAnswersTheSame() throws Exception {
        CheckpointRequest.Builder suspension = suspension();
        CheckpointResponse taken = node.checkpoint(suspension);
        node.close();
        open();

        assertThat(node.checkpoint(suspension).getTaken().getUri())
                .isEqualTo(taken.getTaken().getUri());
    }

    @Test
    void whatWasFoundWakesTheActor() throws Exception {
        CheckpointRequest.Builder suspension = suspension();
        node.checkpoint(suspension);
        restart();

        String uri = node.checkpoint(suspension).getTaken().getUri();
        node.activate(activation(
                        "w2",
                        actor("a"),
                        4,
                        AteomFixture.workload(Container.newBuilder()
                                .setName("main")
                                .setImage("counter@sha256:1")
                                .addCommand("/server")))
                .setSnapshotUri(uri));

        assertThat(runtime.running(uid("w2")).memory).isEqualTo("worth keeping");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "durable"})
    void aSnapshotOfAnotherActivationIsNoAnswer(String kind) throws Exception {
        CheckpointRequest.Builder suspension = suspension();
        if (kind.isEmpty()) {
            suspension.setLocation("");
        }
        node.checkpoint(suspension);
        restart();

        assertNotRunning(suspension.clone().setGeneration(2));
        assertNotRunning(suspension.clone().setGeneration(4));
        assertNotRunning(suspension.clone().setActor(actor("b")));
        assertNotRunning(suspension.clone().setActor(actor("team-b", "a")));
        assertNotRunning(suspension.clone().setScope(Scope.DATA));
        assertThat(node.checkpoint(suspension).hasTaken()).isTrue();
    }

    @Test
    void aCommandOfASupersededActivationIsStale() throws Exception {
        CheckpointRequest.Builder suspension = suspension();
        node.checkpoint(suspension);
        restart();
        boot(4);

        assertThat(node.checkpoint(suspension).getFailure().getReason()).isEqualTo(Reason.STALE_GENERATION);
    }

    @Test
    void aSnapshotWithoutManifestWasNotTaken() throws Exception {
        CheckpointRequest.Builder suspension = suspension();
        Path stored = stored(node.checkpoint(suspension));
        restart();
        Files.delete(stored.resolve("manifest.json"));

        assertNotRunning(suspension);
    }

    @ParameterizedTest
    @ValueSource(strings = {"durable", ""})
    void aDamagedSnapshotWasNotTaken(String kind) throws Exception {
        CheckpointRequest.Builder suspension = suspension();
        CheckpointResponse taken = node.checkpoint(kind.isEmpty() ? suspension.setLocation("") : suspension);
        restart();
        damage(kind.isEmpty() ? node.dataDir.resolve("local/default/a/" + suspension.getSnapshotId()) : stored(taken));

        assertNotRunning(suspension);
    }

    private static void damage(Path snapshot) throws IOException {
        Path pages = snapshot.resolve("memory/pages.img");
        // another file, since the node's copy shares the first one's bytes
        Files.delete(pages);
        Files.writeString(pages, "worth nothing");
    }

    @Test
    void whileTheStoreCantBeReadThereIsNoAnswer() throws Exception {
        CheckpointRequest.Builder elsewhere = suspension().setLocation("s3://unreachable/x");
        restart();

        assertThatThrownBy(() -> node.checkpoint(elsewhere)).hasMessageContaining("can't be seen now");
    }
}
