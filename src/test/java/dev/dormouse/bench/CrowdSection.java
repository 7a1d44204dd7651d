package dev.dormouse.bench;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Far more actors than workers, each visited in several rounds: every counter must be right. */
final class CrowdSection implements Bench.Section {

    private static final int ACTORS = 250;
    private static final int WORKERS = 8;
    private static final int ROUNDS = 3;
    private static final int CALLERS = 16;

    @Override
    public void run(Report report) throws Exception {
        try (BenchServer server = BenchServer.start(BenchImages.counter(), WORKERS);
                ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            List<String> ids =
                    IntStream.range(0, ACTORS).mapToObj(i -> "crowd-" + i).toList();
            ids.forEach(server::create);
            List<List<String>> rows = new ArrayList<>();
            for (int round = 1; round <= ROUNDS; round++) {
                rows.add(round(server, callers, ids, round));
            }
            report.add(
                    "%d actors on %d workers, %d callers".formatted(ACTORS, WORKERS, CALLERS),
                    List.of("round", "right", "wrong", "turned away", "seconds", "p50 ms", "p95 ms"),
                    rows,
                    "Turned away: answered 503 for want of a worker in time, and asked again. Wrong must be 0.");
        }
    }

    private static List<String> round(BenchServer server, ExecutorService callers, List<String> ids, int round)
            throws Exception {
        Latencies latencies = new Latencies();
        AtomicInteger right = new AtomicInteger();
        AtomicInteger wrong = new AtomicInteger();
        AtomicInteger turnedAway = new AtomicInteger();
        long start = System.nanoTime();
        List<Future<?>> visits = new ArrayList<>();
        for (String id : ids) {
            visits.add(callers.submit(() -> {
                long begin = System.nanoTime();
                HttpResponse<String> answer = server.request(id);
                while (answer.statusCode() == 503) {
                    turnedAway.incrementAndGet();
                    answer = server.request(id);
                }
                latencies.add(System.nanoTime() - begin);
                boolean ok = answer.statusCode() == 200 && answer.body().contains("count: " + round + "\n");
                (ok ? right : wrong).incrementAndGet();
                if (!ok) {
                    System.err.printf(
                            "wrong in round %d: %s answered %d %s%n", round, id, answer.statusCode(), answer.body());
                }
            }));
        }
        for (Future<?> visit : visits) {
            visit.get();
        }
        return List.of(
                String.valueOf(round),
                String.valueOf(right),
                String.valueOf(wrong),
                String.valueOf(turnedAway),
                Report.number((System.nanoTime() - start) / 1e9),
                Report.number(latencies.millis(50)),
                Report.number(latencies.millis(95)));
    }
}
