package dev.dormouse.bench;

import static org.awaitility.Awaitility.await;

import dev.dormouse.blackbox.Program;
import dev.dormouse.blackbox.ServerProcess;
import dev.dormouse.files.FileTree;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A packaged server with one workload, its golden snapshot taken. */
final class BenchServer implements AutoCloseable {

    private static final Duration READY = Duration.ofSeconds(120);

    private final Path directory;
    private final ServerProcess server;
    private final Workload workload;

    private BenchServer(Path directory, ServerProcess server, Workload workload) {
        this.directory = directory;
        this.server = server;
        this.workload = workload;
    }

    static BenchServer start(Workload workload, int workers) throws IOException {
        return start(Program.underTest(), workload, workers);
    }

    static BenchServer start(Program program, Workload workload, int workers) throws IOException {
        Path directory = Files.createTempDirectory("dormouse-bench");
        String location = directory.resolve("snapshots").toUri().toString().replaceAll("/$", "");
        return start(directory, program, workload, workers, location, Map.of());
    }

    /** @param location where snapshots are kept, a URI that the environment makes reachable */
    static BenchServer start(Workload workload, int workers, String location, Map<String, String> environment)
            throws IOException {
        return start(
                Files.createTempDirectory("dormouse-bench"),
                Program.underTest(),
                workload,
                workers,
                location,
                environment);
    }

    private static BenchServer start(
            Path directory,
            Program program,
            Workload workload,
            int workers,
            String location,
            Map<String, String> environment)
            throws IOException {
        Path manifests = workload.manifests(directory, workers, location);
        ServerProcess server = ServerProcess.start(
                Files.createDirectories(directory.resolve("data")),
                new ServerProcess.Launch(List.of(), program, environment),
                "--manifests",
                manifests.toString());
        BenchServer bench = new BenchServer(directory, server, workload);
        await("golden snapshot of " + workload.name())
                .atMost(READY)
                .until(() -> new JsonObject(server.get("/v1/actortemplates/bench/" + workload.name())
                                .body())
                        .getJsonObject("status", new JsonObject())
                        .getString("phase", "")
                        .equals("Ready"));
        return bench;
    }

    ServerProcess process() {
        return server;
    }

    void create(String id) {
        expect(201, server.call("POST", "/v1/atespaces/default/actors", """
                {"id": "%s", "template": {"namespace": "bench", "name": "%s"}}""".formatted(id, workload.name())));
    }

    void suspend(String id) {
        expect(200, server.call("POST", "/v1/atespaces/default/actors/" + id + ":suspend", null));
    }

    /** Request through the router; the answer is whole when this returns. */
    HttpResponse<String> request(String id) {
        return server.request(id, "/");
    }

    /** Waits until so many free workers have a sandbox prepared that fits the actor. */
    void awaitPrepared(String id, int workers) {
        await("prepared sandboxes")
                .atMost(READY)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> server.get("/v1/atespaces/default/actors/" + id + "/why")
                                .body()
                                .split("a sandbox stands prepared", -1)
                                .length
                        > workers);
    }

    /** All that the journal has of an actor, page after page. */
    List<JsonObject> events(String id) {
        List<JsonObject> events = new ArrayList<>();
        long after = 0;
        while (true) {
            HttpResponse<String> answer =
                    server.get("/v1/atespaces/default/actors/" + id + "/events?pageSize=1000&after=" + after);
            JsonArray page = new JsonObject(answer.body()).getJsonArray("items");
            if (page.isEmpty()) {
                return events;
            }
            page.forEach(event -> events.add((JsonObject) event));
            after = events.getLast().getLong("seq");
        }
    }

    /** host:port that leads straight to port 80 of a running actor. */
    String endpoint(String id) throws IOException, SQLException {
        try (Connection connection = server.database();
                PreparedStatement query = connection.prepareStatement("select endpoint from actor where id = ?")) {
            query.setString(1, id);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                JsonObject endpoint = new JsonObject(row.getString(1));
                return endpoint.getString("host") + ":"
                        + endpoint.getJsonObject("ports").getInteger("80");
            }
        }
    }

    /** Takes an actor's state out of the node's cache: its next wake is as on a node where it never was. */
    void forgetOnNode(String id) throws IOException {
        FileTree.delete(server.dataDir().resolve("ateom/cache/default").resolve(id));
    }

    /** Resident memory of its ateom in MB. */
    double ateomRss() throws IOException {
        return rss(server.pidIn("ateom/process.json").orElseThrow());
    }

    /** Resident memory in MB. */
    static double rss(long pid) throws IOException {
        String line = Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(l -> l.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
    }

    static void expect(int status, HttpResponse<String> answer) {
        if (answer.statusCode() != status) {
            throw new IllegalStateException(
                    "expected " + status + ", got " + answer.statusCode() + ": " + answer.body());
        }
    }

    /** Removes its data too: some benchmarks leave tens of gigabytes. */
    @Override
    public void close() {
        server.close();
        FileTree.discard(directory);
    }
}
