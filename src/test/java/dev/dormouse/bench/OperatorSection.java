package dev.dormouse.bench;

import dev.dormouse.blackbox.ServerProcess;
import dev.dormouse.files.FileTree;
import dev.dormouse.kube.TestCluster;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.standalone.TestDatabase;
import dev.dormouse.template.ActorTemplate;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** What an operator costs that starts where many pools and templates are: time to settle, calls of the API server, memory, and rest. */
final class OperatorSection implements Bench.Section {

    private static final int POOLS = 200;
    private static final int TEMPLATES = 1000;
    private static final int APPLIERS = 16;
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration AT_REST = Duration.ofSeconds(30);
    private static final Pattern CALLS =
            Pattern.compile("^dormouse_kubernetes_requests_total\\{[^ ]* ([0-9.E]+)$", Pattern.MULTILINE);
    /** Of Linux, in which /proc counts processor time. */
    private static final double TICKS_PER_SECOND = 100;

    @Override
    public void run(Report report) throws Exception {
        if (System.getenv("KUBECONFIG") == null) {
            System.err.println("skipping operator: KUBECONFIG is not set");
            return;
        }
        Path directory = Files.createTempDirectory("dormouse-bench-operator");
        try (TestCluster cluster = new TestCluster()) {
            String namespace = cluster.namespace();
            declare(cluster.client(), namespace);
            long start = System.nanoTime();
            try (ServerProcess server =
                    ServerProcess.start(directory.resolve("data"), environment(namespace), "--mode", "kubernetes")) {
                double ready = seconds(start);
                awaitSettled(cluster.client(), namespace);
                double settled = seconds(start);
                double calls = calls(server);
                double ticks = ticks(server.pid());
                Thread.sleep(AT_REST);
                double resting = (ticks(server.pid()) - ticks) / TICKS_PER_SECOND / AT_REST.toSeconds() * 100;
                double restingCalls = (calls(server) - calls) / AT_REST.toSeconds();
                report.add(
                        "Operator that starts with %d pools and %,d templates".formatted(POOLS, TEMPLATES),
                        List.of("ready s", "settled s", "API calls", "per object", "RSS MB", "then CPU %", "calls/s"),
                        List.of(List.of(
                                Report.number(ready),
                                Report.number(settled),
                                Report.number(calls),
                                Report.number(calls / (POOLS + TEMPLATES)),
                                Report.number(BenchServer.rss(server.pid())),
                                Report.number(resting),
                                Report.number(restingCalls))),
                        "Settled: each pool has its Deployment and says so, each template has its finalizer and says what its golden"
                                + " snapshot waits for (there are no workers). Then: over " + AT_REST.toSeconds()
                                + " s afterwards.");
            } finally {
                cluster.client()
                        .resources(ActorTemplate.class)
                        .inNamespace(namespace)
                        .delete();
                release(cluster.client(), namespace);
            }
        } finally {
            FileTree.discard(directory);
        }
    }

    private static Map<String, String> environment(String namespace) {
        Map<String, String> environment = new HashMap<>();
        TestDatabase.fresh()
                .settings()
                .forEach((name, value) ->
                        environment.put(name.replaceAll("[^a-z]", "_").toUpperCase(Locale.ROOT), value));
        environment.put("DORMOUSE_KUBERNETES_NAMESPACE", namespace);
        environment.put("DORMOUSE_KUBERNETES_TLS", "false");
        return environment;
    }

    private static void declare(KubernetesClient client, String namespace) throws Exception {
        try (ExecutorService appliers = Executors.newFixedThreadPool(APPLIERS)) {
            List<Future<?>> all = new ArrayList<>();
            IntStream.range(0, POOLS)
                    .mapToObj(OperatorSection::pool)
                    .forEach(pool -> all.add(appliers.submit(
                            () -> client.resource(pool).inNamespace(namespace).create())));
            IntStream.range(0, TEMPLATES)
                    .mapToObj(OperatorSection::template)
                    .forEach(template -> all.add(appliers.submit(() ->
                            client.resource(template).inNamespace(namespace).create())));
            for (Future<?> each : all) {
                each.get();
            }
        }
    }

    /** Its Pods fit on no node: what is measured is the operator. */
    private static WorkerPool pool(int number) {
        return Serialization.unmarshal("""
                apiVersion: ate.dev/v1alpha1
                kind: WorkerPool
                metadata: {name: pool-%d}
                spec: {replicas: 1, ateomImage: "docker.io/local/ateom:1", template: {nodeSelector: {example.com/node: none}}}
                """.formatted(number), WorkerPool.class);
    }

    private static ActorTemplate template(int number) {
        return Serialization.unmarshal("""
                apiVersion: ate.dev/v1alpha1
                kind: ActorTemplate
                metadata: {name: template-%d}
                spec:
                  pauseImage: pause@sha256:00
                  containers: [{name: main, image: "main@sha256:00"}]
                  snapshotsConfig: {location: "gs://bucket/s"}
                """.formatted(number), ActorTemplate.class);
    }

    private static void awaitSettled(KubernetesClient client, String namespace) throws InterruptedException {
        Instant end = Instant.now().plus(LIMIT);
        while (!isSettled(client, namespace)) {
            if (Instant.now().isAfter(end)) {
                throw new IllegalStateException("not settled within " + LIMIT);
            }
            Thread.sleep(500);
        }
    }

    private static boolean isSettled(KubernetesClient client, String namespace) {
        return client.resources(WorkerPool.class).inNamespace(namespace).list().getItems().stream()
                        .allMatch(pool ->
                                pool.getStatus() != null && pool.getStatus().conditions() != null)
                && client.resources(ActorTemplate.class).inNamespace(namespace).list().getItems().stream()
                        .allMatch(OperatorSection::isWaiting);
    }

    private static boolean isWaiting(ActorTemplate template) {
        return !template.getMetadata().getFinalizers().isEmpty()
                && template.getStatus() != null
                && template.getStatus().conditions() != null
                && template.getStatus().conditions().stream()
                        .anyMatch(condition -> "Waiting".equals(condition.getReason()));
    }

    /** Without a server nobody takes the templates' finalizers off. */
    private static void release(KubernetesClient client, String namespace) {
        client.resources(ActorTemplate.class).inNamespace(namespace).list().getItems().parallelStream()
                .forEach(template -> client.resource(template).edit(present -> {
                    present.getMetadata().setFinalizers(List.of());
                    return present;
                }));
    }

    private static double calls(ServerProcess server) {
        Matcher calls = CALLS.matcher(server.getManagement("/q/metrics").body());
        double sum = 0;
        while (calls.find()) {
            sum += Double.parseDouble(calls.group(1));
        }
        return sum;
    }

    private static double ticks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Double.parseDouble(afterName[11]) + Double.parseDouble(afterName[12]);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
