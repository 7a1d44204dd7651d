package dev.dormouse.journal;

import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import io.smallrye.mutiny.Multi;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What changed just now, for whoever must react at once (route table, wait queue, watchers). Changes of this replica arrive in
 * memory, those of others through the database's notifications. A subscriber that is too slow loses the oldest and gets
 * {@link Missed}: it must read the truth again.
 */
public interface ChangeFeed {

    sealed interface Change permits ActorChange, WorkerChange, CatalogChange, CallersWaiting, Missed {}

    /**
     * @param status the new status's name; {@code DELETED} when the record is gone
     * @param generation the activation that this is about
     */
    record ActorChange(
            ActorKey key,
            String status,
            long version,
            long generation,
            @Nullable UUID workerUid) implements Change {}

    /** @param state FREE, ASSIGNED, DRAINING, LOST or GONE */
    record WorkerChange(UUID uid, String state) implements Change {}

    /** A template, pool or sandbox config changed. {@code kind} is the Kubernetes kind. */
    record CatalogChange(String kind, String namespace, String name) implements Change {}

    /**
     * How many callers wait at a replica for a worker of an autoscaled pool. It is told again and again while there are any: whoever
     * misses one hears the next.
     */
    record CallersWaiting(UUID replica, PoolRef pool, int callers) implements Change {}

    record Missed() implements Change {}

    /** Hot: from now on. */
    Multi<Change> changes();

    /** Tells every replica. */
    void publish(Change change);

    /** Tells this replica only: the others see the change themselves. */
    void publishHere(Change change);
}
