package dev.dormouse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The static C server of {@code server.c}: an image of one file, compiled where the tests run. */
public final class TestServer {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private TestServer() {}

    /** Compiles the server to {@code directory/server} and returns the directory, a root file system. */
    public static Path rootfs(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path source = Files.createTempFile("server", ".c");
        try (InputStream text = TestServer.class.getResourceAsStream("/sandbox/server.c")) {
            Files.write(source, text.readAllBytes());
        }
        Process gcc = new ProcessBuilder(
                        "gcc",
                        "-static",
                        "-O2",
                        "-w",
                        "-o",
                        directory.resolve("server").toString(),
                        source.toString())
                .inheritIO()
                .start();
        assertThat(gcc.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(gcc.exitValue()).isZero();
        Files.delete(source);
        return directory;
    }

    /** The answer to one request on a connection of its own; tries again until the server is up. */
    public static String get(String ip, int port, String path) {
        Instant end = Instant.now().plus(PATIENCE);
        while (true) {
            try (Socket socket = connect(ip, port)) {
                return exchange(socket, path);
            } catch (IOException e) {
                if (Instant.now().isAfter(end)) {
                    throw new AssertionError("no answer of " + ip + ":" + port + path, e);
                }
            }
        }
    }

    public static Socket connect(String ip, int port) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(5000);
        try {
            socket.connect(new InetSocketAddress(ip, port), 500);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** One request on a connection that stays open. */
    public static String exchange(Socket socket, String path) throws IOException {
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[8192];
        while (true) {
            int head = text.indexOf("\r\n\r\n");
            if (head >= 0) {
                int length = Integer.parseInt(text.substring(text.indexOf("Length: ") + 8, head));
                if (text.length() == head + 4 + length) {
                    return text.substring(head + 4);
                }
            }
            int n = socket.getInputStream().read(buffer);
            if (n < 0) {
                throw new IOException("connection ended");
            }
            text.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
    }
}
