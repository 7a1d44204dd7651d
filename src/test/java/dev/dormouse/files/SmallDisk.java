package dev.dormouse.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of a set size, for tests of full disks. Needs root. */
public final class SmallDisk implements AutoCloseable {

    private final Path mountPoint;

    public SmallDisk(Path mountPoint, long bytes) throws IOException, InterruptedException {
        this.mountPoint = Files.createDirectories(mountPoint);
        run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", mountPoint.toString());
    }

    public Path path() {
        return mountPoint;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("umount", mountPoint.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }
}
