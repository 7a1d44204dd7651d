package dev.dormouse.ateom;

import dev.dormouse.files.FileTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jboss.logging.Logger;

/** What each Pod of a node has for itself, below the directory that they share: {@code pods/<uid>/}. */
public final class PodDirectories {

    private static final Logger LOG = Logger.getLogger(PodDirectories.class);

    private final Path all;

    /** @param nodeDir that the Pods share */
    public PodDirectories(Path nodeDir) {
        this.all = nodeDir.resolve("pods");
    }

    /**
     * The directory of one Pod; it need not exist.
     *
     * @throws IllegalArgumentException when the uid is no UUID
     */
    public Path of(String podUid) {
        return all.resolve(UUID.fromString(podUid).toString());
    }

    /** Where in the directory of an ateom the segments are that the store doesn't have yet. */
    static Path logs(Path own) {
        return own.resolve("logs");
    }

    /** Removes those of Pods that are gone: nobody holds their locks. What their actors printed becomes one's own. Blocks. */
    void removeLeftOvers(Path own) {
        for (Path directory : FileTree.list(all)) {
            if (!directory.equals(own)) {
                removeUnlessHeld(directory, own);
            }
        }
    }

    private static void removeUnlessHeld(Path directory, Path own) {
        try (FileChannel channel = FileChannel.open(
                        directory.resolve(NodeLock.FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                for (Path segment : FileTree.list(logs(directory))) {
                    Files.createDirectories(logs(own));
                    Files.move(segment, logs(own).resolve(segment.getFileName()));
                }
                FileTree.delete(directory);
            }
        } catch (IOException e) {
            LOG.warnf("what a Pod left in %s stays: %s", directory, e);
        }
    }
}
