package dev.dormouse.cluster;

import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes statuses to the objects' status subresource, and what became of their conditions as events. Blocks. */
final class Statuses {

    private static final int TRIES = 3;

    private final KubernetesClient client;
    private final ObjectEvents events;

    Statuses(KubernetesClient client, ObjectEvents events) {
        this.client = client;
        this.events = events;
    }

    /** @return the template as it is now; empty when it changed or went since it was {@code seen} */
    Optional<ActorTemplate> write(ActorTemplate seen, ActorTemplateStatus status) {
        ActorTemplate next = new ActorTemplate();
        next.setMetadata(identity(seen));
        next.setSpec(seen.getSpec());
        next.setStatus(status);
        Optional<ActorTemplate> written = put(next);
        written.ifPresent(now -> events.changed(now, conditions(seen), status.conditions()));
        return written;
    }

    /** @return the pool as it is now; empty when it went, or changes faster than can be followed */
    Optional<WorkerPool> write(WorkerPool pool, WorkerPoolStatus status) {
        WorkerPool seen = pool;
        for (int attempt = 0; attempt < TRIES && seen != null; attempt++) {
            WorkerPool next = new WorkerPool();
            next.setMetadata(identity(seen));
            next.setSpec(seen.getSpec());
            next.setStatus(status);
            Optional<WorkerPool> written = put(next);
            if (written.isPresent()) {
                events.changed(written.get(), conditions(seen), status.conditions());
                return written;
            }
            seen = client.resource(pool).get();
        }
        return Optional.empty();
    }

    private <T extends HasMetadata> Optional<T> put(T next) {
        try {
            return Optional.of(client.resource(next).updateStatus());
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What names one state of an object; the rest of its metadata is not changed with a status. */
    private static ObjectMeta identity(HasMetadata object) {
        ObjectMeta metadata = object.getMetadata();
        return new ObjectMetaBuilder()
                .withNamespace(metadata.getNamespace())
                .withName(metadata.getName())
                .withUid(metadata.getUid())
                .withResourceVersion(metadata.getResourceVersion())
                .build();
    }

    private static @Nullable List<Condition> conditions(ActorTemplate template) {
        return template.getStatus() == null ? null : template.getStatus().conditions();
    }

    private static @Nullable List<Condition> conditions(WorkerPool pool) {
        return pool.getStatus() == null ? null : pool.getStatus().conditions();
    }
}
