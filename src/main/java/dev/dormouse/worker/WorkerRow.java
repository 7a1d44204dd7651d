package dev.dormouse.worker;

import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A worker's row.
 *
 * @param state FREE, ASSIGNED, DRAINING or LOST
 * @param actor that holds it, with its generation; null when none does
 */
record WorkerRow(
        UUID uid,
        PoolRef pool,
        String pod,
        String node,
        String ip,
        UUID ateomId,
        String address,
        String state,
        @Nullable ActorKey actor,
        long generation,
        Instant releasedAt) {

    @Nullable
    Stay stay() {
        return actor == null ? null : new Stay(uid, actor, generation);
    }
}
