package dev.dormouse.blackbox;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Logger;

/** Keeps what Pods of some namespaces print, a file each: their logs go with them, and a test that fails needs them most. */
final class PodLogs implements AutoCloseable {

    private record Following(LogWatch log, OutputStream file) {}

    private static final Logger LOG = Logger.getLogger(PodLogs.class.getName());
    private static final long LOOK_EVERY_MILLIS = 500;

    private final KubernetesClient client;
    private final Path directory;
    private final Map<String, Following> following = new ConcurrentHashMap<>();
    private final Thread looking;

    PodLogs(KubernetesClient client, Path directory, String... namespaces) throws IOException {
        this.client = client;
        this.directory = Files.createDirectories(directory);
        looking = Thread.ofVirtual().start(() -> look(namespaces));
    }

    private void look(String... namespaces) {
        try {
            while (true) {
                for (String namespace : namespaces) {
                    followNew(namespace);
                }
                Thread.sleep(LOOK_EVERY_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void followNew(String namespace) {
        try {
            client.pods().inNamespace(namespace).list().getItems().stream()
                    .filter(pod -> pod.getStatus().getPhase().equals("Running"))
                    .forEach(pod -> following.computeIfAbsent(pod.getMetadata().getUid(), uid -> follow(pod)));
        } catch (KubernetesClientException e) {
            // tests stop the API server on purpose
            LOG.info("can't look at the Pods of " + namespace + ": " + e.getMessage());
        }
    }

    private Following follow(Pod pod) {
        try {
            OutputStream file = Files.newOutputStream(directory.resolve(
                    pod.getMetadata().getNamespace() + "-" + pod.getMetadata().getName() + ".log"));
            return new Following(client.pods().resource(pod).watchLog(file), file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws InterruptedException, IOException {
        looking.interrupt();
        looking.join();
        for (Following each : following.values()) {
            each.log().close();
            each.file().close();
        }
    }
}
