package dev.dormouse.standalone;

import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolSpec;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.sandboxconfig.SandboxConfig;
import dev.dormouse.sandboxconfig.SandboxConfigSpec;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateSpec;
import dev.dormouse.template.ActorTemplateStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that is declared, as it was read at one moment. Secrets stay in the table. */
record ManifestState(
        Map<TemplateRef, ActorTemplate> templates,
        Map<TemplateRef, SnapshotRef> golden,
        Map<PoolRef, WorkerPool> pools,
        List<SandboxConfig> sandboxConfigs) {

    static final ManifestState EMPTY = new ManifestState(Map.of(), Map.of(), Map.of(), List.of());

    static ManifestState of(List<ManifestRow> rows) {
        Map<TemplateRef, ActorTemplate> templates = new LinkedHashMap<>();
        Map<TemplateRef, SnapshotRef> golden = new LinkedHashMap<>();
        Map<PoolRef, WorkerPool> pools = new LinkedHashMap<>();
        for (ManifestRow row : rows) {
            switch (row.key().kind()) {
                case ACTOR_TEMPLATE -> {
                    ActorTemplate template = template(row);
                    templates.put(template.ref(), template);
                    if (row.golden() != null) {
                        golden.put(template.ref(), ManifestJson.stored(row.golden(), SnapshotRef.class));
                    }
                }
                case WORKER_POOL -> {
                    WorkerPool pool = pool(row);
                    pools.put(pool.ref(), pool);
                }
                case SANDBOX_CONFIG, SECRET -> {}
            }
        }
        List<SandboxConfig> configs = rows.stream()
                .filter(row -> row.key().kind() == ManifestKind.SANDBOX_CONFIG)
                .map(ManifestState::sandboxConfig)
                .toList();
        return new ManifestState(templates, golden, pools, configs);
    }

    private static ActorTemplate template(ManifestRow row) {
        ActorTemplate template = new ActorTemplate();
        template.setMetadata(metadata(row));
        template.setSpec(ManifestJson.stored(row.spec(), ActorTemplateSpec.class));
        if (row.status() != null) {
            template.setStatus(ManifestJson.stored(row.status(), ActorTemplateStatus.class));
        }
        return template;
    }

    private static WorkerPool pool(ManifestRow row) {
        WorkerPool pool = new WorkerPool();
        pool.setMetadata(metadata(row));
        pool.setSpec(ManifestJson.stored(row.spec(), WorkerPoolSpec.class));
        if (row.status() != null) {
            pool.setStatus(ManifestJson.stored(row.status(), WorkerPoolStatus.class));
        }
        return pool;
    }

    private static SandboxConfig sandboxConfig(ManifestRow row) {
        SandboxConfig config = new SandboxConfig();
        config.setMetadata(metadata(row));
        config.setSpec(ManifestJson.stored(row.spec(), SandboxConfigSpec.class));
        return config;
    }

    private static ObjectMeta metadata(ManifestRow row) {
        return new ObjectMetaBuilder()
                .withName(row.key().name())
                .withNamespace(
                        row.key().namespace().isEmpty() ? null : row.key().namespace())
                .withLabels(ManifestJson.storedMap(row.labels()))
                .withAnnotations(ManifestJson.storedMap(row.annotations()))
                .withUid(row.uid().toString())
                .withGeneration(row.generation())
                .withResourceVersion(Long.toString(row.version()))
                .withCreationTimestamp(
                        row.createdAt().truncatedTo(ChronoUnit.SECONDS).toString())
                .build();
    }
}
