package dev.dormouse.router;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which headers pass: all but those of a single connection (RFC 9110, 7.6.1). */
final class ProxyHeaders {

    static final long NO_LENGTH = -1;

    private static final String FORWARDED_FOR = "x-forwarded-for";
    private static final String FORWARDED_PROTO = "x-forwarded-proto";
    private static final String FORWARDED_HOST = "x-forwarded-host";

    private ProxyHeaders() {}

    /**
     * Copies a request's headers and adds where it came from.
     *
     * @param authority as the client sent it; the actor sees this very Host
     */
    static void request(HttpServerRequest from, String authority, MultiMap to) {
        MultiMap headers = from.headers();
        Set<String> named = namedByConnection(headers);
        headers.forEach((name, value) -> {
            if (!isHopByHop(name) && !named.contains(name.toLowerCase(Locale.ROOT))) {
                to.add(name, value);
            }
        });
        // two Host headers would let the actor see another than the one we routed by
        to.set(HttpHeaders.HOST, authority);
        // gRPC servers insist on it; it says that trailers are welcome, and we pass them
        if (headers.contains("te", "trailers", true)) {
            to.set("te", "trailers");
        }
        forwarded(from, authority, to);
    }

    private static void forwarded(HttpServerRequest from, String authority, MultiMap to) {
        String client = from.remoteAddress().hostAddress();
        String chain = to.get(FORWARDED_FOR);
        to.set(FORWARDED_FOR, chain == null ? client : chain + ", " + client);
        // a proxy before us knows better
        if (!to.contains(FORWARDED_PROTO)) {
            to.set(FORWARDED_PROTO, "http");
        }
        if (!to.contains(FORWARDED_HOST)) {
            to.set(FORWARDED_HOST, authority);
        }
    }

    static void response(MultiMap from, MultiMap to) {
        Set<String> named = namedByConnection(from);
        from.forEach((name, value) -> {
            if (!isHopByHop(name) && !named.contains(name.toLowerCase(Locale.ROOT))) {
                to.add(name, value);
            }
        });
    }

    /** An upgrade that both sides must agree on keeps the two headers that ask for it. */
    static void upgrade(MultiMap from, MultiMap to) {
        to.set(HttpHeaders.CONNECTION, "Upgrade");
        to.set(HttpHeaders.UPGRADE, from.get(HttpHeaders.UPGRADE));
    }

    static boolean isUpgrade(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_1_1
                && request.headers().contains(HttpHeaders.UPGRADE)
                && names(request.headers().get(HttpHeaders.CONNECTION)).contains("upgrade");
    }

    static boolean isGrpc(HttpServerRequest request) {
        String type = request.headers().get(HttpHeaders.CONTENT_TYPE);
        return request.version() == HttpVersion.HTTP_2 && type != null && type.startsWith("application/grpc");
    }

    /**
     * Bytes that a Content-Length announces, or {@link #NO_LENGTH}.
     *
     * @throws NumberFormatException when it is no number
     */
    static long contentLength(MultiMap headers) {
        String length = headers.get(HttpHeaders.CONTENT_LENGTH);
        return length == null ? NO_LENGTH : Long.parseUnsignedLong(length);
    }

    private static Set<String> namedByConnection(MultiMap headers) {
        List<String> connection = headers.getAll(HttpHeaders.CONNECTION);
        // by far the most frequent: nothing, or what we drop anyway
        if (connection.isEmpty() || (connection.size() == 1 && isPlain(connection.getFirst()))) {
            return Set.of();
        }
        return names(String.join(",", connection));
    }

    private static boolean isPlain(String connection) {
        return connection.equalsIgnoreCase("keep-alive") || connection.equalsIgnoreCase("close");
    }

    private static Set<String> names(@Nullable String list) {
        Set<String> names = new HashSet<>();
        if (list != null) {
            for (String name : list.split(",")) {
                names.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    /** By length first, as this is asked for each header of each message. */
    private static boolean isHopByHop(String name) {
        return switch (name.length()) {
            case 2 -> name.equalsIgnoreCase("te");
            case 7 -> name.equalsIgnoreCase("upgrade");
            case 10 -> name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive");
            case 14 -> name.equalsIgnoreCase("http2-settings");
            case 16 -> name.equalsIgnoreCase("proxy-connection");
            case 17 -> name.equalsIgnoreCase("transfer-encoding");
            default -> false;
        };
    }
}
