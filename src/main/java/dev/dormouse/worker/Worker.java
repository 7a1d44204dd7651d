package dev.dormouse.worker;

import dev.dormouse.name.PoolRef;
import dev.dormouse.scheduler.Candidate;
import dev.dormouse.scheduler.Hardware;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A worker as this replica knows it.
 *
 * @param ateomId the process that serves it; new with each start
 * @param address host:port of that process
 * @param state whether an actor may be placed there
 * @param stay the activation that holds it; null when none does, or another replica's is not known yet
 * @param runs true when its last report showed that activation running
 * @param prepared digest of the template that its waiting sandbox is made for; empty when none waits
 * @param idleSince since when its actor has been idle; null while it is busy or there is none
 */
public record Worker(
        UUID uid,
        PoolRef pool,
        String pod,
        String node,
        String ip,
        UUID ateomId,
        String address,
        Hardware hardware,
        Candidate.State state,
        @Nullable Stay stay,
        boolean runs,
        String prepared,
        Instant releasedAt,
        @Nullable Instant idleSince) {

    /** Where its commands go. */
    public AteomRef ateom() {
        return new AteomRef(ateomId, address);
    }
}
