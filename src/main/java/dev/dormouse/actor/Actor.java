package dev.dormouse.actor;

import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.snapshot.SnapshotRef;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An actor's record as the database holds it.
 *
 * @param version grows by one with every change of the record but its idle and busy times; serves {@code If-Match}
 * @param generation grows by one with every claim and promotion; the fencing token of its activation. A record created again
 *     under the key of one deleted in the last day goes on counting
 * @param workerSelector labels that a pool must carry, beside those the template asks for
 * @param activation the stay on a worker that is under way; null when asleep
 * @param intent the transition under way; null at rest
 * @param snapshot the last durable snapshot; null before the first (it then starts from the template's golden one)
 * @param localSnapshot a newer one on a node, of a PAUSED actor
 * @param lastError why the last transition failed, for the user; null when it succeeded
 */
public record Actor(
        ActorKey key,
        UUID uid,
        TemplateRef template,
        ActorStatus status,
        long version,
        long generation,
        Map<String, String> labels,
        Map<String, String> workerSelector,
        @Nullable Activation activation,
        @Nullable Intent intent,
        @Nullable SnapshotRef snapshot,
        @Nullable SnapshotRef localSnapshot,
        @Nullable Instant idleSince,
        @Nullable Instant busyUntil,
        @Nullable String lastError,
        Instant createdAt,
        Instant updatedAt) {

    /**
     * One stay on a worker.
     *
     * @param endpoint where its traffic goes; null until it is RUNNING
     */
    public record Activation(
            UUID workerUid, WorkerRef worker, @Nullable Endpoint endpoint) {}

    /** The worker as it was at the claim. */
    public record WorkerRef(String namespace, String pool, String pod, String ip, String node) {}

    /**
     * The inbound address of one activation; closed with it, so that a stale route reaches nobody.
     *
     * @param ports the actor's port to the port at {@code host}
     */
    public record Endpoint(String host, Map<Integer, Integer> ports) {}

    /**
     * A transition that some replica carries out.
     *
     * @param deadline when any replica may take it over
     * @param snapshotId the snapshot being taken; null while resuming
     */
    public record Intent(
            UUID owner,
            Instant deadline,
            Cause cause,
            @Nullable UUID snapshotId) {}
}
