package dev.dormouse.worker;

import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.scheduler.Candidate;
import dev.dormouse.scheduler.Hardware;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** All that this replica knows of one worker: its row, its last report, and what this replica is about to do with it. */
final class SlotKnowledge {

    final UUID uid;
    PoolRef pool;
    String pod;
    String node;
    String ip;
    UUID ateomId;
    String address;

    String rowState;

    @Nullable
    Stay stay;

    Instant releasedAt;

    Hardware hardware = Hardware.UNKNOWN;
    String prepared = "";
    boolean broken;
    boolean draining;
    /** To be removed: its actor is put to sleep, then it goes. */
    boolean retired;
    /** Its ateom lives and no longer has this slot. */
    boolean absent;
    /** The slot holds something that the record doesn't know of. */
    boolean squatted;
    /** Nobody has heard of its ateom for too long. */
    boolean silent;
    /** Since when its actor has been idle. */
    @Nullable
    Instant idleSince;
    /** The last report showed {@link #stay} running. */
    boolean runs;
    /** Since when {@link #stay} has been known. */
    Instant staySince = Instant.EPOCH;
    /** What the last report showed that the record doesn't know of. */
    @Nullable
    Stay squatter;
    /** The activation that the last report should have shown and didn't. */
    @Nullable
    Stay missed;

    /** This replica is about to claim it. */
    boolean reserved;
    /** Counter value of the last change that was not read from the database. */
    long revision;

    SlotKnowledge(WorkerRow row) {
        uid = row.uid();
        row(row, Instant.EPOCH);
    }

    void row(WorkerRow row, Instant now) {
        pool = row.pool();
        pod = row.pod();
        node = row.node();
        ip = row.ip();
        ateomId = row.ateomId();
        address = row.address();
        rowState = row.state();
        releasedAt = row.releasedAt();
        stay(row.stay(), now);
    }

    void stay(@Nullable Stay present, Instant now) {
        if (present == null || !present.equals(stay)) {
            idleSince = null;
            missed = null;
            runs = false;
            staySince = now;
        }
        stay = present;
    }

    /** @param idle null when the occupant isn't, or nobody knows */
    void idleElsewhere(WorkerStore.@Nullable IdleOccupant idle) {
        idleSince = idle != null && stay != null && stay.generation() == idle.generation() ? idle.since() : null;
    }

    boolean holds(ActorKey actor, long generation) {
        return stay != null && stay.generation() == generation && stay.actor().equals(actor);
    }

    Candidate.State state() {
        if (silent || broken || squatted || absent) {
            return Candidate.State.LOST;
        }
        if (draining || retired || rowState.equals("DRAINING")) {
            return Candidate.State.DRAINING;
        }
        if (reserved || stay != null) {
            return Candidate.State.ASSIGNED;
        }
        return switch (rowState) {
            case "FREE" -> Candidate.State.FREE;
            case "ASSIGNED" -> Candidate.State.ASSIGNED;
            default -> Candidate.State.LOST;
        };
    }

    Candidate candidate() {
        String occupant = stay == null ? "" : stay.actor().toString();
        return new Candidate(uid, pool, pod, node, hardware, state(), prepared, releasedAt, occupant);
    }

    Worker view() {
        return new Worker(
                uid,
                pool,
                pod,
                node,
                ip,
                ateomId,
                address,
                hardware,
                state(),
                stay,
                runs,
                prepared,
                releasedAt,
                idleSince);
    }
}
