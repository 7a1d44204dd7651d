package dev.dormouse.blackbox;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The packaged server as a user starts it: a process of its own with its data directory and ports. May be killed and started again
 * on the same data.
 */
public final class ServerProcess implements AutoCloseable {

    private static final int PID_FILE_PORT_LINE = 3;
    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    /**
     * How a server is started, beside its options.
     *
     * @param prefix what the command begins with, e.g. to become another user
     * @param environment variables over those of the tests
     */
    public record Launch(List<String> prefix, Program program, Map<String, String> environment) {}

    private final Path dataDir;
    private final Launch launch;
    private final List<String> options;
    private final int apiPort = freePort();
    private final int routerPort = freePort();
    private final int managementPort = freePort();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private @Nullable Process process;
    private @Nullable String token;

    private ServerProcess(Path dataDir, Launch launch, List<String> options) {
        this.dataDir = dataDir;
        this.launch = launch;
        this.options = List.copyOf(options);
    }

    /** Starts a server on this directory and waits until it says that it is ready. */
    public static ServerProcess start(Path dataDir, String... options) {
        return start(dataDir, Map.of(), options);
    }

    /** @param environment set for the server beside what this process has */
    public static ServerProcess start(Path dataDir, Map<String, String> environment, String... options) {
        return start(dataDir, new Launch(List.of(), Program.underTest(), environment), options);
    }

    public static ServerProcess start(Path dataDir, Launch launch, String... options) {
        ServerProcess server = new ServerProcess(dataDir, launch, List.of(options));
        server.start();
        return server;
    }

    /** Starts it again after {@link #kill} or {@link #stop}. */
    public void start() {
        List<String> arguments = new ArrayList<>(List.of(
                "server",
                "--data-dir",
                dataDir.toString(),
                "--port",
                String.valueOf(apiPort),
                "--router-port",
                String.valueOf(routerPort),
                "--management-port",
                String.valueOf(managementPort)));
        arguments.addAll(options);
        List<String> command = new ArrayList<>(launch.prefix());
        command.addAll(
                launch.program().withJvmOptions("-Xmx160m", "-XX:+UseSerialGC").command(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().putAll(launch.environment());
        try {
            Files.createDirectories(log().getParent());
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            awaitReady();
        } catch (ConditionTimeoutException e) {
            stop();
            endWhatItLeft();
            throw e;
        }
    }

    private void awaitReady() {
        await("the server's readiness; its log is " + log())
                .atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .until(() -> {
                    failIfEnded();
                    return get(managementPort, "/q/health/ready").statusCode() == 200;
                });
    }

    /** Calls of its API say from now on who sends them. */
    public ServerProcess calledWith(String bearerToken) {
        token = bearerToken;
        return this;
    }

    /** Ends it at this very instruction. */
    public void kill() {
        process().destroyForcibly();
        waitForEnd();
    }

    /** Asks it to end and waits. */
    public void stop() {
        process().destroy();
        waitForEnd();
    }

    /** Ends it, and what it left running, and waits: its directory can be removed then. */
    @Override
    public void close() {
        if (process().isAlive()) {
            stop();
        } else {
            endWhatItLeft();
        }
        await("the end of PostgreSQL")
                .atMost(START_LIMIT)
                .until(() -> !Files.exists(dataDir.resolve("postgres/data/postmaster.pid")));
    }

    /** Database and ateom outlive a killed server on purpose; ateom takes its sandboxes along when it is asked to end. */
    private void endWhatItLeft() {
        for (String note : List.of("ateom/process.json", "postgres/data/postmaster.pid")) {
            pidIn(note).flatMap(ProcessHandle::of).ifPresent(left -> {
                left.destroy();
                left.onExit().orTimeout(60, TimeUnit.SECONDS).join();
            });
        }
    }

    public Path dataDir() {
        return dataDir;
    }

    public Path log() {
        return dataDir.resolve("server.log");
    }

    /** The log of its ateom. */
    public Path ateomLog() {
        return dataDir.resolve("ateom/ateom.log");
    }

    public URI api(String path) {
        return URI.create("http://localhost:" + apiPort + path);
    }

    public URI management(String path) {
        return URI.create("http://localhost:" + managementPort + path);
    }

    public int routerPort() {
        return routerPort;
    }

    public long pid() {
        return process().pid();
    }

    /** The embedded database, as the server sees it. */
    public Connection database() throws IOException, SQLException {
        Path postgres = dataDir.resolve("postgres");
        String port =
                Files.readAllLines(postgres.resolve("data/postmaster.pid")).get(PID_FILE_PORT_LINE);
        String password = Files.readString(postgres.resolve("password")).trim();
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + port.trim() + "/postgres", "postgres", password);
    }

    /** The process id in a note that the server left in its data directory. */
    public Optional<Long> pidIn(String note) {
        try {
            String text = Files.readString(dataDir.resolve(note));
            return Optional.of(Long.parseLong(text.replaceAll("(?s)^\\D*(\\d+).*$", "$1")));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** @param headers name, value, name, value… */
    public HttpResponse<String> call(String method, String path, @Nullable String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(api(path))
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    public HttpResponse<String> get(String path) {
        return call("GET", path, null);
    }

    /** Health and metrics. */
    public HttpResponse<String> getManagement(String path) {
        return get(managementPort, path);
    }

    /**
     * A request through the router to an actor of the default atespace.
     *
     * @param headers name, value, name, value…
     */
    public HttpResponse<String> request(String actor, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + routerPort + path))
                .timeout(Duration.ofSeconds(60))
                .header("Host", actor + ".default.actors.resources.substrate.ate.dev");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    private HttpResponse<String> get(int port, String path) {
        return send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(5))
                .build());
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void failIfEnded() {
        if (!process().isAlive()) {
            throw new AssertionError("the server ended with " + process().exitValue() + "; its log is " + log());
        }
    }

    private void waitForEnd() {
        try {
            if (!process().waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("the server does not end; its log is " + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Process process() {
        if (process == null) {
            throw new IllegalStateException("not started");
        }
        return process;
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
