package dev.dormouse.router;

import dev.dormouse.name.ActorId;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.InvalidNameException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads {@code <id>[.<atespace>].<domain>[.][:port]}, in any case; without an atespace it is {@code default}. */
final class ActorHosts {

    private static final int HTTP_PORT = 80;
    private static final int MAX_PORT = 65535;
    // two labels and the longest domain that DNS allows; longer ones aren't looked at
    private static final int MAX_LENGTH = 512;

    private final String domain;
    private final String suffix;

    ActorHosts(String domain) {
        this.domain = domain.toLowerCase(Locale.ROOT);
        this.suffix = "." + this.domain;
    }

    /** The actor and port that a Host header or {@code :authority} names; null when it names none. */
    @Nullable
    ActorAddress parse(@Nullable String authority) {
        if (authority == null || authority.length() > MAX_LENGTH) {
            return null;
        }
        int colon = authority.indexOf(':');
        int port = colon < 0 ? HTTP_PORT : port(authority, colon + 1);
        if (port < 0) {
            return null;
        }
        int end = colon < 0 ? authority.length() : colon;
        if (end > 0 && authority.charAt(end - 1) == '.') {
            end--;
        }
        ActorKey key = key(authority, end);
        return key == null ? null : new ActorAddress(key, port);
    }

    private @Nullable ActorKey key(String host, int end) {
        int labels = end - suffix.length();
        if (labels <= 0 || !host.regionMatches(true, labels, suffix, 0, suffix.length())) {
            return null;
        }
        int dot = host.indexOf('.');
        try {
            ActorId id = new ActorId(host.substring(0, dot).toLowerCase(Locale.ROOT));
            AtespaceName atespace = dot == labels
                    ? AtespaceName.DEFAULT
                    : new AtespaceName(host.substring(dot + 1, labels).toLowerCase(Locale.ROOT));
            return new ActorKey(atespace, id);
        } catch (InvalidNameException _) {
            return null;
        }
    }

    /** An empty port is the default one (RFC 3986, 3.2.3). */
    private static int port(String authority, int from) {
        int length = authority.length() - from;
        if (length == 0) {
            return HTTP_PORT;
        }
        if (length > 5) {
            return -1;
        }
        int port = 0;
        for (int i = from; i < authority.length(); i++) {
            char c = authority.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            port = port * 10 + (c - '0');
        }
        return port >= 1 && port <= MAX_PORT ? port : -1;
    }

    /** How a host must look, for whoever got it wrong. */
    String expected() {
        return "<id>.<atespace>." + domain + "[:port]";
    }
}
