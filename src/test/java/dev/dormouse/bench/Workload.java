package dev.dormouse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What actors of the benchmark run.
 *
 * @param image reference with digest
 * @param ballast MiB of memory that it fills at its start
 */
record Workload(String name, String image, int ballast) {

    Workload(String name, String image) {
        this(name, image, 0);
    }

    /**
     * Writes manifests for one pool and one template of this workload to a new directory.
     *
     * @param location of snapshots, a URI
     */
    Path manifests(Path parent, int workers, String location) throws IOException {
        Path directory = Files.createDirectories(parent.resolve("manifests-" + name));
        Files.writeString(directory.resolve(name + ".yaml"), """
                apiVersion: ate.dev/v1alpha1
                kind: WorkerPool
                metadata: {name: %1$s, namespace: bench, labels: {workload: %1$s}}
                spec: {replicas: %2$d, ateomImage: "registry.example.com/dormouse/ateom:bench"}
                ---
                apiVersion: ate.dev/v1alpha1
                kind: ActorTemplate
                metadata: {name: %1$s, namespace: bench}
                spec:
                  pauseImage: registry.example.com/pause@sha256:%3$s
                  containers:
                  - name: main
                    image: %4$s
                    env: [{name: BALLAST_MIB, value: "%6$d"}]
                    readyz: {httpGet: {path: /readyz, port: 80}}
                  workerSelector: {matchLabels: {workload: %1$s}}
                  snapshotsConfig: {location: "%5$s"}
                """.formatted(
                        name, workers, "0".repeat(64), image, location, ballast));
        return directory;
    }
}
