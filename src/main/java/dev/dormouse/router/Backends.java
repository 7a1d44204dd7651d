package dev.dormouse.router;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.tracing.TracingPolicy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One event loop's kept connections to actors. Used on that loop only. */
final class Backends {

    private static final int CONNECT_TIMEOUT_MS = 2_000;
    // shorter than the 5 s after which common servers close: most races with a close don't even begin
    private static final int KEEP_ALIVE_SECONDS = 4;
    // to one actor from one event loop; further requests wait. The pool takes 4 bytes for each beforehand
    private static final int HTTP1_CONNECTIONS = 4096;
    private static final int HTTP2_CONNECTIONS = 8;
    private static final int MAX_HEADER_SIZE = 64 * 1024;
    private static final int CHUNK_SIZE = 64 * 1024;

    /** A connection to an actor. */
    static final class Line {
        private final HttpConnection connection;
        private final SocketAddress address;
        private int inFlight;
        private int taken;
        private boolean retired;

        private Line(HttpConnection connection) {
            this.connection = connection;
            this.address = connection.remoteAddress();
        }

        /** True when it served a request before: the actor may just have closed it for being idle. */
        boolean wasUsed() {
            return taken > 1;
        }
    }

    private final HttpClient http1;
    private final HttpClient http2;
    private final Map<HttpConnection, Line> lines = new HashMap<>();
    private final Map<SocketAddress, Set<Line>> byAddress = new HashMap<>();

    Backends(Vertx vertx) {
        http1 = client(vertx, options().setProtocolVersion(HttpVersion.HTTP_1_1));
        // gRPC servers speak HTTP/2 from the first byte
        http2 = client(vertx, options().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
    }

    private static HttpClientOptions options() {
        return new HttpClientOptions()
                .setConnectTimeout(CONNECT_TIMEOUT_MS)
                .setKeepAlive(true)
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setHttp2KeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setPipelining(false)
                .setDecompressionSupported(false)
                .setMaxHeaderSize(MAX_HEADER_SIZE)
                .setMaxInitialLineLength(MAX_HEADER_SIZE)
                .setMaxChunkSize(CHUNK_SIZE)
                .setTracingPolicy(TracingPolicy.IGNORE);
    }

    private HttpClient client(Vertx vertx, HttpClientOptions options) {
        PoolOptions pool = new PoolOptions().setHttp1MaxSize(HTTP1_CONNECTIONS).setHttp2MaxSize(HTTP2_CONNECTIONS);
        return vertx.httpClientBuilder()
                .with(options)
                .with(pool)
                .withConnectHandler(this::connected)
                .build();
    }

    private void connected(HttpConnection connection) {
        Line line = new Line(connection);
        lines.put(connection, line);
        byAddress.computeIfAbsent(line.address, _ -> new HashSet<>()).add(line);
        connection.closeHandler(_ -> forget(line));
        // who waits for an answer hears of it, and nobody else need
        connection.exceptionHandler(_ -> {});
    }

    /** A connection that became a tunnel tells nobody else of its end. */
    void forget(Line line) {
        lines.remove(line.connection);
        byAddress.computeIfPresent(line.address, (_, open) -> {
            open.remove(line);
            return open.isEmpty() ? null : open;
        });
    }

    /** A request on a kept or new connection. Fails when nobody takes the connection. */
    Future<HttpClientRequest> request(Backend backend, RequestOptions options, boolean grpc) {
        options.setServer(backend.address())
                .setHost(backend.route().host())
                .setPort(backend.route().port());
        return (grpc ? http2 : http1).request(options);
    }

    /** Notes that a request uses its connection until {@link #done}. */
    @Nullable
    Line take(HttpClientRequest request) {
        Line line = lines.get(request.connection());
        if (line != null) {
            line.inFlight++;
            line.taken++;
        }
        return line;
    }

    void done(Line line) {
        line.inFlight--;
        closeIfDone(line);
    }

    /** Closes the connections to an activation that ended: idle ones at once, the others when their requests end. */
    void retire(Backend backend) {
        for (Line line : Set.copyOf(byAddress.getOrDefault(backend.address(), Set.of()))) {
            line.retired = true;
            closeIfDone(line);
        }
    }

    private static void closeIfDone(Line line) {
        if (line.retired && line.inFlight == 0) {
            line.connection.close();
        }
    }

    int open() {
        return lines.size();
    }

    Future<Void> close() {
        return Future.join(http1.close(), http2.close()).mapEmpty();
    }
}
