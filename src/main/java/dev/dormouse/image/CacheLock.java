package dev.dormouse.image;

import dev.dormouse.files.FileTree;
import io.quarkus.logging.Log;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The right to unpack one image, among the threads and processes that share a cache. The kernel gives it back when its holder
 * dies, so a temporary directory whose lock is free is a left-over.
 */
final class CacheLock implements AutoCloseable {

    private static final String TEMPORARY = ".tmp";
    private static final String LOCK = ".lock";

    /** File locks are held by processes, so threads of this one need a lock of their own. */
    private static final ConcurrentMap<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private final Path directory;
    private final String name;
    private final ReentrantLock thread;
    private final FileChannel channel;

    private CacheLock(Path directory, String name, ReentrantLock thread, FileChannel channel) {
        this.directory = directory;
        this.name = name;
        this.thread = thread;
        this.channel = channel;
    }

    /** Waits for it. */
    static CacheLock acquire(Path directory, String name) throws IOException {
        ReentrantLock thread = threadLock(directory, name);
        thread.lock();
        FileChannel channel = null;
        try {
            channel = open(directory, name);
            channel.lock();
            return new CacheLock(directory, name, thread, channel);
        } catch (IOException | RuntimeException e) {
            close(channel);
            thread.unlock();
            throw e;
        }
    }

    /** Where the holder may unpack. */
    Path temporary() {
        return directory.resolve(name + TEMPORARY);
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            thread.unlock();
        }
    }

    /** Removes what killed processes had begun. */
    static void removeLeftOvers(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (var leftOvers = Files.newDirectoryStream(directory, "*" + TEMPORARY)) {
            for (Path leftOver : leftOvers) {
                String file = leftOver.getFileName().toString();
                deleteUnlessHeld(directory, file.substring(0, file.length() - TEMPORARY.length()), leftOver);
            }
        } catch (IOException e) {
            // they cost space and nothing else: the next unpacking of the same image removes them too
            Log.warnf(e, "Left-overs in %s could not be removed", directory);
        }
    }

    /** Deletes what belongs to a name unless somebody holds that; says whether it did. */
    static boolean deleteUnlessHeld(Path directory, String name, Path what) throws IOException {
        ReentrantLock thread = threadLock(directory, name);
        if (!thread.tryLock()) {
            return false;
        }
        try (FileChannel channel = open(directory, name);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                FileTree.delete(what);
            }
            return lock != null;
        } finally {
            thread.unlock();
        }
    }

    private static ReentrantLock threadLock(Path directory, String name) {
        return THREADS.computeIfAbsent(directory.toAbsolutePath().resolve(name), path -> new ReentrantLock());
    }

    private static FileChannel open(Path directory, String name) throws IOException {
        return FileChannel.open(directory.resolve(name + LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static void close(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                Log.debug("A lock file could not be closed", e);
            }
        }
    }
}
