package dev.dormouse.activation;

import java.util.concurrent.TimeUnit;

/** Measures a transition from its wish on, in microseconds. */
final class Stopwatch {

    private final long started = System.nanoTime();
    private long claimed;

    long micros() {
        return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - started);
    }

    void claimDone() {
        claimed = micros();
    }

    /** From the wish to the claim's commit. */
    long claimMicros() {
        return claimed;
    }
}
