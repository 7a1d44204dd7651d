package dev.dormouse.ateom;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many sandboxes may start at once: eight restores at once on two cores take each as long as all in a row. First come, first
 * served. Preparing ahead is work that nobody waits for: one at a time, and it steps back while actors start.
 */
final class StartLimit {

    /** So that preparing goes on under a load that never pauses. */
    private static final Duration LONGEST_STEP_BACK = Duration.ofMillis(500);

    private static final Duration STEP = Duration.ofMillis(5);

    private final Semaphore starts;
    private final Semaphore preparations = new Semaphore(1, true);
    private final AtomicInteger starting = new AtomicInteger();

    StartLimit(int atOnce) {
        starts = new Semaphore(atOnce, true);
    }

    /** A place among those that start; close it when started. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /** Blocks until it is this start's turn. */
    Place start() throws InterruptedException {
        starting.incrementAndGet();
        try {
            starts.acquire();
        } catch (InterruptedException e) {
            starting.decrementAndGet();
            throw e;
        }
        return () -> {
            starts.release();
            starting.decrementAndGet();
        };
    }

    /** Blocks until a sandbox may be prepared ahead. */
    Place prepareAhead() throws InterruptedException {
        preparations.acquire();
        long deadline = System.nanoTime() + LONGEST_STEP_BACK.toNanos();
        try {
            while (starting.get() > 0 && System.nanoTime() < deadline) {
                TimeUnit.NANOSECONDS.sleep(STEP.toNanos());
            }
        } catch (InterruptedException e) {
            preparations.release();
            throw e;
        }
        return preparations::release;
    }
}
