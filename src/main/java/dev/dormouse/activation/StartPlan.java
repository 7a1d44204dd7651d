package dev.dormouse.activation;

import dev.dormouse.scheduler.Need;
import dev.dormouse.snapshot.SnapshotRef;
import org.jspecify.annotations.Nullable;

/**
 * How an actor is going to start.
 *
 * @param need what it asks of a worker
 * @param from the snapshot it starts from; null: it boots from the image
 * @param boot boot from the image with the snapshot's durable directories
 * @param forsaken why its newest state can't be used; null when it can
 */
record StartPlan(
        Blueprint blueprint,
        Need need,
        @Nullable SnapshotRef from,
        boolean boot,
        @Nullable String forsaken) {

    /** True when it starts from a snapshot that only one node holds. */
    boolean isLocal() {
        return from != null && from.node() != null;
    }

    String snapshotUri() {
        return from == null ? "" : from.uri();
    }
}
