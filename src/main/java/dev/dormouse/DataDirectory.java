package dev.dormouse;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The directory that holds all of a server. Belongs to one process at a time, until that ends. */
final class DataDirectory {

    /** Keeps the lock: it goes with the last reference to its channel. */
    private static @Nullable FileChannel held;

    private DataDirectory() {}

    /**
     * Creates it if it isn't there, and takes it.
     *
     * @throws IOException with a sentence for the user
     */
    static void take(Path directory) throws IOException {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw refused(directory, "is not a directory");
        }
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw refused(directory, "can't be created");
        }
        if (!Files.isReadable(directory) || !Files.isWritable(directory) || !Files.isExecutable(directory)) {
            throw refused(directory, "can't be read and written");
        }
        lock(directory);
    }

    private static void lock(Path directory) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(
                    directory.resolve("server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw refused(directory, "can't be written");
        }
        try {
            if (channel.tryLock() == null) {
                channel.close();
                throw refused(directory, "is in use by another server");
            }
            held = channel;
        } catch (OverlappingFileLockException e) {
            // dev mode starts the application again in the same process
            channel.close();
        }
    }

    private static IOException refused(Path directory, String why) {
        return new IOException("%s %s; choose another with --data-dir".formatted(directory, why));
    }
}
