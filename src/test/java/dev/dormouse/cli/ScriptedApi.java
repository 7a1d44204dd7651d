package dev.dormouse.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** An API that answers what a test tells it, and remembers what it was asked. Anything else is 404. */
final class ScriptedApi implements AutoCloseable {

    private record Answer(int status, String mediaType, String body) {}

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();

    ScriptedApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    /** @param request method, path and query as they arrive, as in {@code GET /v1/actors} */
    ScriptedApi answers(String request, String body) {
        return answers(request, 200, "application/json", body);
    }

    ScriptedApi answers(String request, int status, String mediaType, String body) {
        answers.put(request, new Answer(status, mediaType, body));
        return this;
    }

    /** Method, path and query of each request, in the order of their arrival. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** Bodies of the requests that had one. */
    List<String> bodies() {
        return List.copyOf(bodies);
    }

    String endpoint() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            requests.add(request);
            if (!body.isEmpty()) {
                bodies.add(body);
            }
            Answer answer = answers.getOrDefault(
                    request,
                    new Answer(404, "application/problem+json", "{\"detail\":\"not scripted: " + request + "\"}"));
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", answer.mediaType());
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
