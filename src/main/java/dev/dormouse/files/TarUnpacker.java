package dev.dormouse.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Unpacks tar streams one over the other into one tree, never outside it. Owners are kept when this process is root, modes and
 * times always, extended attributes never. Devices, pipes, absolute names and names with {@code ..} are refused.
 */
public final class TarUnpacker {

    private static final int BUFFER = 128 * 1024;
    /** What an entry counts for beside its bytes, so that a flood of empty files has an end too. */
    private static final int HEADER = 512;

    private static final String WHITEOUT = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    private static final String OTHER_MARK = ".wh..wh.";
    private static final int PERMISSIONS = 07777;
    private static final int OWNER_ACCESS = 0700;

    /** How archive entries are read. */
    public enum Whiteouts {
        /** {@code .wh.x} hides x of the streams before, as in layers of images. */
        APPLIED,
        /** Such names are ordinary files. */
        NONE
    }

    private final RootedTree tree;
    private final Whiteouts whiteouts;
    private final long maxBytes;
    private final boolean keepOwners = ThisProcess.isRoot();
    private final byte[] buffer = new byte[BUFFER];
    /** Given to directories at the end: a read-only one couldn't be filled, and filling changes its time. */
    private final Map<Path, TarArchiveEntry> directories = new LinkedHashMap<>();

    private long bytes;

    /**
     * @param maxBytes how much all streams together may hold in files; more fails
     */
    public TarUnpacker(RootedTree tree, Whiteouts whiteouts, long maxBytes) {
        this.tree = tree;
        this.whiteouts = whiteouts;
        this.maxBytes = maxBytes;
    }

    /** Unpacks one stream, to its end mark. Doesn't close it. */
    public void unpack(InputStream stream) throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(stream, "UTF-8");
        Set<Path> written = new HashSet<>();
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path place = tree.place(entry.getName());
            if (place.equals(tree.root())) {
                directories.put(place, entry);
            } else if (whiteouts == Whiteouts.APPLIED && fileName(place).startsWith(WHITEOUT)) {
                hide(place, written);
            } else {
                count(HEADER);
                write(tar, entry, place);
                remember(place, written);
            }
        }
    }

    /** Gives directories their owners, modes and times; call once, after the last stream. */
    public void finish() throws IOException {
        List<Map.Entry<Path, TarArchiveEntry>> inOrder = new ArrayList<>(directories.entrySet());
        for (var directory : inOrder.reversed()) {
            if (Files.isDirectory(directory.getKey(), NOFOLLOW_LINKS)) {
                setAttributes(directory.getKey(), directory.getValue());
            }
        }
    }

    /** Directories on the way too: a layer need not list them. */
    private void remember(Path place, Set<Path> written) {
        for (Path at = place; at != null && !at.equals(tree.root()) && written.add(at); at = at.getParent()) {}
    }

    private void hide(Path mark, Set<Path> written) throws IOException {
        String name = fileName(mark);
        Path directory = Objects.requireNonNull(mark.getParent());
        if (name.equals(OPAQUE)) {
            clear(directory, written);
        } else if (!name.startsWith(OTHER_MARK)) {
            String hidden = name.substring(WHITEOUT.length());
            if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
                throw new UnsafeEntryException("whiteout '" + RootedTree.printable(name) + "' names no file");
            }
            FileTree.delete(directory.resolve(hidden));
        }
    }

    /** Removes what earlier streams left in a directory and below, and keeps what this one wrote. */
    private static void clear(Path directory, Set<Path> written) throws IOException {
        if (!Files.isDirectory(directory, NOFOLLOW_LINKS)) {
            return;
        }
        try (var entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (!written.contains(entry)) {
                    FileTree.delete(entry);
                } else if (Files.isDirectory(entry, NOFOLLOW_LINKS)) {
                    clear(entry, written);
                }
            }
        }
    }

    private void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path place) throws IOException {
        makeWay(entry, place);
        if (entry.isDirectory()) {
            if (!Files.isDirectory(place, NOFOLLOW_LINKS)) {
                Files.createDirectory(place);
            }
            directories.put(place, entry);
        } else if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(place, target(entry));
            setOwner(place, entry);
        } else if (entry.isLink()) {
            link(place, entry);
        } else if (entry.isFile() && !isSpecial(entry)) {
            copy(tar, place);
            setAttributes(place, entry);
        } else {
            throw new UnsafeEntryException("'" + RootedTree.printable(entry.getName()) + "' is a device or pipe");
        }
    }

    /** The parent exists, and nothing stands at the place but a directory where a directory goes. */
    private void makeWay(TarArchiveEntry entry, Path place) throws IOException {
        Path parent = Objects.requireNonNull(place.getParent());
        if (!Files.isDirectory(parent, NOFOLLOW_LINKS)) {
            Files.createDirectories(parent);
        }
        boolean both = entry.isDirectory() && Files.isDirectory(place, NOFOLLOW_LINKS);
        if (!both && Files.exists(place, NOFOLLOW_LINKS)) {
            FileTree.delete(place);
        }
    }

    private static Path target(TarArchiveEntry entry) throws UnsafeEntryException {
        try {
            return Path.of(entry.getLinkName());
        } catch (InvalidPathException e) {
            throw new UnsafeEntryException(
                    "'" + RootedTree.printable(entry.getName()) + "' links to what is no file name here");
        }
    }

    private void link(Path place, TarArchiveEntry entry) throws IOException {
        Path target = tree.place(entry.getLinkName());
        if (!Files.exists(target, NOFOLLOW_LINKS) || Files.isDirectory(target, NOFOLLOW_LINKS)) {
            throw new UnsafeEntryException(
                    "hard link '" + RootedTree.printable(entry.getName()) + "' leads to no file");
        }
        Files.createLink(place, target);
    }

    private void copy(InputStream from, Path place) throws IOException {
        FileChannel channel =
                FileChannel.open(place, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, NOFOLLOW_LINKS);
        try (SparseFile file = new SparseFile(channel)) {
            // full buffers, so that zeros come in whole blocks
            for (int n = from.readNBytes(buffer, 0, BUFFER); n > 0; n = from.readNBytes(buffer, 0, BUFFER)) {
                count(n);
                file.write(buffer, 0, n);
            }
        }
    }

    private void count(int more) throws UnsafeEntryException {
        bytes += more;
        if (bytes > maxBytes) {
            throw new UnsafeEntryException("more than the allowed " + maxBytes + " bytes unpacked");
        }
    }

    private void setAttributes(Path place, TarArchiveEntry entry) throws IOException {
        // the owner first: changing it clears set-user-id bits
        setOwner(place, entry);
        int mode = entry.getMode() & PERMISSIONS;
        Files.setAttribute(place, "unix:mode", keepOwners ? mode : mode | OWNER_ACCESS);
        Files.setLastModifiedTime(
                place, FileTime.from(entry.getLastModifiedTime().toInstant()));
    }

    private void setOwner(Path place, TarArchiveEntry entry) throws IOException {
        if (keepOwners) {
            Files.setAttribute(place, "unix:uid", (int) entry.getLongUserId(), NOFOLLOW_LINKS);
            Files.setAttribute(place, "unix:gid", (int) entry.getLongGroupId(), NOFOLLOW_LINKS);
        }
    }

    private static boolean isSpecial(TarArchiveEntry entry) {
        return entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO();
    }

    private static String fileName(Path place) {
        return place.getFileName().toString();
    }
}
