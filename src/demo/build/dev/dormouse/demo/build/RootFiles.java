package dev.dormouse.demo.build;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** The files of an image layer; written as a tar stream that is the same, byte by byte, for the same files. */
public final class RootFiles {

    private static final int EXECUTABLE = 0755;
    private static final int READABLE = 0644;

    private sealed interface Content {}

    private record Directory(int mode) implements Content {}

    private record Copy(Path source, int mode) implements Content {}

    private record Text(byte[] bytes, int mode) implements Content {}

    private record Link(String target) implements Content {}

    private final NavigableMap<String, Content> files = new TreeMap<>();

    /** @param path without a leading slash */
    public RootFiles directory(String path, int mode) {
        files.put(path, new Directory(mode));
        return this;
    }

    public RootFiles text(String path, String content) {
        files.put(path, new Text(content.getBytes(StandardCharsets.UTF_8), READABLE));
        return parents(path);
    }

    public RootFiles symbolicLink(String path, String target) {
        files.put(path, new Link(target));
        return parents(path);
    }

    /** One file of this machine, whatever links lead to it. */
    public RootFiles copy(Path source, String path) {
        files.put(path, new Copy(source, Files.isExecutable(source) ? EXECUTABLE : READABLE));
        return parents(path);
    }

    /** A directory of this machine with all below it; links stay links. */
    public RootFiles copyTree(Path source, String path) throws IOException {
        try (var found = Files.walk(source)) {
            for (Path file : (Iterable<Path>) found::iterator) {
                String inside = source.equals(file) ? path : path + "/" + source.relativize(file);
                if (Files.isSymbolicLink(file)) {
                    symbolicLink(inside, Files.readSymbolicLink(file).toString());
                } else if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    directory(inside, EXECUTABLE);
                } else {
                    copy(file, inside);
                }
            }
        }
        return parents(path);
    }

    /** Adds the directories on the way that nothing else named. */
    private RootFiles parents(String path) {
        for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
            files.putIfAbsent(path.substring(0, slash), new Directory(EXECUTABLE));
        }
        return this;
    }

    /** Writes them sorted by name, owned by root, with no times. */
    public void writeTar(OutputStream out) throws IOException {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        for (var file : files.entrySet()) {
            write(tar, file.getKey(), file.getValue());
        }
        tar.finish();
    }

    private static void write(TarArchiveOutputStream tar, String path, Content content) throws IOException {
        switch (content) {
            case Directory(int mode) -> put(tar, new TarArchiveEntry(path + "/"), mode);
            case Link(String target) -> {
                TarArchiveEntry entry = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
                entry.setLinkName(target);
                put(tar, entry, 0777);
            }
            case Text(byte[] bytes, int mode) -> {
                putFile(tar, path, bytes.length, mode);
                tar.write(bytes);
            }
            case Copy(Path source, int mode) -> {
                putFile(tar, path, Files.size(source), mode);
                Files.copy(source, tar);
            }
        }
        tar.closeArchiveEntry();
    }

    private static void putFile(TarArchiveOutputStream tar, String path, long size, int mode) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(path);
        entry.setSize(size);
        put(tar, entry, mode);
    }

    private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry, int mode) throws IOException {
        entry.setMode(mode);
        entry.setModTime(0);
        entry.setIds(0, 0);
        entry.setNames("", "");
        tar.putArchiveEntry(entry);
    }
}
