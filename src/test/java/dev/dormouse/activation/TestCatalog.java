package dev.dormouse.activation;

import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolSpec;
import dev.dormouse.pool.WorkerPoolSpec.Autoscaling;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.sandboxconfig.SandboxConfig;
import dev.dormouse.sim.SimulatedStorage;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateSpec;
import dev.dormouse.template.ActorTemplateSpec.Container;
import dev.dormouse.template.ActorTemplateSpec.SnapshotsConfig;
import dev.dormouse.template.ActorTemplateStatus;
import dev.dormouse.template.Catalog;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Templates and pools as a test declares them. */
final class TestCatalog implements Catalog {

    static final String GOLDEN_URI = "file:///snapshots/golden";

    final Map<TemplateRef, ActorTemplate> templates = new ConcurrentHashMap<>();
    final Map<TemplateRef, SnapshotRef> golden = new ConcurrentHashMap<>();
    final List<WorkerPool> pools = new CopyOnWriteArrayList<>();
    final Map<String, Map<String, String>> secrets = new ConcurrentHashMap<>();

    TemplateRef template(String name, @Nullable String idleTimeout) {
        return template(name, spec(idleTimeout), true);
    }

    TemplateRef template(String name, ActorTemplateSpec spec, boolean ready) {
        ActorTemplate template = new ActorTemplate();
        template.setMetadata(
                new ObjectMetaBuilder().withNamespace("demo").withName(name).build());
        template.setSpec(spec);
        templates.put(template.ref(), template);
        if (ready) {
            golden.put(
                    template.ref(),
                    new SnapshotRef(
                            UUID.randomUUID(),
                            GOLDEN_URI,
                            Scope.FULL,
                            8,
                            "gvisor",
                            SimulatedStorage.BUILD,
                            "amd64/f00",
                            null,
                            Instant.EPOCH));
        }
        return template.ref();
    }

    static ActorTemplateSpec spec(@Nullable String idleTimeout) {
        return new ActorTemplateSpec(
                "pause@sha256:0",
                List.of(new Container("main", "counter@sha256:1", null, null, null, null, null, null)),
                null,
                new SnapshotsConfig("file:///snapshots", null, null),
                null,
                null,
                null,
                null,
                idleTimeout == null ? null : new ActorTemplateSpec.Lifecycle(idleTimeout),
                null,
                null,
                null);
    }

    void pool(String name, Map<String, String> labels) {
        pool(name, labels, null);
    }

    void pool(String name, Map<String, String> labels, @Nullable Autoscaling autoscaling) {
        WorkerPool pool = new WorkerPool();
        pool.setMetadata(new ObjectMetaBuilder()
                .withNamespace("demo")
                .withName(name)
                .withLabels(labels)
                .build());
        pool.setSpec(new WorkerPoolSpec(1, "ateom@sha256:2", null, null, null, autoscaling));
        pools.add(pool);
    }

    @Override
    public Optional<ActorTemplate> template(TemplateRef ref) {
        return Optional.ofNullable(templates.get(ref));
    }

    @Override
    public List<ActorTemplate> templates() {
        return List.copyOf(templates.values());
    }

    @Override
    public List<WorkerPool> pools() {
        return List.copyOf(pools);
    }

    @Override
    public List<SandboxConfig> sandboxConfigs() {
        return List.of();
    }

    @Override
    public Optional<SnapshotRef> golden(TemplateRef ref) {
        return Optional.ofNullable(golden.get(ref));
    }

    @Override
    public Uni<Boolean> templateStatus(ActorTemplate seen, ActorTemplateStatus status, @Nullable SnapshotRef snapshot) {
        return Uni.createFrom().item(true);
    }

    @Override
    public Uni<Void> refresh() {
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Void> poolStatus(PoolRef ref, WorkerPoolStatus status) {
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Map<String, String>> secret(String namespace, String name) {
        Map<String, String> secret = secrets.get(namespace + "/" + name);
        return secret == null
                ? Uni.createFrom()
                        .failure(new Failure(
                                Code.FAILED_PRECONDITION, "Secret %s/%s not found".formatted(namespace, name)))
                : Uni.createFrom().item(secret);
    }
}
