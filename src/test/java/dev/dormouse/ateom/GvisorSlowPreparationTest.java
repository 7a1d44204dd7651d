package dev.dormouse.ateom;

import static dev.dormouse.ateom.AteomFixture.activation;
import static dev.dormouse.ateom.AteomFixture.actor;
import static dev.dormouse.ateom.AteomFixture.uid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.ateom.wire.PrepareRequest;
import dev.dormouse.ateom.wire.PrepareResponse;
import dev.dormouse.sandbox.TestServer;
import dev.dormouse.sandbox.gvisor.GvisorRuntime;
import dev.dormouse.sandbox.gvisor.GvisorSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real runsc that hangs when it creates one sandbox, and creates the next as always. */
@Tag("gvisor")
class GvisorSlowPreparationTest {

    /** Far below what runsc may take, and far above what a start takes: 0.3 s, on a machine at rest. */
    private static final Duration BOUND = Duration.ofSeconds(5);

    @TempDir
    Path temp;

    private AteomFixture node;
    private Path hangs;
    private Path hanging;

    @BeforeEach
    void open() throws Exception {
        hangs = temp.resolve("hangs");
        hanging = temp.resolve("hanging");
        Path runsc = Files.writeString(temp.resolve("slow-runsc"), """
                #!/bin/sh
                case " $* " in
                    *" create "*) ! mv %s %s 2>/dev/null || sleep 300 ;;
                esac
                exec %s "$@"
                """.formatted(
                        hangs, hanging, GvisorRuntime.findRunsc().orElseThrow()));
        Files.setPosixFilePermissions(runsc, PosixFilePermissions.fromString("rwxr-xr-x"));
        node = new AteomFixture(
                temp,
                GvisorRuntime.open(new GvisorSettings(runsc, temp.resolve("runsc"), null)),
                AteomFixture.images(TestServer.rootfs(temp.resolve("rootfs"))));
        node.configure("w1");
    }

    @AfterEach
    void close() {
        node.close();
    }

    private CompletableFuture<PrepareResponse> prepareAndHang(String digest) throws Exception {
        Files.createFile(hangs);
        CompletableFuture<PrepareResponse> preparing = node.ateom
                .prepare(PrepareRequest.newBuilder()
                        .setWorkerUid(uid("w1"))
                        .setWorkload(GvisorAteomTest.workload().setTemplateDigest(digest))
                        .build())
                .subscribeAsCompletionStage();
        await().until(() -> Files.exists(hanging));
        return preparing;
    }

    private ActivateResponse start(String id) {
        return node.activate(activation("w1", actor(id), 1, GvisorAteomTest.workload()));
    }

    @Test
    void aStartGoesBeforeAHangingPreparationOfAnotherTemplate() throws Exception {
        CompletableFuture<PrepareResponse> preparing = prepareAndHang("other");

        long before = System.nanoTime();
        ActivateResponse started = start("a");
        Duration took = Duration.ofNanos(System.nanoTime() - before);

        assertAnswers(started, "1");
        assertThat(took).isLessThan(BOUND);
        assertThat(preparing.get(20, TimeUnit.SECONDS).getFailure().getReason()).isEqualTo(Reason.BUSY);
    }

    @Test
    void aStartGoesBeforeAHangingPreparationOfItsOwnTemplateAndTheSlotIsAsGoodAsBefore() throws Exception {
        prepareAndHang("digest-1");

        long before = System.nanoTime();
        ActivateResponse started = start("a");
        Duration took = Duration.ofNanos(System.nanoTime() - before);

        assertAnswers(started, "1");
        assertThat(took).isBetween(SlotTurns.HEAD_START, BOUND);
        String uri =
                node.checkpoint(node.suspension("w1", actor("a"), 1)).getTaken().getUri();
        node.awaitFree("w1");
        node.awaitPrepared("w1");
        ActivateResponse woken = node.activate(
                activation("w1", actor("a"), 2, GvisorAteomTest.workload()).setSnapshotUri(uri));
        assertThat(woken.getActivated().getPhases().getPrewarmed()).isTrue();
        assertAnswers(woken, "2");
    }

    private static void assertAnswers(ActivateResponse started, String count) {
        assertThat(started.hasActivated()).as("%s", started.getFailure()).isTrue();
        assertThat(TestServer.get(
                        started.getActivated().getHost(), started.getActivated().getPortsOrThrow(80), "/count"))
                .isEqualTo(count);
    }
}
