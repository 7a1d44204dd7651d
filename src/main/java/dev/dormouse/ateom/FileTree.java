package dev.dormouse.ateom;

import dev.dormouse.files.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/** Directories of ours with all that is in them. */
final class FileTree {

    private static final Logger LOG = Logger.getLogger(FileTree.class);

    private FileTree() {}

    /** Removes it as far as possible and follows no link; what stays is logged. */
    static void delete(Path root) {
        if (Files.notExists(root)) {
            return;
        }
        try {
            Durability.deleteTree(root);
        } catch (IOException e) {
            LOG.warnf("can't remove %s: %s", root, e.toString());
        }
    }

    static long size(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(f -> f.toFile().length())
                    .sum();
        }
    }
}
