package dev.dormouse.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** What makes files survive a power cut. */
public final class Durability {

    private Durability() {}

    /** Flushes a file's bytes, or a directory's entries. */
    public static void flush(Path fileOrDirectory) throws IOException {
        // Linux allows fsync through a read-only descriptor, and only such a one for directories
        try (FileChannel channel = FileChannel.open(fileOrDirectory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Creates a directory with its parents; each entry that was new survives a power cut. */
    public static void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        try {
            Files.createDirectory(directory);
        } catch (java.nio.file.FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        if (parent != null) {
            flush(parent);
        }
    }

    /** Puts a whole file in place, over an older one if there is one: readers see the one or the other. */
    public static void replace(Path file, byte[] content) throws IOException {
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
        Path next = Files.createTempFile(directory, "." + file.getFileName(), ".tmp");
        try {
            Files.write(next, content);
            flush(next);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
        flush(directory);
    }
}
