package dev.dormouse.access;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells requests that a page of another site had a browser send, as far as the browser says. */
final class Origins {

    /** What a name that somebody else leads to this machine is not. */
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    private Origins() {}

    /** Whether a page of this server sent it: browsers name the origin of whatever may change something. */
    static boolean isOwn(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        String authority = origin == null ? null : authority(origin);
        return authority != null && authority.equalsIgnoreCase(host(request));
    }

    /** Whether a page sent it, of whatever site. */
    static boolean isOfAPage(HttpServerRequest request) {
        return request.getHeader(HttpHeaders.ORIGIN) != null;
    }

    /** Whether it was sent to this machine by a name that only this machine has. */
    static boolean isToThisMachine(HttpServerRequest request) {
        return THIS_MACHINE.contains(host(request).replaceFirst(":\\d+$", ""));
    }

    private static String host(HttpServerRequest request) {
        return request.authority() == null ? "" : request.authority().toString();
    }

    /** Null for what has none, such as {@code null}. */
    private static @Nullable String authority(String origin) {
        try {
            return URI.create(origin).getAuthority();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
