package dev.dormouse.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/**
 * The demo actor: an HTTP server that counts. {@code GET /} counts and answers who it is and how far it got; {@code GET /events}
 * sends a tick each second as server-sent events, {@code ?n=} of them; {@code GET /readyz} answers when it is ready.
 */
public final class CounterActor {

    private static final Path IDENTITY = Path.of("/run/ate/actor-id");
    private static final Path DURABLE = Path.of("/data");
    private static final long TICK_MILLIS = 1000;

    private final Counter counter;
    private final Path identity;

    CounterActor(Counter counter, Path identity) {
        this.counter = counter;
        this.identity = identity;
    }

    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "80"));
        HttpServer server = new CounterActor(new Counter(DURABLE), IDENTITY).start(port);
        System.out.println("counting on port " + server.getAddress().getPort());
    }

    /** Listens on every address: the one of today may not be the one after the next wake. */
    HttpServer start(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 128);
        server.createContext("/", this::count);
        server.createContext("/readyz", exchange -> answer(exchange, 200, "ready\n"));
        server.createContext("/events", this::tick);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
        return server;
    }

    private void count(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestURI().getPath().equals("/")) {
            answer(exchange, 404, "there is /, /events and /readyz\n");
            return;
        }
        answer(exchange, 200, actorId() + " count: " + counter.increment() + "\n");
    }

    private void tick(HttpExchange exchange) throws IOException {
        long ticks = ticks(exchange.getRequestURI().getQuery());
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            for (long i = 1; i <= ticks; i++) {
                out.write(("data: tick " + i + "\n\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
                if (i < ticks) {
                    Thread.sleep(TICK_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All there are unless {@code n=} says how many. */
    private static long ticks(String query) {
        if (query == null || !query.matches("n=[0-9]{1,9}")) {
            return Long.MAX_VALUE;
        }
        return Long.parseLong(query.substring(2));
    }

    /** Read afresh each time: this process may go on as another actor than the one it began as. */
    private String actorId() throws IOException {
        try {
            return Files.readString(identity).strip();
        } catch (NoSuchFileException e) {
            return "nobody";
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
