package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.sandbox.SandboxRuntime;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One command at a time in a slot, in the order they came, but for preparations: a sandbox that is made ahead is work that nobody
 * waits for and that may hang, so it isn't begun while a start waits, and is given up when one comes.
 */
final class SlotTurns {

    /**
     * A start gives a sandbox that it can use this long to become ready. Measured with gVisor: making one takes 0.14 s, so the start waits
     * for less than what it saves; one of another template is given up at once, for which the start then takes 0.24 s in place of 0.20 s.
     */
    static final Duration HEAD_START = Duration.ofMillis(500);

    /** One that was given up too early to be noticed is given up again. */
    private static final Duration AGAIN = Duration.ofMillis(50);

    private final SandboxRuntime.Slot place;
    private final Executor background;
    private final ReentrantLock commands = new ReentrantLock(true);
    // Guarded by this.
    private int urgent;
    private @Nullable Preparation underWay;

    SlotTurns(SandboxRuntime.Slot place, Executor background) {
        this.place = place;
        this.background = background;
    }

    /** How a sandbox is made. */
    interface Making {
        PreparedSandbox make() throws CommandFailure;
    }

    private static final class Preparation {
        final String digest;
        final CountDownLatch over = new CountDownLatch(1);
        boolean givenUp;

        Preparation(String digest) {
            this.digest = digest;
        }

        boolean isOverWithin(Duration time) throws InterruptedException {
            return over.await(time.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Blocks until it is this command's turn. */
    void lock() {
        commands.lock();
    }

    void unlock() {
        commands.unlock();
    }

    /** Like {@link #lock}, for the start of an actor of this template: no preparation holds it up for long. */
    void lockToStart(String digest) {
        lockUrgently(ahead -> ahead.digest.equals(digest) ? HEAD_START : Duration.ZERO);
    }

    /** Like {@link #lock}, for what has time, but not for a preparation that hangs. */
    void lockToEnd() {
        lockUrgently(ahead -> HEAD_START);
    }

    /** Like {@link #lock}, when the slot needs no sandbox any more. */
    void lockToClose() {
        lockUrgently(ahead -> Duration.ZERO);
    }

    private void lockUrgently(Function<Preparation, Duration> headStart) {
        Preparation ahead;
        synchronized (this) {
            urgent++;
            ahead = underWay;
        }
        if (ahead != null) {
            background.execute(() -> giveUp(ahead, headStart.apply(ahead)));
        }
        commands.lock();
        synchronized (this) {
            urgent--;
        }
    }

    private void giveUp(Preparation ahead, Duration headStart) {
        try {
            for (Duration pause = headStart; !ahead.isOverWithin(pause); pause = AGAIN) {
                synchronized (this) {
                    // under the lock: what is made here after it must not be hit
                    if (underWay == ahead) {
                        ahead.givenUp = true;
                        place.abandonPrepare();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Makes a sandbox ahead; its caller has the lock.
     *
     * @throws CommandFailure also BUSY, when something urgent came
     */
    PreparedSandbox makeAhead(String digest, Making making) throws CommandFailure {
        Preparation mine = begin(digest);
        PreparedSandbox made = null;
        try {
            made = making.make();
        } catch (CommandFailure e) {
            throw isWanted(mine) ? e : givenUp();
        } finally {
            end(mine);
        }
        if (mine.givenUp) {
            made.discard();
            throw givenUp();
        }
        return made;
    }

    private synchronized Preparation begin(String digest) throws CommandFailure {
        if (urgent > 0) {
            throw givenUp();
        }
        Preparation begun = new Preparation(digest);
        underWay = begun;
        return begun;
    }

    private synchronized boolean isWanted(Preparation preparation) {
        return !preparation.givenUp;
    }

    private synchronized void end(Preparation preparation) {
        underWay = null;
        preparation.over.countDown();
    }

    private static CommandFailure givenUp() {
        return new CommandFailure(Reason.BUSY, "the sandbox made room for an actor that starts");
    }
}
