package dev.dormouse.ateom;

import dev.dormouse.files.DiskFull;
import dev.dormouse.files.RootedTree;
import dev.dormouse.files.TarPacker;
import dev.dormouse.files.TarUnpacker;
import dev.dormouse.files.TarUnpacker.Whiteouts;
import dev.dormouse.snapshot.SnapshotException;
import dev.dormouse.snapshot.SnapshotException.Kind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An actor's durable directories in a snapshot: {@code durable/<volume>.tar} each, as {@link TarPacker}
 * writes it.
 */
final class DurableDirs {

    private static final int BUFFER = 128 * 1024;
    private static final String DIRECTORY = "durable";
    private static final String SUFFIX = ".tar";

    private DurableDirs() {}

    /** Packs each directory in {@code from} into a new snapshot. Nobody may write to them meanwhile. Blocks. */
    static void pack(Path from, Path snapshot) throws SnapshotException {
        try {
            List<Path> volumes = children(from);
            if (!volumes.isEmpty()) {
                Files.createDirectories(snapshot.resolve(DIRECTORY));
            }
            for (Path volume : volumes) {
                TarPacker.pack(volume, snapshot.resolve(DIRECTORY).resolve(volume.getFileName() + SUFFIX));
            }
        } catch (IOException e) {
            throw failure("the durable directories can't be copied", e);
        }
    }

    /** Fills those directories in {@code to} that the snapshot holds, and of which the template still speaks. Blocks. */
    static void unpack(Path snapshot, Path to) throws SnapshotException {
        try {
            for (Path volume : children(to)) {
                Path archive = snapshot.resolve(DIRECTORY).resolve(volume.getFileName() + SUFFIX);
                if (Files.exists(archive)) {
                    unpackVolume(archive, volume);
                }
            }
        } catch (IOException e) {
            throw failure("the durable directories can't be filled", e);
        }
    }

    private static void unpackVolume(Path archive, Path volume) throws IOException {
        TarUnpacker unpacker = new TarUnpacker(new RootedTree(volume), Whiteouts.NONE, Long.MAX_VALUE);
        try (InputStream tar = new BufferedInputStream(Files.newInputStream(archive), BUFFER)) {
            unpacker.unpack(tar);
        }
        unpacker.finish();
    }

    private static List<Path> children(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    private static SnapshotException failure(String what, IOException e) {
        return DiskFull.causedBy(e)
                ? new SnapshotException(Kind.DISK_FULL, what + ": the disk is full", e)
                : new SnapshotException(Kind.UNAVAILABLE, what + ": " + e.getMessage(), e);
    }
}
