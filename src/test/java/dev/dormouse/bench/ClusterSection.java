package dev.dormouse.bench;

import dev.dormouse.blackbox.ClusterInstall;
import dev.dormouse.files.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The demo's actor woken through the Services of an installation, beside the same in standalone. */
final class ClusterSection implements Bench.Section {

    private static final int WAKES = 100;
    private static final int WARM_UP = 20;
    /** Of the demo's pool. */
    private static final int WORKERS = 3;

    private static final String ID = "sleeper";

    private interface Place {

        void awaitPrepared() throws Exception;

        int visit() throws Exception;

        int suspend() throws Exception;
    }

    @Override
    public void run(Report report) throws Exception {
        String loadImages = System.getenv("LOAD_IMAGES");
        if (loadImages == null) {
            System.err.println("skipping cluster: LOAD_IMAGES is no command that brings images to a cluster");
            return;
        }
        int loaded = new ProcessBuilder("sh", "-c", loadImages + " target/images >&2")
                .inheritIO()
                .start()
                .waitFor();
        if (loaded != 0) {
            throw new IOException(loadImages + " target/images failed");
        }
        report.add(
                "Wake of the demo's actor, request to answer (ms, %d wakes each)".formatted(WAKES),
                List.of("where", "p50", "p95", "p99"),
                List.of(standalone(), inCluster()),
                "In the cluster a request goes through the router's Service, the worker is a Pod, and snapshots go to an S3 server; the"
                        + " images are those in target/images. Both on a machine at rest, a sandbox prepared on every worker.");
    }

    private static List<String> standalone() throws Exception {
        try (BenchServer server = BenchServer.start(BenchImages.counter(), WORKERS)) {
            server.create(ID);
            return measure("standalone", new Place() {
                @Override
                public void awaitPrepared() {
                    server.awaitPrepared(ID, WORKERS);
                }

                @Override
                public int visit() {
                    return server.request(ID).statusCode();
                }

                @Override
                public int suspend() {
                    server.suspend(ID);
                    return 200;
                }
            });
        }
    }

    private static List<String> inCluster() throws Exception {
        Path directory = Files.createTempDirectory("dormouse-bench-cluster");
        try (ClusterInstall cluster = new ClusterInstall(directory)) {
            cluster.create(ID);
            return measure("cluster", new Place() {
                @Override
                public void awaitPrepared() throws Exception {
                    String why = "/v1/atespaces/default/actors/" + ID + "/why";
                    while (cluster.api(why, null).body().split("a sandbox stands prepared", -1).length <= WORKERS) {
                        Thread.sleep(20);
                    }
                }

                @Override
                public int visit() throws Exception {
                    return cluster.visit(ID).statusCode();
                }

                @Override
                public int suspend() throws Exception {
                    return cluster.api("/v1/atespaces/default/actors/" + ID + ":suspend", "")
                            .statusCode();
                }
            });
        } finally {
            FileTree.discard(directory);
        }
    }

    private static List<String> measure(String name, Place place) throws Exception {
        Latencies wakes = new Latencies();
        for (int i = -WARM_UP; i < WAKES; i++) {
            place.awaitPrepared();
            long start = System.nanoTime();
            int visited = place.visit();
            if (i >= 0) {
                wakes.add(System.nanoTime() - start);
            }
            int suspended = place.suspend();
            if (visited != 200 || suspended != 200) {
                throw new IllegalStateException(name + ": visit " + visited + ", suspend " + suspended);
            }
        }
        return List.of(
                name,
                Report.number(wakes.millis(50)),
                Report.number(wakes.millis(95)),
                Report.number(wakes.millis(99)));
    }
}
