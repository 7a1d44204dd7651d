package dev.dormouse.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Stands before a registry and spoils some of its answers, one a connection. */
final class RegistryFront implements AutoCloseable {

    /**
     * What a client asked.
     *
     * @param headers by lower-case name
     */
    record Request(String path, Map<String, String> headers) {
        boolean isForBlob() {
            return path.contains("/blobs/");
        }

        @Nullable
        String range() {
            return headers.get("range");
        }
    }

    /**
     * What it gets.
     *
     * @param sent how many bytes of the body are sent at most
     * @param then what becomes of the connection
     */
    record Answer(int status, Map<String, String> headers, byte[] body, int sent, End then) {

        static Answer of(int status, Map<String, String> headers) {
            return new Answer(status, headers, new byte[0], 0, End.CLOSED);
        }

        Answer cutAfter(int bytes, End end) {
            return new Answer(status, headers, body, bytes, end);
        }

        Answer with(byte[] other) {
            return new Answer(status, headers, other, other.length, then);
        }

        /** Without a length: the end of the connection is the end of the body. */
        Answer withoutLength() {
            Map<String, String> fewer = new TreeMap<>(headers);
            fewer.remove("content-length");
            return new Answer(status, fewer, body, sent, then);
        }
    }

    enum End {
        CLOSED,
        RESET,
        SILENT
    }

    interface Behaviour {
        /** @param answer the registry's own */
        Answer change(Request request, Answer answer) throws IOException;
    }

    final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> silent = new CopyOnWriteArrayList<>();
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final HttpClient http = HttpClient.newHttpClient();
    private final String registry;
    private volatile Behaviour behaviour = (request, answer) -> answer;

    RegistryFront(RealRegistry registry) throws IOException {
        this.registry = registry.host();
        Thread.ofVirtual().start(this::accept);
    }

    String host() {
        return "localhost:" + listener.getLocalPort();
    }

    void behave(Behaviour other) {
        behaviour = other;
    }

    List<Request> blobRequests() {
        return requests.stream().filter(Request::isForBlob).toList();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                // closed: the test is over
            }
        }
    }

    private void serve(Socket socket) {
        try {
            Request request = read(socket);
            requests.add(request);
            write(socket, behaviour.change(request, ask(request)));
        } catch (IOException | InterruptedException e) {
            try {
                socket.close();
            } catch (IOException ignored) {
                // gone already
            }
        }
    }

    private static Request read(Socket socket) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
        String path = reader.readLine().split(" ")[1];
        Map<String, String> headers = new HashMap<>();
        for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Request(path, headers);
    }

    private Answer ask(Request request) throws IOException, InterruptedException {
        HttpRequest.Builder asked = HttpRequest.newBuilder(URI.create("http://" + registry + request.path()));
        for (String name : List.of("accept", "range", "authorization")) {
            if (request.headers().containsKey(name)) {
                asked.header(name, request.headers().get(name));
            }
        }
        HttpResponse<byte[]> answer = http.send(asked.build(), HttpResponse.BodyHandlers.ofByteArray());
        Map<String, String> headers = new TreeMap<>();
        answer.headers().map().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        // the body is whole here
        headers.remove("transfer-encoding");
        return new Answer(answer.statusCode(), headers, answer.body(), answer.body().length, End.CLOSED);
    }

    private void write(Socket socket, Answer answer) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " as told\r\n");
        answer.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        head.append("Connection: close\r\n\r\n");
        OutputStream out = socket.getOutputStream();
        out.write(head.toString().getBytes(ISO_8859_1));
        out.write(Arrays.copyOf(answer.body(), Math.min(answer.sent(), answer.body().length)));
        out.flush();
        switch (answer.then()) {
            case CLOSED -> socket.close();
            case RESET -> {
                socket.setSoLinger(true, 0);
                socket.close();
            }
            case SILENT -> silent.add(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : silent) {
            socket.close();
        }
    }
}
