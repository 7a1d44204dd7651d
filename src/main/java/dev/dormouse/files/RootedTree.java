package dev.dormouse.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/**
 * A directory tree that names from outside can't leave. Symbolic links inside it mean what they would to a process that has
 * the tree as its root directory. Nobody else may change the tree meanwhile.
 */
public final class RootedTree {

    /** As many as Linux follows. */
    private static final int LINK_LIMIT = 40;

    private final Path root;

    /**
     * @param root an existing directory
     */
    public RootedTree(Path root) throws IOException {
        this.root = root.toRealPath();
    }

    public Path root() {
        return root;
    }

    /** The place of an archive entry: links in its directories are followed, its last component isn't. */
    public Path place(String name) throws IOException {
        requireRelative(name);
        return walk(name, false);
    }

    /** The place that a process in the tree reaches by an absolute path, following every link. */
    public Path reach(String absolutePath) throws IOException {
        return walk(absolutePath, true);
    }

    private static void requireRelative(String name) throws UnsafeEntryException {
        if (name.isEmpty() || name.startsWith("/")) {
            throw new UnsafeEntryException("absolute or empty name '" + printable(name) + "'");
        }
        for (String part : name.split("/")) {
            if (part.equals("..")) {
                throw new UnsafeEntryException("name '" + printable(name) + "' has '..'");
            }
        }
    }

    private Path walk(String name, boolean followLast) throws IOException {
        Deque<String> pending = new ArrayDeque<>();
        push(pending, name);
        Path at = root;
        int links = 0;
        while (!pending.isEmpty()) {
            String part = pending.pop();
            if (part.equals("..")) {
                at = up(at, name);
                continue;
            }
            Path next = child(at, part, name);
            boolean last = pending.isEmpty();
            if ((last && !followLast) || !Files.isSymbolicLink(next)) {
                at = next;
                continue;
            }
            if (++links > LINK_LIMIT) {
                throw new UnsafeEntryException("too many symbolic links on the way to '" + printable(name) + "'");
            }
            String target = Files.readSymbolicLink(next).toString();
            at = target.startsWith("/") ? root : at;
            push(pending, target);
        }
        return at;
    }

    private Path up(Path at, String name) throws UnsafeEntryException {
        if (at.equals(root)) {
            throw new UnsafeEntryException("'" + printable(name) + "' leads out of its tree");
        }
        return Objects.requireNonNull(at.getParent());
    }

    private static Path child(Path directory, String part, String name) throws UnsafeEntryException {
        try {
            return directory.resolve(part);
        } catch (InvalidPathException e) {
            throw new UnsafeEntryException(
                    "'" + printable(name)
                            + "' is not a file name here (for names beyond ASCII the process needs a UTF-8 locale, LC_ALL=C.UTF-8)");
        }
    }

    private static void push(Deque<String> pending, String name) {
        String[] parts = name.split("/");
        for (int i = parts.length - 1; i >= 0; i--) {
            if (!parts[i].isEmpty() && !parts[i].equals(".")) {
                pending.push(parts[i]);
            }
        }
    }

    /** A name of unknown origin, made fit for a message. */
    static String printable(String name) {
        String clean = name.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= 200 ? clean : clean.substring(0, 200) + "…";
    }
}
