package dev.dormouse.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Directories with all that is in them. Symbolic links are not followed. */
public final class FileTree {

    private static final Logger LOG = Logger.getLogger(FileTree.class);

    private FileTree() {}

    /** Deletes a file, or a directory with its content; what vanishes meanwhile is fine. */
    public static void delete(Path root) throws IOException {
        if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            empty(root);
        }
        Files.deleteIfExists(root);
    }

    /** Deletes it if that is possible; what stays is logged. */
    public static void discard(Path root) {
        try {
            delete(root);
        } catch (IOException e) {
            LOG.warnf("%s is left behind: %s", root, e);
        }
    }

    /** Deletes what is in a directory, not the directory, if that is possible; what stays is logged. */
    public static void discardContent(Path directory) {
        try {
            empty(directory);
        } catch (IOException e) {
            LOG.warnf("something in %s is left behind: %s", directory, e);
        }
    }

    private static void empty(Path directory) throws IOException {
        try (var entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                delete(entry);
            }
        } catch (NoSuchFileException e) {
            // it is gone
        } catch (AccessDeniedException e) {
            // overlayfs leaves an empty directory that nobody may list; another can't be deleted, which will be said
        }
    }

    /** The entries of a directory; none when it isn't there. */
    public static List<Path> list(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The sum of its files in bytes. */
    public static long size(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
