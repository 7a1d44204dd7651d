package dev.dormouse.bench;

import dev.dormouse.bucket.S3Server;
import dev.dormouse.files.FileTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Wakes of an actor whose snapshots are in an S3 server: where it slept, and on a node that has to fetch them first. */
final class ObjectStoreSection implements Bench.Section {

    private static final int BALLAST_MIB = 64;
    private static final int WAKES = 30;
    private static final int WORKERS = 2;
    private static final double MEBI = 1024.0 * 1024;

    private interface Before {
        void wake() throws Exception;
    }

    @Override
    public void run(Report report) throws Exception {
        Path directory = Files.createTempDirectory("dormouse-bench-s3");
        Workload workload = new Workload("static", BenchImages.staticServer().image(), BALLAST_MIB);
        try (S3Server s3 = new S3Server(directory.resolve("s3"))) {
            // a bucket of that name, and not a directory that stands in for it
            Path settings = Files.writeString(
                    directory.resolve("more.properties"), "dormouse.snapshots.redirect.\"s3\\://\"=s3://");
            Map<String, String> environment = Map.of(
                    "DORMOUSE_SNAPSHOTS_S3_ENDPOINT",
                    "http://127.0.0.1:" + s3.port(),
                    "QUARKUS_CONFIG_LOCATIONS",
                    settings.toString(),
                    "AWS_ACCESS_KEY_ID",
                    S3Server.KEY,
                    "AWS_SECRET_ACCESS_KEY",
                    S3Server.SECRET);
            String location = "s3://" + S3Server.BUCKET + "/bench";
            try (BenchServer server = BenchServer.start(workload, WORKERS, location, environment)) {
                server.create("traveller");
                List<List<String>> rows = new ArrayList<>();
                rows.add(measure("where it slept", server, () -> {}));
                rows.add(measure("on another node", server, () -> server.forgetOnNode("traveller")));
                double stored = s3
                                .direct()
                                .listObjectsV2(r -> r.bucket(S3Server.BUCKET).prefix("bench/default/"))
                                .contents()
                                .stream()
                                .mapToLong(S3Object::size)
                                .sum()
                        / MEBI;
                report.add(
                        "Wake and sleep of a %d MiB actor, its snapshots in S3 (ms, %d each)"
                                .formatted(BALLAST_MIB, WAKES),
                        List.of("it wakes", "wake p50", "wake p95", "sleep p50", "sleep p95"),
                        rows,
                        "Another node: one with the template's image and golden snapshot, but nothing of the actor's. Its memory doesn't"
                                + " compress; the last two snapshots are " + Report.number(stored)
                                + " MiB in the store, which runs beside it. A sleep ends when the snapshot is in the store.");
            }
        } finally {
            FileTree.discard(directory);
        }
    }

    private static List<String> measure(String name, BenchServer server, Before before) throws Exception {
        Latencies wakes = new Latencies();
        Latencies sleeps = new Latencies();
        for (int i = 0; i <= WAKES; i++) {
            before.wake();
            long start = System.nanoTime();
            BenchServer.expect(200, server.request("traveller"));
            long awake = System.nanoTime();
            server.suspend("traveller");
            if (i > 0) {
                wakes.add(awake - start);
                sleeps.add(System.nanoTime() - awake);
            }
            server.awaitPrepared("traveller", WORKERS);
        }
        return List.of(
                name,
                Report.number(wakes.millis(50)),
                Report.number(wakes.millis(95)),
                Report.number(sleeps.millis(50)),
                Report.number(sleeps.millis(95)));
    }
}
