package dev.dormouse.bucket;

import java.io.InterruptedIOException;
import java.util.concurrent.ThreadLocalRandom;

/** Tries left for one request, with growing pauses of random length, so that many don't come back at once. */
final class Retry {

    private static final int ATTEMPTS = 6;
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;

    private int failed;

    /** Whether to try again, after the pause. False when it was tried often enough. */
    boolean again() throws InterruptedIOException {
        failed++;
        if (failed >= ATTEMPTS) {
            return false;
        }
        long most = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << failed);
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(most / 2, most));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
