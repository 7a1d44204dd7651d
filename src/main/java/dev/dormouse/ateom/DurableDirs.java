package dev.dormouse.ateom;

import dev.dormouse.files.DiskFull;
import dev.dormouse.files.RootedTree;
import dev.dormouse.files.TarUnpacker;
import dev.dormouse.files.TarUnpacker.Whiteouts;
import dev.dormouse.snapshot.SnapshotException;
import dev.dormouse.snapshot.SnapshotException.Kind;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * An actor's durable directories in a snapshot: {@code durable/<volume>.tar} each, with owners, modes and links. Sockets, pipes and
 * devices are left out: what stood behind them does not survive either.
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
                packVolume(volume, snapshot.resolve(DIRECTORY).resolve(volume.getFileName() + SUFFIX));
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

    private static void packVolume(Path volume, Path archive) throws IOException {
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(new BufferedOutputStream(Files.newOutputStream(archive), BUFFER), "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            Files.walkFileTree(volume, new Packing(volume, tar));
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

    /** Writes a tree's entries as it is walked. */
    private static final class Packing extends SimpleFileVisitor<Path> {
        private final Path root;
        private final TarArchiveOutputStream tar;

        Packing(Path root, TarArchiveOutputStream tar) {
            this.root = root;
            this.tar = tar;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            String name = root.equals(directory) ? "./" : name(directory) + "/";
            put(new TarArchiveEntry(name), directory);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (attributes.isSymbolicLink()) {
                TarArchiveEntry link = new TarArchiveEntry(name(file), TarConstants.LF_SYMLINK);
                link.setLinkName(Files.readSymbolicLink(file).toString());
                put(link, file);
            } else if (attributes.isRegularFile()) {
                TarArchiveEntry entry = new TarArchiveEntry(name(file));
                entry.setSize(attributes.size());
                describe(entry, file);
                tar.putArchiveEntry(entry);
                Files.copy(file, tar);
                tar.closeArchiveEntry();
            }
            return FileVisitResult.CONTINUE;
        }

        private void put(TarArchiveEntry entry, Path file) throws IOException {
            describe(entry, file);
            tar.putArchiveEntry(entry);
            tar.closeArchiveEntry();
        }

        private String name(Path file) {
            return root.relativize(file).toString();
        }

        private static void describe(TarArchiveEntry entry, Path file) throws IOException {
            Map<String, Object> unix =
                    Files.readAttributes(file, "unix:mode,uid,gid,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
            entry.setMode((Integer) unix.get("mode") & 07777);
            entry.setUserId((Integer) unix.get("uid"));
            entry.setGroupId((Integer) unix.get("gid"));
            entry.setLastModifiedTime((FileTime) unix.get("lastModifiedTime"));
        }
    }
}
