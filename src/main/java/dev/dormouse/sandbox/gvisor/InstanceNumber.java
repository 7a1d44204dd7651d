package dev.dormouse.sandbox.gvisor;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A number that only this process holds on this machine: it decides the subnet and the names of interfaces. The kernel frees it
 * when the process dies.
 */
final class InstanceNumber implements AutoCloseable {

    /** How many processes with sandboxes one machine may have; each has a 1/64 of the address range. */
    static final int COUNT = 64;

    // closing any descriptor of a file drops all locks this JVM has on it: a number held here must not be tried again
    private static final Set<Path> HELD_BY_THIS_JVM = ConcurrentHashMap.newKeySet();

    private final int value;
    private final Path file;
    private final FileChannel channel;

    private InstanceNumber(int value, Path file, FileChannel channel) {
        this.value = value;
        this.file = file;
        this.channel = channel;
    }

    static InstanceNumber acquire(Path runDir) throws SandboxException {
        try {
            Files.createDirectories(runDir);
            for (int number = 0; number < COUNT; number++) {
                InstanceNumber held = tryAcquire(runDir, number);
                if (held != null) {
                    return held;
                }
            }
        } catch (IOException e) {
            throw new SandboxException(
                    Kind.FAILED, "can't take an instance number in " + runDir + ": " + e.getMessage(), e);
        }
        throw new SandboxException(
                Kind.FAILED, "%d Dormouse processes run sandboxes on this machine already: end one".formatted(COUNT));
    }

    private static @Nullable InstanceNumber tryAcquire(Path runDir, int number) throws IOException {
        Path file = runDir.resolve(number + ".lock");
        if (!HELD_BY_THIS_JVM.add(file)) {
            return null;
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (isLocked(channel)) {
            return new InstanceNumber(number, file, channel);
        }
        channel.close();
        HELD_BY_THIS_JVM.remove(file);
        return null;
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    int value() {
        return value;
    }

    /** Where the holder of the number keeps its state; what is there before belongs to a dead one. */
    Path directory() {
        return file.resolveSibling(Integer.toString(value));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            HELD_BY_THIS_JVM.remove(file);
        }
    }
}
