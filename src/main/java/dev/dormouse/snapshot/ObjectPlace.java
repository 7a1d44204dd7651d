package dev.dormouse.snapshot;

import dev.dormouse.snapshot.SnapshotException.Kind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@code s3://bucket/prefix} URI names. Nothing in it is decoded.
 *
 * @param prefix of the keys, with a slash at its end; empty for the whole bucket
 */
record ObjectPlace(String bucket, String prefix) {

    private static final Pattern URI =
            Pattern.compile("([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])((?:/[A-Za-z0-9._=-]+)*)/?");

    static ObjectPlace parse(String scheme, String uri) throws SnapshotException {
        String start = scheme + "://";
        Matcher matcher = URI.matcher(uri.startsWith(start) ? uri.substring(start.length()) : "");
        if (!matcher.matches()
                || (matcher.group(2) + "/").contains("/../")
                || (matcher.group(2) + "/").contains("/./")) {
            throw new SnapshotException(
                    Kind.UNAVAILABLE,
                    "snapshot location '%s' is not usable: it must be %s://bucket/prefix, the prefix of letters, digits and ._=-"
                            .formatted(uri, scheme),
                    null);
        }
        String path = matcher.group(2);
        return new ObjectPlace(matcher.group(1), path.isEmpty() ? "" : path.substring(1) + "/");
    }

    String key(String name) {
        return prefix + name;
    }

    /** The last part of the prefix. */
    String lastName() {
        return prefix.substring(prefix.lastIndexOf('/', prefix.length() - 2) + 1, Math.max(0, prefix.length() - 1));
    }
}
