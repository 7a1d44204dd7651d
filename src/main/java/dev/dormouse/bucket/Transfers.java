package dev.dormouse.bucket;

import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The parts that this process has in memory on their way to or from object stores. Who has one gives it back without waiting for
 * another one: else all could wait for each other.
 */
public final class Transfers {

    private final Semaphore free;

    /**
     * @param parts in memory at once, each of up to {@link Part#SIZE} bytes
     */
    public Transfers(int parts) {
        this.free = new Semaphore(Math.max(1, parts), true);
    }

    /** Blocks until there is room. */
    Part take(int capacity) throws InterruptedIOException {
        try {
            free.acquire();
            return new Part(capacity);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** Null when there is no room. */
    @Nullable
    Part tryTake(int capacity) {
        return free.tryAcquire() ? new Part(capacity) : null;
    }

    /** Gives one back that was taken, when no request reads or writes it any more. */
    void give(@Nullable Part part) {
        if (part != null) {
            free.release();
        }
    }
}
