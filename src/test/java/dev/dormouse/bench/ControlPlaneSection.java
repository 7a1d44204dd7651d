package dev.dormouse.bench;

import dev.dormouse.bench.ApiLoad.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the control plane can do when its workers cost nothing: over HTTP, every transition durable in PostgreSQL. */
final class ControlPlaneSection implements Bench.Section {

    private static final int WORKERS = 256;
    private static final int FREE_WHEN_TIGHT = 26;
    private static final int SECONDS = Integer.getInteger("bench.seconds", 10);
    private static final int WARM_UP_SECONDS = 40;
    private static final int[] CALLERS = {1, 8, 64};
    private static final int MANY = 64;
    private static final int SOME = 8;
    private static final int FEW_ACTORS = 10_000;
    private static final int MANY_ACTORS = Integer.getInteger("bench.actors", 1_000_000);
    static final List<String> COLUMNS = List.of("callers", "per s", "p50 ms", "p95 ms", "p99 ms", "failed");

    private interface Load {
        Outcome run(int callers, int seconds) throws Exception;
    }

    @Override
    public void run(Report report) throws Exception {
        try (ControlPlane plane = ControlPlane.start(WORKERS)) {
            ApiLoad load = plane.load();
            transitions(report, plane, load);
            tight(report, plane, load);
            plane.suspendAll();
            size(report, plane, load);
        }
    }

    private static void transitions(Report report, ControlPlane plane, ApiLoad load) throws Exception {
        int[] batch = {0};
        table(
                report,
                "Create an actor",
                "Target: ≥ 8,000/s at 64 callers.",
                (callers, seconds) -> load.create("new-" + batch[0]++ + "-", callers, seconds));
        for (int i = 0; i < MANY; i++) {
            plane.create("cycle-" + i);
            plane.create("runs-" + i);
        }
        table(
                report,
                "Resume, in cycles of resume and suspend, each caller with its own actor",
                "Targets: ≥ 1,400/s with p95 ≤ 35 ms at 64 callers, ≥ 600/s at 8, p50 ≤ 3 ms at one.",
                (callers, seconds) -> load.cycle("cycle-", callers, seconds));
        for (int i = 0; i < MANY; i++) {
            plane.resume("runs-" + i);
        }
        table(report, "Resume of a RUNNING actor", "", (callers, seconds) -> load.resume("runs-", callers, seconds));
        report.add(
                "Resume of one RUNNING actor by many",
                COLUMNS,
                List.of(
                        row(SOME, load.resumeOne("runs-0", SOME, SECONDS)),
                        row(MANY, load.resumeOne("runs-0", MANY, SECONDS))),
                "Target: none fails.");
    }

    /** More callers than free workers: they wait their turn. */
    private static void tight(Report report, ControlPlane plane, ApiLoad load) throws Exception {
        plane.suspendAll();
        for (int i = 0; i < WORKERS - FREE_WHEN_TIGHT; i++) {
            plane.create("held-" + i);
            plane.resume("held-" + i);
        }
        report.add(
                "Resume in cycles, %d of %d workers free".formatted(FREE_WHEN_TIGHT, WORKERS),
                COLUMNS,
                List.of(row(MANY, load.cycle("cycle-", MANY, SECONDS))),
                "Target: none fails.");
    }

    private static void size(Report report, ControlPlane plane, ApiLoad load) throws Exception {
        List<List<String>> claims = new ArrayList<>();
        List<List<String>> lists = new ArrayList<>();
        int from = 0;
        for (int actors : new int[] {FEW_ACTORS, MANY_ACTORS}) {
            plane.fill(from, actors);
            from = actors;
            load.cycleAmong(actors, SOME, SECONDS);
            long since = plane.journalEnd();
            Outcome cycles = load.cycleAmong(actors, SOME, SECONDS);
            claims.add(Stream.concat(
                            Stream.of(String.valueOf(actors)),
                            Stream.concat(
                                    plane.claims(since).stream().map(Report::number),
                                    Stream.of(Report.number(cycles.perSecond()), String.valueOf(cycles.failed()))))
                    .toList());
            lists.add(listed(actors, "100 of one atespace", load, "/v1/atespaces/bench-50/actors?pageSize=100"));
            lists.add(listed(actors, "1,000 of one atespace", load, "/v1/atespaces/bench-50/actors?pageSize=1000"));
            lists.add(listed(actors, "100 of all", load, "/v1/actors?pageSize=100"));
            lists.add(listed(actors, "100 running", load, "/v1/actors?pageSize=100&status=STATUS_RUNNING"));
        }
        report.add(
                "Claims, in cycles over all actors, %d callers".formatted(SOME),
                List.of("actors", "claim p50 ms", "p95 ms", "p99 ms", "resumes/s", "failed"),
                claims,
                "Target: p99 with the larger table ≤ 2 × the smaller one's.");
        report.add(
                "Lists by key, one caller",
                List.of("actors", "page", "per s", "p50 ms", "p95 ms", "p99 ms", "failed"),
                lists,
                "Target: ≤ 5 ms a page at any size.");
        report.add(
                "Resident memory of the server after all of it (MB)",
                List.of("server"),
                List.of(List.of(Report.number(plane.rss()))),
                "Target: ≤ 350 in JVM mode.");
    }

    private static List<String> listed(int actors, String page, ApiLoad load, String path) throws Exception {
        load.list(path, 1, 2);
        return Stream.concat(Stream.of(String.valueOf(actors), page), load.list(path, 1, SECONDS / 2).cells().stream())
                .toList();
    }

    private static void table(Report report, String title, String note, Load load) throws Exception {
        load.run(MANY, WARM_UP_SECONDS);
        List<List<String>> rows = new ArrayList<>();
        String failure = "";
        for (int callers : CALLERS) {
            Outcome outcome = load.run(callers, SECONDS);
            rows.add(row(callers, outcome));
            failure = outcome.failure() == null ? failure : " Last failure: " + outcome.failure();
        }
        report.add(title, COLUMNS, rows, note + failure);
    }

    private static List<String> row(int callers, Outcome outcome) {
        return Stream.concat(Stream.of(String.valueOf(callers)), outcome.cells().stream())
                .toList();
    }
}
