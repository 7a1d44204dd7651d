package dev.dormouse.bench;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Request to answer of a suspended actor, one at a time, with the share of each phase: on a machine at rest, where a sandbox stands
 * prepared on every worker, and at once after the sleep before, while the machine still makes the next sandbox.
 */
final class WakeSection implements Bench.Section {

    private static final int WAKES = Integer.getInteger("bench.wakes", 500);
    private static final int WAKES_AT_ONCE = 100;
    private static final int WARM_UP = 50;
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
                        Report.number(server.ateomRss())));
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
                        "ours p50",
                        "ours p95",
                        "answer",
                        "image MB",
                        "at once p50",
                        "p95"),
                rows,
                "Phases are medians from the journal. Ours: all but restore and ready, until the actor can be reached. Answer: what is left, until"
                        + " its answer is there. At once: " + WAKES_AT_ONCE
                        + " wakes, each right after the sleep before. Targets: p95 ≤ 100 static, ≤ 130 Python, ≤ 180 JVM; ours ≤ 10 at p95.");
        report.add(
                "Resident memory after these wakes (MB)",
                List.of("workload", "server", "ateom"),
                memory,
                "Target: server ≤ 350 in JVM mode.");
    }

    private static List<String> measure(BenchServer server, Workload workload) {
        String id = "sleeper";
        server.create(id);
        Latencies warmUp = new Latencies();
        for (int i = 0; i < WARM_UP; i++) {
            cycle(server, id, warmUp);
        }
        Latencies whole = new Latencies();
        for (int i = 0; i < WAKES; i++) {
            server.awaitPrepared(id, WORKERS);
            cycle(server, id, whole);
        }
        Latencies atOnce = new Latencies();
        for (int i = 0; i < WAKES_AT_ONCE; i++) {
            cycle(server, id, atOnce);
        }
        List<JsonObject> wakes = server.events(id).stream()
                .filter(event -> event.getString("type").equals("Running"))
                .skip(WARM_UP)
                .limit(WAKES)
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
        row.add(Report.number(ours.millis(50)));
        row.add(Report.number(ours.millis(95)));
        Latencies reachable = new Latencies();
        wakes.forEach(phases -> reachable.add(phases.getLong("total") * (long) MICROS));
        row.add(Report.number(whole.millis(50) - reachable.millis(50)));
        row.add(Report.number(snapshotMegabytes(server, id)));
        row.add(Report.number(atOnce.millis(50)));
        row.add(Report.number(atOnce.millis(95)));
        return row;
    }

    private static void cycle(BenchServer server, String id, Latencies latencies) {
        long start = System.nanoTime();
        BenchServer.expect(200, server.request(id));
        latencies.add(System.nanoTime() - start);
        server.suspend(id);
    }

    private static double snapshotMegabytes(BenchServer server, String id) {
        JsonObject actor = new JsonObject(
                server.process().get("/v1/atespaces/default/actors/" + id).body());
        return actor.getJsonObject("snapshot").getLong("sizeBytes") / (1024.0 * 1024);
    }
}
