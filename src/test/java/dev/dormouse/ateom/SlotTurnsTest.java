package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.ateom.wire.Workload;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlotTurnsTest {

    @TempDir
    Path temp;

    private final ScriptedRuntime runtime = new ScriptedRuntime();
    private ScriptedRuntime.ScriptedSlot place;
    private SlotTurns turns;

    @BeforeEach
    void open() throws Exception {
        place = (ScriptedRuntime.ScriptedSlot) runtime.openSlot("w1");
        turns = new SlotTurns(place, Thread::startVirtualThread);
    }

    private PreparedSandbox made() {
        return new PreparedSandbox(
                Workload.getDefaultInstance(), runtime.new ScriptedSandbox(place, null), new BundleDir(temp), Map.of());
    }

    private Reason refusal() {
        return catchThrowableOfType(
                        CommandFailure.class,
                        () -> turns.makeAhead("d", () -> {
                            throw new CommandFailure(Reason.IMAGE, "it was begun");
                        }))
                .reason();
    }

    @Test
    void aPreparationIsNotBegunWhileAStartWaits() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        turns.lock();
        Thread start = Thread.startVirtualThread(() -> {
            turns.lockToStart("d");
            started.countDown();
            turns.unlock();
        });

        await().untilAsserted(() -> assertThat(refusal()).isEqualTo(Reason.BUSY));
        turns.unlock();

        assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
        start.join();
        assertThat(refusal()).isEqualTo(Reason.IMAGE);
    }

    @Test
    void aSandboxThatIsMadeAllTheSameWhenItWasGivenUpIsDiscarded() throws Exception {
        PreparedSandbox late = made();
        CountDownLatch begun = new CountDownLatch(1);
        turns.lock();
        Thread start = Thread.startVirtualThread(() -> {
            try {
                begun.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            turns.lockToStart("another");
            turns.unlock();
        });

        CommandFailure failure = catchThrowableOfType(
                CommandFailure.class,
                () -> turns.makeAhead("d", () -> {
                    begun.countDown();
                    await().until(() -> runtime.abandoned.get() > 0);
                    return late;
                }));
        turns.unlock();

        start.join();
        assertThat(failure.reason()).isEqualTo(Reason.BUSY);
        assertThat(List.of(late.prepared()))
                .allSatisfy(sandbox -> assertThat(((ScriptedRuntime.ScriptedSandbox) sandbox).killed)
                        .isTrue());
    }
}
