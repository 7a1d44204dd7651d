package dev.dormouse.ateom;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of a cache are in use, among the processes that share it: each entry is a byte of one file, locked shared by its users
 * and exclusively by who removes it. The kernel gives back what a killed process held.
 */
final class CacheUse implements AutoCloseable {

    private static final long PAUSE_NANOS = 1_000_000;

    private final FileChannel channel;
    /** Locks belong to processes, so users in this one are counted. By the byte's position; guarded by this. */
    private final Map<Long, Users> users = new HashMap<>();

    private static final class Users {
        final FileLock lock;
        int count;

        Users(FileLock lock) {
            this.lock = lock;
        }
    }

    /** @param file is created when it isn't there; one of these a process: closing it gives up all that the process holds */
    CacheUse(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        this.channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Keeps an entry from being removed, once more. Waits while another process removes it: some milliseconds. */
    synchronized void begin(String entry) throws IOException {
        long position = position(entry);
        Users present = users.get(position);
        if (present == null) {
            present = new Users(lockShared(position));
            users.put(position, present);
        }
        present.count++;
    }

    /** Not {@link FileChannel#lock}: an interrupt would close the channel, and with it give up all locks. */
    private FileLock lockShared(long position) throws IOException {
        while (true) {
            FileLock lock = tryLock(position, true);
            if (lock != null) {
                return lock;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private @Nullable FileLock tryLock(long position, boolean shared) throws IOException {
        try {
            return channel.tryLock(position, 1, shared);
        } catch (OverlappingFileLockException e) {
            // another thread of this process removes it
            return null;
        }
    }

    /** Takes one {@link #begin} back. */
    synchronized void end(String entry) throws IOException {
        long position = position(entry);
        Users present = users.get(position);
        if (present == null) {
            throw new IllegalStateException(entry + " is not in use");
        }
        present.count--;
        if (present.count == 0) {
            users.remove(position);
            if (channel.isOpen()) {
                present.lock.release();
            }
        }
    }

    /** Whether this process uses it. */
    synchronized boolean isUsedHere(String entry) {
        return users.containsKey(position(entry));
    }

    /** Runs {@code removal} unless some process uses the entry; says whether it ran. */
    boolean unlessUsed(String entry, Runnable removal) throws IOException {
        FileLock lock = lockUnlessUsed(position(entry));
        if (lock == null) {
            return false;
        }
        try (lock) {
            removal.run();
            return true;
        }
    }

    private synchronized @Nullable FileLock lockUnlessUsed(long position) throws IOException {
        return users.containsKey(position) ? null : tryLock(position, false);
    }

    /** Gives up what is in use. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Two entries may meet in one: then the one is kept while the other is in use. */
    private static long position(String entry) {
        return Integer.toUnsignedLong(entry.hashCode());
    }
}
