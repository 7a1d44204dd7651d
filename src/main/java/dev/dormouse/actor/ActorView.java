package dev.dormouse.actor;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.dormouse.snapshot.SnapshotRef;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An actor as the API shows it. */
@Schema(name = "Actor")
@JsonPropertyOrder({
    "atespace",
    "id",
    "uid",
    "template",
    "status",
    "version",
    "generation",
    "worker",
    "snapshot",
    "localSnapshot",
    "labels",
    "workerSelector",
    "idleSince",
    "lastError",
    "createdAt",
    "updatedAt"
})
public record ActorView(
        @Schema(examples = "default") String atespace,
        @Schema(examples = "my-counter") String id,
        UUID uid,
        Template template,

        @Schema(
                examples = "STATUS_SUSPENDED",
                enumeration = {
                    "STATUS_SUSPENDED",
                    "STATUS_RESUMING",
                    "STATUS_RUNNING",
                    "STATUS_SUSPENDING",
                    "STATUS_PAUSING",
                    "STATUS_PAUSED"
                })
        String status,

        @Schema(description = "Grows by one with every change of the record; serves If-Match.")
        long version,

        @Schema(description = "Grows by one with every stay on a worker.")
        long generation,

        @Schema(description = "Where it runs; null when asleep.") @Nullable
        Worker worker,

        @Schema(description = "The last durable snapshot; null before the first.") @Nullable
        Snapshot snapshot,

        @Schema(description = "A newer one on a node, of a paused actor.") @Nullable
        Snapshot localSnapshot,

        Map<String, String> labels,

        @Schema(description = "Labels that a pool must carry to run it.")
        Map<String, String> workerSelector,

        @Schema(description = "Since when it has been idle; null while busy or asleep.") @Nullable
        Instant idleSince,

        @Schema(description = "Why the last transition failed; null when it succeeded.") @Nullable
        String lastError,

        Instant createdAt,
        Instant updatedAt) {

    @Schema(name = "TemplateName")
    public record Template(
            @Schema(examples = "demo") String namespace,
            @Schema(examples = "counter") String name) {}

    @Schema(name = "WorkerName")
    public record Worker(String namespace, String pool, String pod, String ip, String node) {}

    /** @param node the only node that holds it; null when it is durable */
    @Schema(name = "Snapshot")
    public record Snapshot(
            UUID id,

            @Schema(
                    examples =
                            "file:/var/lib/dormouse/snapshots/default/my-counter/0190b6a1-0000-7000-8000-000000000001")
            String uri,

            @Schema(enumeration = {"FULL", "DATA"}) String scope,
            long sizeBytes,
            @Nullable String node,
            Instant createdAt) {

        public static Snapshot of(SnapshotRef ref) {
            return new Snapshot(ref.id(), ref.uri(), ref.scope().name(), ref.sizeBytes(), ref.node(), ref.createdAt());
        }

        private static @Nullable Snapshot ofNullable(@Nullable SnapshotRef ref) {
            return ref == null ? null : of(ref);
        }
    }

    public static ActorView of(Actor actor) {
        return new ActorView(
                actor.key().atespace().value(),
                actor.key().id().value(),
                actor.uid(),
                new Template(actor.template().namespace(), actor.template().name()),
                actor.status().wireName(),
                actor.version(),
                actor.generation(),
                worker(actor.activation()),
                Snapshot.ofNullable(actor.snapshot()),
                Snapshot.ofNullable(actor.localSnapshot()),
                actor.labels(),
                actor.workerSelector(),
                actor.idleSince(),
                actor.lastError(),
                actor.createdAt(),
                actor.updatedAt());
    }

    private static @Nullable Worker worker(Actor.@Nullable Activation activation) {
        if (activation == null) {
            return null;
        }
        Actor.WorkerRef at = activation.worker();
        return new Worker(at.namespace(), at.pool(), at.pod(), at.ip(), at.node());
    }
}
