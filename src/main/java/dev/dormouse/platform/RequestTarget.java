package dev.dormouse.platform;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * Looks at a request's target as it was sent. Routing removes dot segments and decodes before it compares, so that
 * {@code actors/..} would be another resource than the one that was written.
 */
final class RequestTarget {

    private RequestTarget() {}

    /** What is wrong with the target of a request line, as a sentence; empty when nothing is. */
    static Optional<String> objection(String uri) {
        try {
            new URI(uri);
        } catch (URISyntaxException e) {
            return Optional.of("The path is not valid at character %d: %s.".formatted(e.getIndex(), e.getReason()));
        }
        return pathObjection(uri);
    }

    private static Optional<String> pathObjection(String uri) {
        int query = uri.indexOf('?');
        String path = (query < 0 ? uri : uri.substring(0, query)).toLowerCase(Locale.ROOT);
        if (path.contains("%2f") || path.contains("%5c")) {
            return Optional.of("The path holds a '/' or '\\' within a name.");
        }
        for (String segment : path.split("/", -1)) {
            String plain = segment.replace("%2e", ".");
            if (plain.equals(".") || plain.equals("..")) {
                return Optional.of("The path holds '.' or '..' for a name.");
            }
        }
        return Optional.empty();
    }
}
