package dev.dormouse.sandbox.gvisor;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What a killed process could leave: a slot's shell that was busy when its input ended, and files. */
final class LeftOvers {

    private static final Logger LOG = Logger.getLogger(LeftOvers.class);

    private LeftOvers() {}

    /** Notes which process holds a slot. The start time tells it from a later process with the same id. */
    static void writeHolder(Path file, ProcessHandle process) throws IOException {
        Files.writeString(file, process.pid() + " " + startOf(process));
    }

    /** Ends the slots' shells that the directory of an instance tells of, and all in them; then removes the directory. */
    static void endProcesses(Path instance) {
        for (Path slot : list(instance)) {
            holder(slot.resolve("holder")).ifPresent(LeftOvers::end);
        }
        delete(instance);
    }

    static void delete(Path directory) {
        deleteTree(directory, false);
    }

    static void deleteContent(Path directory) {
        deleteTree(directory, true);
    }

    private static Optional<ProcessHandle> holder(Path file) {
        try {
            String[] words = Files.readString(file).split(" ");
            return ProcessHandle.of(Long.parseLong(words[0]))
                    .filter(process -> startOf(process).toString().equals(words[1]));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static void end(ProcessHandle unshare) {
        LOG.infof("Ending slot process %d of a Dormouse that died", unshare.pid());
        // its child is init of the namespace: the kernel ends all in it
        unshare.children().forEach(ProcessHandle::destroyForcibly);
        unshare.destroyForcibly();
    }

    private static Instant startOf(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }

    private static List<Path> list(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static void deleteTree(Path root, boolean keepRoot) {
        if (!Files.exists(root)) {
            return;
        }
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                    if (!keepRoot || !directory.equals(root)) {
                        Files.deleteIfExists(directory);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            LOG.warnf("%s is left behind: %s", root, e);
        }
    }
}
