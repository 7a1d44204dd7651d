package dev.dormouse.bench;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Request to answer of a suspended actor, one at a time, with the share of each phase. */
final class WakeSection implements Bench.Section {

    private static final int WAKES = Integer.getInteger("bench.wakes", 500);
    private static final int WARM_UP = 20;
    private static final int WORKERS = 3;
    private static final double MICROS = 1000;
    private static final List<String> PHASES = List.of("claim", "prepare", "restore", "ready", "total");

    @Override
    public void run(Report report) throws Exception {
        List<List<String>> rows = new ArrayList<>();
        List<List<String>> memory = new ArrayList<>();
        for (Workload workload : BenchImages.all()) {
            try (BenchServer server = BenchServer.start(workload, WORKERS)) {
                rows.add(measure(server, workload));
                memory.add(List.of(
                        workload.name(),
                        Report.number(BenchServer.rss(server.process().pid())),
                        Report.number(BenchServer.rss(
                                server.process().pidIn("ateom/process.json").orElseThrow()))));
            }
        }
        report.add(
                "Wake of a suspended actor, request to answer (ms, " + WAKES + " wakes each)",
                List.of(
                        "workload",
                        "p50",
                        "p95",
                        "p99",
                        "claim",
                        "prepare",
                        "restore",
                        "ready",
                        "ours p95",
                        "image MB"),
                rows,
                "Phases are medians from the journal. Ours: all but restore and ready. Targets: p95 ≤ 100 static, ≤ 130 Python, ≤ 180"
                        + " JVM; ours ≤ 10 at p95.");
        report.add(
                "Resident memory after these wakes (MB)",
                List.of("workload", "server", "ateom"),
                memory,
                "Target: server ≤ 350 in JVM mode.");
    }

    private static List<String> measure(BenchServer server, Workload workload) {
        String id = "sleeper";
        server.create(id);
        for (int i = 0; i < WARM_UP; i++) {
            BenchServer.expect(200, server.request(id));
            server.suspend(id);
        }
        Latencies whole = new Latencies();
        for (int i = 0; i < WAKES; i++) {
            long start = System.nanoTime();
            BenchServer.expect(200, server.request(id));
            whole.add(System.nanoTime() - start);
            server.suspend(id);
        }
        List<JsonObject> wakes = server.events(id).stream()
                .filter(event -> event.getString("type").equals("Running"))
                .map(event -> event.getJsonObject("phases"))
                .toList();
        Latencies ours = new Latencies();
        wakes.forEach(phases -> ours.add(
                (phases.getLong("total") - phases.getLong("restore") - phases.getLong("ready")) * (long) MICROS));
        List<String> row = new ArrayList<>(List.of(
                workload.name(),
                Report.number(whole.millis(50)),
                Report.number(whole.millis(95)),
                Report.number(whole.millis(99))));
        for (String phase : PHASES.subList(0, 4)) {
            Latencies latencies = new Latencies();
            wakes.forEach(phases -> latencies.add(phases.getLong(phase) * (long) MICROS));
            row.add(Report.number(latencies.millis(50)));
        }
        row.add(Report.number(ours.millis(95)));
        row.add(Report.number(snapshotMegabytes(server, id)));
        return row;
    }

    private static double snapshotMegabytes(BenchServer server, String id) {
        JsonObject actor = new JsonObject(
                server.process().get("/v1/atespaces/default/actors/" + id).body());
        return actor.getJsonObject("snapshot").getLong("sizeBytes") / (1024.0 * 1024);
    }
}
