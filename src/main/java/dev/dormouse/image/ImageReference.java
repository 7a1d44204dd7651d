package dev.dormouse.image;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of {@code name[:tag][@digest]}.
 *
 * @param name {@code oci:} and a path, or a registry's host and repository
 */
record ImageReference(
        String name, @Nullable String tag, @Nullable String digest) {

    static final String LAYOUT_SCHEME = "oci:";
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

    static ImageReference parse(String text) throws ImageException {
        String rest = text;
        String digest = null;
        int at = rest.lastIndexOf('@');
        if (at >= 0) {
            digest = requireDigest(rest.substring(at + 1));
            rest = rest.substring(0, at);
        }
        String tag = null;
        int colon = rest.lastIndexOf(':');
        // a colon before the last slash belongs to the scheme or to a registry's port
        if (colon > rest.lastIndexOf('/') && colon >= LAYOUT_SCHEME.length()) {
            tag = rest.substring(colon + 1);
            rest = rest.substring(0, colon);
        }
        if (rest.isEmpty() || rest.equals(LAYOUT_SCHEME)) {
            throw new ImageException("the reference names no image", null);
        }
        return new ImageReference(rest, tag, digest);
    }

    boolean isLayout() {
        return name.startsWith(LAYOUT_SCHEME);
    }

    /** The same tag and digest of another name. */
    ImageReference named(String other) {
        return new ImageReference(other, tag, digest);
    }

    /** Another manifest of the same name. */
    ImageReference withDigest(String other) {
        return new ImageReference(name, null, other);
    }

    @Override
    public String toString() {
        return name + (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
    }

    /** The path of a layout reference. */
    String layoutPath() {
        return name.substring(LAYOUT_SCHEME.length());
    }

    static boolean isDigest(String text) {
        return DIGEST.matcher(text).matches();
    }

    private static String requireDigest(String digest) throws ImageException {
        if (!isDigest(digest)) {
            throw new ImageException("a digest is sha256: and 64 hex digits", null);
        }
        return digest;
    }
}
