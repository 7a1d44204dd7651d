package dev.dormouse.router;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** One event loop's connections from clients: how many, and which of them wait for a request head for too long. */
final class Connections {

    private static final class Client {
        final HttpConnection connection;
        int open;
        long idleSince = System.nanoTime();

        Client(HttpConnection connection) {
            this.connection = connection;
        }
    }

    private final Map<HttpConnection, Client> clients = new HashMap<>();
    private final AtomicInteger total;
    private final int limit;
    private final long headTimeoutNanos;
    private boolean draining;

    /** @param total over all event loops */
    Connections(AtomicInteger total, int limit, Duration headTimeout) {
        this.total = total;
        this.limit = limit;
        this.headTimeoutNanos = headTimeout.toNanos();
    }

    void opened(HttpConnection connection) {
        endFirstHeadTimeout(connection);
        if (draining || total.get() >= limit) {
            connection.close();
            return;
        }
        total.incrementAndGet();
        clients.put(connection, new Client(connection));
        connection.closeHandler(_ -> forget(connection));
        // a client that goes away is no error of ours: its exchange hears of it
        connection.exceptionHandler(_ -> {});
    }

    /** A connection that became a tunnel tells nobody else of its end. */
    void forget(HttpConnection connection) {
        if (clients.remove(connection) != null) {
            total.decrementAndGet();
        }
    }

    /**
     * The server's own idle time-out guards a connection until its first head is there. From here on it would cut silent streams, so
     * it goes and {@link #tick} takes over.
     */
    private static void endFirstHeadTimeout(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            var pipeline = base.channelHandlerContext().pipeline();
            if (pipeline.get("idle") != null) {
                pipeline.remove("idle");
            }
        }
    }

    void begin(HttpConnection connection) {
        Client client = clients.get(connection);
        if (client != null) {
            client.open++;
        }
    }

    void end(HttpConnection connection) {
        Client client = clients.get(connection);
        if (client != null && --client.open == 0) {
            client.idleSince = System.nanoTime();
            if (draining) {
                connection.close();
            }
        }
    }

    /** Closes those that had no request for too long: idle, or with a head that comes in drops. */
    void tick(long now) {
        for (Client client : List.copyOf(clients.values())) {
            if (client.open == 0 && now - client.idleSince > headTimeoutNanos) {
                client.connection.close();
            }
        }
    }

    /** From now on connections close when their requests end, and new ones at once. */
    void drain() {
        draining = true;
        for (Client client : List.copyOf(clients.values())) {
            if (client.open == 0) {
                client.connection.close();
            }
        }
    }

    boolean isDraining() {
        return draining;
    }
}
