package dev.dormouse.cluster;

import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolSpec;
import dev.dormouse.pool.WorkerPoolSpec.PodSettings;
import dev.dormouse.sandboxconfig.SandboxClass;
import dev.dormouse.sandboxconfig.SandboxConfig;
import dev.dormouse.sandboxconfig.SandboxConfigSpec;
import dev.dormouse.template.ActorTemplate;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;

/** Small objects to declare. */
final class Declared {

    private Declared() {}

    static ActorTemplate template(String namespace, String name) {
        return Serialization.unmarshal("""
                apiVersion: ate.dev/v1alpha1
                kind: ActorTemplate
                metadata: {namespace: %s, name: %s}
                spec:
                  pauseImage: pause@sha256:00
                  sandboxClass: process
                  containers: [{name: main, image: "main@sha256:00"}]
                  snapshotsConfig: {location: "file:///s"}
                """.formatted(namespace, name), ActorTemplate.class);
    }

    static WorkerPool pool(String namespace, String name, int replicas) {
        WorkerPool pool = new WorkerPool();
        pool.setMetadata(
                new ObjectMetaBuilder().withNamespace(namespace).withName(name).build());
        // its Pods are looked at and never run, also where the cluster has nodes
        PodSettings nowhere = new PodSettings(Map.of("example.com/node", "none"), null, null, null, null);
        pool.setSpec(new WorkerPoolSpec(replicas, "docker.io/local/ateom:1", nowhere, SandboxClass.GVISOR, null, null));
        return pool;
    }

    /** As many workers as it has begins with nobody's word: only its autoscaler sets it. */
    static WorkerPool autoscaledPool(String namespace, String name, int min, int max, int free) {
        WorkerPool pool = pool(namespace, name, min);
        WorkerPoolSpec spec = pool.getSpec();
        pool.setSpec(new WorkerPoolSpec(
                null,
                spec.ateomImage(),
                spec.template(),
                spec.sandboxClass(),
                null,
                new WorkerPoolSpec.Autoscaling(min, max, free)));
        return pool;
    }

    static SandboxConfig sandboxConfig(String name, boolean isDefault) {
        SandboxConfig config = new SandboxConfig();
        config.setMetadata(new ObjectMetaBuilder().withName(name).build());
        config.setSpec(new SandboxConfigSpec(SandboxClass.GVISOR, isDefault, null));
        return config;
    }
}
