package dev.dormouse.sandbox.host;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Directories with all that is in them. Symbolic links are not followed. */
public final class FileTree {

    private static final Logger LOG = Logger.getLogger(FileTree.class);

    private FileTree() {}

    /** Deletes a directory; what can't be deleted is logged and left. */
    public static void delete(Path directory) {
        delete(directory, false);
    }

    /** Deletes what is in a directory, not the directory. */
    public static void deleteContent(Path directory) {
        delete(directory, true);
    }

    /** The entries of a directory; none when it isn't there. */
    public static List<Path> list(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static void delete(Path root, boolean keepRoot) {
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
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    // overlayfs leaves an empty directory that nobody may list
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
