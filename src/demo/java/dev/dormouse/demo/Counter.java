package dev.dormouse.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A number in memory that only grows; kept in a file too where there is a durable directory for it. */
final class Counter {

    private final Path file;
    private final boolean durable;
    private long count;

    /**
     * @param directory may be absent: then the number lives in memory alone
     */
    Counter(Path directory) throws IOException {
        this.file = directory.resolve("counter");
        this.durable = Files.isDirectory(directory);
        this.count = durable ? kept() : 0;
    }

    synchronized long increment() throws IOException {
        long next = count + 1;
        if (durable) {
            keep(next);
        }
        // not before it is kept: a failed request counts nothing
        count = next;
        return next;
    }

    private long kept() throws IOException {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private void keep(long value) throws IOException {
        Path next = file.resolveSibling("counter.next");
        Files.writeString(next, value + "\n");
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
