package dev.dormouse.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Packs a tree into a tar file as {@link TarUnpacker} unpacks it: owners, modes, times (to 100 ns), symbolic and hard links are kept. Holes
 * in files are holes in the archive, so that a sparse file takes no more room. Sockets, pipes and devices are left out: what
 * stood behind them does not survive either.
 */
public final class TarPacker extends SimpleFileVisitor<Path> {

    private static final int PERMISSIONS = 07777;
    private static final int BUFFER = 128 * 1024;

    private final Path tree;
    private final TarArchiveOutputStream tar;
    private final byte[] buffer = new byte[BUFFER];
    /** The first name of each file that has several. */
    private final Map<Object, String> firstNames = new HashMap<>();

    private TarPacker(Path tree, TarArchiveOutputStream tar) {
        this.tree = tree;
        this.tar = tar;
    }

    /**
     * Nobody may change the tree meanwhile. Blocks.
     *
     * @param archive a new file
     */
    public static void pack(Path tree, Path archive) throws IOException {
        FileChannel channel = FileChannel.open(archive, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        // the archive is written in pieces of 512 bytes: only whole blocks can become holes
        OutputStream blocks = new BufferedOutputStream(new SparseFile(channel), SparseFile.BLOCK);
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(blocks, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            Files.walkFileTree(tree, new TarPacker(tree, tar));
        }
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
        put(new TarArchiveEntry(directory.equals(tree) ? "./" : name(directory) + "/"), directory);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (attributes.isSymbolicLink()) {
            putLink(file, TarConstants.LF_SYMLINK, Files.readSymbolicLink(file).toString());
        } else if (attributes.isRegularFile()) {
            String first = firstNames.putIfAbsent(attributes.fileKey(), name(file));
            if (first == null) {
                putContent(file, attributes.size());
            } else {
                putLink(file, TarConstants.LF_LINK, first);
            }
        }
        return FileVisitResult.CONTINUE;
    }

    private void putLink(Path file, byte type, String target) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name(file), type);
        entry.setLinkName(target);
        put(entry, file);
    }

    private void putContent(Path file, long size) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name(file));
        entry.setSize(size);
        describe(entry, file);
        tar.putArchiveEntry(entry);
        try (InputStream in = Files.newInputStream(file, NOFOLLOW_LINKS)) {
            for (int n = in.readNBytes(buffer, 0, BUFFER); n > 0; n = in.readNBytes(buffer, 0, BUFFER)) {
                tar.write(buffer, 0, n);
            }
        }
        tar.closeArchiveEntry();
    }

    private void put(TarArchiveEntry entry, Path file) throws IOException {
        describe(entry, file);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private String name(Path file) {
        return tree.relativize(file).toString();
    }

    private static void describe(TarArchiveEntry entry, Path file) throws IOException {
        Map<String, Object> unix = Files.readAttributes(file, "unix:mode,uid,gid,lastModifiedTime", NOFOLLOW_LINKS);
        entry.setMode(number(unix, "mode") & PERMISSIONS);
        entry.setIds(number(unix, "uid"), number(unix, "gid"));
        entry.setLastModifiedTime((FileTime) unix.get("lastModifiedTime"));
    }

    private static int number(Map<String, Object> attributes, String name) {
        return (Integer) Objects.requireNonNull(attributes.get(name));
    }
}
