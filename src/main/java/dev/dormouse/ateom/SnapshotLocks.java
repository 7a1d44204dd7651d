package dev.dormouse.ateom;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A lock per snapshot, there while somebody wants it: a fetch that takes long or hangs holds up nobody who wants another one. */
final class SnapshotLocks {

    /** Guarded by itself. */
    private final Map<String, Counted> locks = new HashMap<>();

    private static final class Counted {
        final ReentrantLock lock = new ReentrantLock();
        int users;
    }

    /** Open until closed, by the same thread. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** Blocks until nobody else has it. */
    Held lock(String snapshot) {
        Counted counted;
        synchronized (locks) {
            counted = locks.computeIfAbsent(snapshot, id -> new Counted());
            counted.users++;
        }
        counted.lock.lock();
        return () -> release(snapshot, counted);
    }

    /** Null when somebody has it or waits for it. */
    @Nullable
    Held tryLock(String snapshot) {
        synchronized (locks) {
            return locks.containsKey(snapshot) ? null : lock(snapshot);
        }
    }

    private void release(String snapshot, Counted counted) {
        counted.lock.unlock();
        synchronized (locks) {
            counted.users--;
            if (counted.users == 0) {
                locks.remove(snapshot);
            }
        }
    }
}
