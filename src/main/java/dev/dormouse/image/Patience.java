package dev.dormouse.image;

import io.quarkus.logging.Log;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a pull waits for a registry, and how often it tries again.
 *
 * @param connect until a connection must stand
 * @param silence after which a connection without a byte is given up
 * @param attempts that may fail one after the other without progress
 * @param pause after the first failure; it doubles with each
 */
record Patience(Duration connect, Duration silence, int attempts, Duration pause) {

    static final Patience DEFAULT =
            new Patience(Duration.ofSeconds(10), Duration.ofSeconds(30), 5, Duration.ofMillis(200));

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    /** So many more bytes are progress; a registry that gives less at a time would never come to an end. */
    private static final long PROGRESS = 1 << 20;

    interface Attempt<T> {
        T make() throws IOException;
    }

    /**
     * Tries again what may pass by itself.
     *
     * @param reached how many bytes of it are here
     */
    <T> T tries(Attempt<T> attempt, LongSupplier reached) throws IOException {
        long best = reached.getAsLong();
        int failed = 0;
        while (true) {
            try {
                return attempt.make();
            } catch (RegistryException e) {
                long now = reached.getAsLong();
                failed = now >= best + PROGRESS ? 1 : failed + 1;
                best = Math.max(best, now);
                if (!e.isPassing() || failed >= attempts) {
                    throw e;
                }
                Log.infof("%s; trying again", e.getMessage());
                sleep(failed, e);
            }
        }
    }

    private void sleep(int failed, RegistryException e) throws InterruptedIOException {
        Duration doubled = pause.multipliedBy(1L << Math.min(failed - 1, 10));
        Duration wanted = doubled.compareTo(e.wanted()) > 0 ? doubled : e.wanted();
        Duration bounded = wanted.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wanted;
        try {
            Thread.sleep(bounded);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the pull was ended");
        }
    }
}
