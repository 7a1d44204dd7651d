package dev.dormouse.bench;

import static org.awaitility.Awaitility.await;

import dev.dormouse.blackbox.Program;
import dev.dormouse.blackbox.ServerProcess;
import dev.dormouse.files.FileTree;
import dev.dormouse.sim.SimulatedAteomServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A packaged server whose workers are simulated by another process that answers at once: all the time that passes is the server's. */
final class ControlPlane implements AutoCloseable {

    private static final Duration READY = Duration.ofSeconds(60);
    private static final int FILL_STEP = 50_000;

    private final Path directory;
    private final ServerProcess server;
    private final Process ateom;

    private ControlPlane(Path directory, ServerProcess server, Process ateom) {
        this.directory = directory;
        this.server = server;
        this.ateom = ateom;
    }

    static ControlPlane start(int workers) throws IOException {
        return start(Program.underTest(), Map.of(), workers);
    }

    /** @param settings environment of the server */
    static ControlPlane start(Program program, Map<String, String> settings, int workers) throws IOException {
        Path directory = Files.createTempDirectory("dormouse-bench");
        Workload workload = new Workload("simulated", "registry.example.com/bench/simulated@sha256:" + "0".repeat(64));
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("DORMOUSE_STANDALONE_LAUNCH", "false");
        ServerProcess server = ServerProcess.start(
                Files.createDirectories(directory.resolve("data")),
                new ServerProcess.Launch(List.of(), program, environment),
                "--manifests",
                workload.manifests(
                                directory,
                                workers,
                                directory.resolve("snapshots").toUri().toString())
                        .toString());
        Process ateom = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SimulatedAteomServer.class.getName(),
                        server.api("").getAuthority(),
                        "bench/simulated",
                        String.valueOf(workers),
                        "0")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("ateom.log").toFile())
                .start();
        ControlPlane started = new ControlPlane(directory, server, ateom);
        await("the simulated workers and their template")
                .atMost(READY)
                .until(() -> new JsonObject(
                                server.get("/v1/actortemplates/bench/simulated").body())
                        .getJsonObject("status", new JsonObject())
                        .getString("phase", "")
                        .equals("Ready"));
        return started;
    }

    ApiLoad load() {
        return new ApiLoad(server.api("").toString());
    }

    void create(String id) {
        BenchServer.expect(201, server.call("POST", "/v1/atespaces/default/actors", """
                {"id": "%s", "template": {"namespace": "bench", "name": "simulated"}}""".formatted(id)));
    }

    void resume(String id) {
        BenchServer.expect(200, server.call("POST", "/v1/atespaces/default/actors/" + id + ":resume", null));
    }

    void suspend(String id) {
        BenchServer.expect(200, server.call("POST", "/v1/atespaces/default/actors/" + id + ":suspend", null));
    }

    /** Nothing runs then, whatever did before. */
    void suspendAll() {
        for (Object running : new JsonObject(server.get("/v1/actors?pageSize=1000&status=STATUS_RUNNING")
                        .body())
                .getJsonArray("items")) {
            JsonObject actor = (JsonObject) running;
            BenchServer.expect(
                    200,
                    server.call(
                            "POST",
                            "/v1/atespaces/%s/actors/%s:suspend"
                                    .formatted(actor.getString("atespace"), actor.getString("id")),
                            null));
        }
    }

    /** Puts sleeping actors a{from} to a{to - 1} into 100 atespaces, past the API, and lets the database settle. */
    void fill(int from, int to) throws SQLException, IOException {
        try (Connection connection = server.database();
                Statement plain = connection.createStatement();
                PreparedStatement actors = connection.prepareStatement("""
                        insert into actor (atespace, id, uid, template_namespace, template_name, status, version, generation, labels,
                                           worker_selector, snapshot, created_at, updated_at)
                        select 'bench-' || i % 100, 'a' || i, gen_random_uuid(), 'bench', 'simulated', 'SUSPENDED', 1, 0,
                               jsonb_build_object('n', (i % 7)::text), '{}',
                               (select golden from manifest where kind = 'ActorTemplate' and name = 'simulated')::jsonb, now(), now()
                        from generate_series(?, ? - 1) i""")) {
            plain.execute(
                    "insert into atespace (name) select 'bench-' || i from generate_series(0, 99) i on conflict do nothing");
            for (int start = from; start < to; start += FILL_STEP) {
                actors.setInt(1, start);
                actors.setInt(2, Math.min(to, start + FILL_STEP));
                actors.executeUpdate();
            }
            plain.execute("vacuum analyze actor");
            plain.execute("checkpoint");
        }
    }

    /** The claims of wakes since an entry of the journal, as percentiles in milliseconds. */
    List<Double> claims(long since) throws SQLException, IOException {
        try (Connection connection = server.database();
                PreparedStatement query = connection.prepareStatement("""
                        select percentile_disc(array[0.5, 0.95, 0.99]) within group (order by (phases->>'claim')::bigint)
                        from actor_event where type = 'Running' and seq > ?""")) {
            query.setLong(1, since);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                Long[] micros = (Long[]) row.getArray(1).getArray();
                return List.of(micros[0] / 1e3, micros[1] / 1e3, micros[2] / 1e3);
            }
        }
    }

    long journalEnd() throws SQLException, IOException {
        try (Connection connection = server.database();
                Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("select max(seq) from actor_event")) {
            row.next();
            return row.getLong(1);
        }
    }

    ServerProcess process() {
        return server;
    }

    double rss() throws IOException {
        return BenchServer.rss(server.pid());
    }

    @Override
    public void close() {
        ateom.destroyForcibly();
        server.close();
        FileTree.discard(directory);
    }
}
