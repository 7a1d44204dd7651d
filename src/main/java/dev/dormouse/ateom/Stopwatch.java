package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Phases;
import java.util.concurrent.TimeUnit;

/** Splits the time of a start into its phases. */
final class Stopwatch {
    private final Phases.Builder phases;
    private long lap = System.nanoTime();

    Stopwatch(boolean prewarmed) {
        phases = Phases.newBuilder().setPrewarmed(prewarmed);
    }

    void prepared() {
        phases.setPrepare(micros());
    }

    void launched() {
        phases.setRestore(micros());
    }

    Phases ready() {
        return phases.setReady(micros()).build();
    }

    private long micros() {
        long now = System.nanoTime();
        long micros = TimeUnit.NANOSECONDS.toMicros(now - lap);
        lap = now;
        return micros;
    }
}
