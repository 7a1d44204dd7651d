package dev.dormouse.scheduler;

import dev.dormouse.name.PoolRef;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A worker as placement sees it.
 *
 * @param prepared digest of the template that its waiting sandbox is made for; empty when none waits
 * @param releasedAt when its last activation ended
 * @param occupant the actor on it, for the explanation; empty when there is none
 */
public record Candidate(
        UUID uid,
        PoolRef pool,
        String pod,
        String node,
        Hardware hardware,
        State state,
        String prepared,
        Instant releasedAt,
        String occupant) {

    /** Whether an actor may be placed there. */
    public enum State {
        /** Yes. */
        FREE,
        /** An actor is on it, or about to be. */
        ASSIGNED,
        /** Going away: takes no more actors. */
        DRAINING,
        /** Its ateom has not been heard of, or its slot is in an unknown condition. */
        LOST
    }

    // written out: in a native executable the one that comes with a record takes 14 us, see docs/decisions/0011
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof Candidate worker
                        && uid.equals(worker.uid)
                        && state == worker.state
                        && pool.equals(worker.pool)
                        && pod.equals(worker.pod)
                        && node.equals(worker.node)
                        && hardware.equals(worker.hardware)
                        && prepared.equals(worker.prepared)
                        && releasedAt.equals(worker.releasedAt)
                        && occupant.equals(worker.occupant);
    }
}
