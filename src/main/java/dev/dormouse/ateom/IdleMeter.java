package dev.dormouse.ateom;

import dev.dormouse.sandbox.SandboxRuntime.Usage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Tells how long a running actor has done nothing, from samples of what its sandbox used. A sandbox is never quite still: gVisor
 * measured at rest uses 0.04 of a processor in ticks of 10 ms, and its network sees a stray packet now and then. So use is judged
 * second by second, and little of it counts as rest. Times are of {@link System#nanoTime}.
 */
final class IdleMeter {

    private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();

    /** Neighbour discovery took up to 160 bytes in a window; the smallest HTTP exchange takes over 400. */
    private static final long RESTING_BYTES = 250;

    private final double restingShare;
    private long windowStart;
    private @Nullable Usage atWindowStart;
    private long busyUntil;

    /**
     * @param restingShare of one processor that a sandbox at rest may use
     */
    IdleMeter(double restingShare, long now) {
        this.restingShare = restingShare;
        this.windowStart = now;
        this.busyUntil = now;
    }

    /** To be called several times a second. */
    synchronized void sample(long now, Usage usage) {
        Usage before = atWindowStart;
        if (before == null) {
            begin(now, usage);
            return;
        }
        long elapsed = now - windowStart;
        boolean bytes = usage.bytes() - before.bytes() > RESTING_BYTES;
        boolean over = elapsed >= WINDOW_NANOS;
        boolean cpu = over && usage.cpu().minus(before.cpu()).toNanos() > restingShare * elapsed;
        if (bytes || cpu) {
            busyUntil = now;
        }
        if (bytes || over) {
            begin(now, usage);
        }
    }

    private void begin(long now, Usage usage) {
        windowStart = now;
        atWindowStart = usage;
    }

    /** Milliseconds since it was last seen busy; 0 while busy. */
    synchronized long idleMillis(long now) {
        return Math.max(0, (now - busyUntil) / 1_000_000);
    }
}
