package dev.dormouse.ateom;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps a data directory to one ateom: a second would remove what the first is working on. Ends with the process. */
final class NodeLock implements AutoCloseable {

    static final String FILE = "ateom.lock";

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 50;

    private final FileChannel channel;

    private NodeLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Blocks for up to 10 s while an earlier process ends. */
    static NodeLock acquire(Path dataDir) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            NodeLock lock = acquire(dataDir, deadline);
            if (Files.exists(dataDir.resolve(FILE))) {
                return lock;
            }
            // the ateom of another Pod took it for a left-over and removed it just before
            lock.close();
        }
    }

    private static NodeLock acquire(Path dataDir, long deadline) throws IOException, InterruptedException {
        Files.createDirectories(dataDir);
        FileChannel channel =
                FileChannel.open(dataDir.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        while (tryLock(channel) == null) {
            if (System.nanoTime() > deadline) {
                channel.close();
                throw new IOException("another ateom uses " + dataDir + ": end it, or choose another --data-dir");
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return new NodeLock(channel);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // held by this very process: a live reload is still ending the former
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
