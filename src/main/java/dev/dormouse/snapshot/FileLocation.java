package dev.dormouse.snapshot;

import dev.dormouse.snapshot.SnapshotException.Kind;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The directory that a {@code file:///…} URI names. The rest of the URI is taken literally: nothing in it is decoded. */
final class FileLocation {

    static final String SCHEME = "file";
    private static final String PREFIX = "file://";

    private FileLocation() {}

    static Path path(String uri) throws SnapshotException {
        String text = uri.startsWith(PREFIX) ? uri.substring(PREFIX.length()) : "";
        boolean clean =
                text.startsWith("/") && text.indexOf('%') < 0 && text.chars().noneMatch(Character::isISOControl);
        try {
            Path path = clean ? Path.of(text) : null;
            if (path == null || !path.normalize().toString().equals(withoutSlash(text)) || path.getNameCount() == 0) {
                throw invalid(uri, null);
            }
            return path;
        } catch (InvalidPathException e) {
            throw invalid(uri, e);
        }
    }

    private static String withoutSlash(String text) {
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private static SnapshotException invalid(String uri, @Nullable Throwable cause) {
        return new SnapshotException(
                Kind.UNAVAILABLE,
                "snapshot location '%s' is not usable: it must be file:///absolute/directory without '..' or '%%'"
                        .formatted(uri),
                cause);
    }
}
