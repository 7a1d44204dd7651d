package dev.dormouse.ateom;

import static dev.dormouse.ateom.AteomFixture.activation;
import static dev.dormouse.ateom.AteomFixture.actor;
import static dev.dormouse.ateom.AteomFixture.uid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.ateom.ScriptedRuntime.Step;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.Container;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.ateom.wire.PrepareRequest;
import dev.dormouse.ateom.wire.PrepareResponse;
import dev.dormouse.ateom.wire.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nobody counts the gate down in most of these tests: a preparation there hangs until it is given up. */
@Timeout(30)
class StartBeforePreparationTest {

    private static final Duration AT_ONCE = Duration.ofMillis(300);

    @TempDir
    Path temp;

    private final ScriptedRuntime runtime = new ScriptedRuntime();
    private AteomFixture node;

    @BeforeEach
    void open() throws Exception {
        node = new AteomFixture(temp, runtime, AteomFixture.images(temp.resolve("rootfs")));
        node.configure("w1", "w2");
    }

    @AfterEach
    void close() {
        node.close();
    }

    private static Workload.Builder workload(String digest) {
        return AteomFixture.workload(Container.newBuilder()
                        .setName("main")
                        .setImage("counter@sha256:1")
                        .addCommand("/server"))
                .setTemplateDigest(digest);
    }

    private CompletableFuture<PrepareResponse> prepare(String digest) {
        return node.ateom
                .prepare(PrepareRequest.newBuilder()
                        .setWorkerUid(uid("w1"))
                        .setWorkload(workload(digest))
                        .build())
                .subscribeAsCompletionStage();
    }

    private CompletableFuture<ActivateResponse> start(String id, String digest) {
        return node.ateom
                .activate(activation("w1", actor(id), 1, workload(digest)).build())
                .subscribeAsCompletionStage();
    }

    private static <T> T get(CompletableFuture<T> answer) throws Exception {
        return answer.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aStartDoesNotWaitForAPreparationOfAnotherTemplate() throws Exception {
        runtime.holdNext(Step.PREPARE);
        CompletableFuture<PrepareResponse> hanging = prepare("other");
        runtime.awaitArrival(Step.PREPARE);

        long before = System.nanoTime();
        ActivateResponse started = get(start("a", "mine"));

        assertThat(started.hasActivated()).as("%s", started.getFailure()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(AT_ONCE);
        assertThat(get(hanging).getFailure().getReason()).isEqualTo(Reason.BUSY);
        assertThat(runtime.created.get()).isEqualTo(1);
    }

    @Test
    void oneThatWasGivenUpTooEarlyIsGivenUpAgain() throws Exception {
        runtime.holdNext(Step.PREPARE);
        runtime.deafTo.set(3);
        CompletableFuture<PrepareResponse> hanging = prepare("other");
        runtime.awaitArrival(Step.PREPARE);

        assertThat(get(start("a", "mine")).hasActivated()).isTrue();

        assertThat(get(hanging).getFailure().getReason()).isEqualTo(Reason.BUSY);
        assertThat(runtime.abandoned.get()).isGreaterThan(3);
    }

    @Test
    void aStartTakesTheSandboxThatIsAlmostReadyForIt() throws Exception {
        CountDownLatch gate = runtime.holdNext(Step.PREPARE);
        CompletableFuture<PrepareResponse> preparing = prepare("mine");
        runtime.awaitArrival(Step.PREPARE);

        CompletableFuture<ActivateResponse> starting = start("a", "mine");
        gate.countDown();

        assertThat(get(starting).getActivated().getPhases().getPrewarmed()).isTrue();
        assertThat(get(preparing).hasFailure()).isFalse();
        assertThat(runtime.abandoned.get()).isZero();
    }

    @Test
    void aStartWaitsForItsOwnTemplatesPreparationOnlyForAHeadStart() throws Exception {
        runtime.holdNext(Step.PREPARE);
        prepare("mine");
        runtime.awaitArrival(Step.PREPARE);

        long before = System.nanoTime();
        ActivateResponse started = get(start("a", "mine"));

        assertThat(started.getActivated().getPhases().getPrewarmed()).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(SlotTurns.HEAD_START, SlotTurns.HEAD_START.plus(AT_ONCE));
    }

    @Test
    void aSlotThatHangsPreparingItselfForWhatItRanLastStartsAnother() throws Exception {
        assertThat(get(start("a", "last")).hasActivated()).isTrue();
        runtime.holdNext(Step.PREPARE);
        node.discard("w1", actor("a"), 1);
        runtime.awaitArrival(Step.PREPARE);

        assertThat(get(start("b", "mine")).hasActivated()).isTrue();

        node.discard("w1", actor("b"), 1);
        node.awaitPrepared("w1");
        assertThat(node.report("w1").getPrepared()).isEqualTo("mine");
    }

    @Test
    void aDiscardIsAnsweredWhileAPreparationHangs() throws Exception {
        runtime.holdNext(Step.PREPARE);
        prepare("other");
        runtime.awaitArrival(Step.PREPARE);

        // fails after a minute
        node.discard("w1", actor("a"), 1);

        assertThat(runtime.abandoned.get()).isPositive();
    }

    @Test
    void aSlotThatIsNoLongerWantedGoesWhileAPreparationHangs() throws Exception {
        runtime.holdNext(Step.PREPARE);
        prepare("other");
        runtime.awaitArrival(Step.PREPARE);

        node.configure("w2");

        assertThat(runtime.slots.keySet()).containsExactly(uid("w2"));
    }
}
