package dev.dormouse.actor;

import dev.dormouse.atespace.QuotaReached;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.snapshot.SnapshotRef;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The actors' truth. Each transition is one conditional SQL statement that changes actor, worker, snapshot and journal together;
 * a condition that does not hold changes nothing and is an answer, not an error. Calls of one kind that arrive while a statement
 * of that kind is under way go together in the next one; a lone call never waits for company.
 *
 * <p>The store publishes each committed change of an actor, and of the worker it took or gave back, to the
 * {@link dev.dormouse.journal.ChangeFeed}: callers don't. Answers arrive on a thread of the database client.
 */
public interface ActorStore {

    /**
     * What a new actor is made of.
     *
     * @param snapshot null but for forks: the origin's own, whose files the two then share
     */
    record NewActor(
            ActorKey key,
            TemplateRef template,
            Map<String, String> labels,
            Map<String, String> workerSelector,
            @Nullable SnapshotRef snapshot,
            @Nullable ActorKey forkedFrom) {}

    /**
     * Fails ALREADY_EXISTS; FAILED_PRECONDITION {@code Atespace <name> not found}; ABORTED when the origin let go of the snapshot;
     * RESOURCE_EXHAUSTED when a quota of the atespace is reached.
     */
    Uni<Actor> create(NewActor actor);

    Uni<Optional<Actor>> find(ActorKey key);

    /**
     * What to list.
     *
     * @param after the key to go on behind; null from the start
     * @param limit at most so many, 1 to 1000
     */
    record Query(
            @Nullable AtespaceName atespace,
            @Nullable ActorStatus status,
            @Nullable TemplateRef template,
            Map<String, String> labels,
            @Nullable ActorKey after,
            int limit) {}

    /** @param next the key to go on behind; null when there is nothing more. A page may be short and still have a next. */
    record Page(List<Actor> actors, @Nullable ActorKey next) {}

    Uni<Page> list(Query query);

    /** Actors whose last transition failed and that nobody has mended since, latest change first; at most {@code limit}, of all atespaces. */
    Uni<List<Actor>> failed(int limit);

    /** Null fields stay as they are; maps replace. Fails NOT_FOUND, ABORTED when {@code ifVersion} is given and not the present one. */
    Uni<Actor> patch(
            ActorKey key,
            @Nullable Map<String, String> labels,
            @Nullable Map<String, String> workerSelector,
            @Nullable Long ifVersion);

    /**
     * Removes the record; its snapshots become DELETING in the same statement. Fails NOT_FOUND, FAILED_PRECONDITION
     * {@code Actor <id> is not suspended (status: STATUS_X)} unless SUSPENDED or PAUSED.
     */
    Uni<Actor> delete(ActorKey key, @Nullable Long ifVersion);

    /**
     * A wish for a worker, decided by the scheduler on the record it saw.
     *
     * @param seenVersion the actor's version that the decision rests on
     * @param workerUid the worker chosen; it must be FREE
     * @param cause why
     * @param owner this replica
     * @param lease how long the intent is ours without renewal
     * @param claimMicros time spent so far, for the journal
     */
    record Claim(
            ActorKey key,
            long seenVersion,
            UUID workerUid,
            Cause cause,
            UUID owner,
            Duration lease,
            long claimMicros) {}

    sealed interface ClaimOutcome permits Claimed, Lost, Moved, Gone, OverQuota {}

    /** The actor is RESUMING under a new generation and the worker ASSIGNED to it. */
    record Claimed(Actor actor) implements ClaimOutcome {}

    /** The worker was not FREE (any more): pick another. */
    record Lost() implements ClaimOutcome {}

    /** The record changed since it was seen, or can't be claimed in its status: decide again on this one. */
    record Moved(Actor actor) implements ClaimOutcome {}

    /** There is no such actor. */
    record Gone() implements ClaimOutcome {}

    /** A quota of the atespace leaves no room for one more wake. Of claims only. */
    record OverQuota(QuotaReached reached) implements ClaimOutcome {}

    Uni<ClaimOutcome> claim(Claim claim);

    /** RESUMING to RUNNING. Empty when the generation is not the present one or the status is another: end the activation. */
    Uni<Optional<Actor>> running(ActorKey key, long generation, Actor.Endpoint endpoint, Phases phases);

    /** What becomes of the worker when an activation ends. */
    enum WorkerAfter {
        /** ateom said that the slot is clean. */
        FREE,
        /** Nobody knows: no placement until ateom reports. */
        LOST
    }

    /** RESUMING back to SUSPENDED, or PAUSED if a local snapshot is there and {@code keepLocal}. Empty as in {@link #running}. */
    Uni<Optional<Actor>> resumeFailed(
            ActorKey key, long generation, String error, boolean keepLocal, WorkerAfter worker, Phases phases);

    /**
     * Leaves the reason why a SUSPENDED or PAUSED actor can't be woken on its record and in the journal. Empty when the record is not
     * at {@code seenVersion}, or has that reason already.
     */
    Uni<Optional<Actor>> refused(ActorKey key, long seenVersion, String error, Cause cause);

    /**
     * A wish to sleep.
     *
     * @param to SUSPENDING or PAUSING
     * @param idleBefore if given: only when idle since before then and no router holds a request
     */
    record Sleep(
            ActorKey key,
            ActorStatus to,
            Cause cause,
            UUID snapshotId,
            UUID owner,
            Duration lease,
            @Nullable Instant idleBefore) {}

    /** RUNNING to SUSPENDING or PAUSING. Moved when it is in another status or not idle. Gone when it isn't there. Never anything else. */
    Uni<ClaimOutcome> sleep(Sleep sleep);

    /**
     * SUSPENDING or PAUSING to SUSPENDED or PAUSED with its new snapshot; the worker becomes FREE. A durable snapshot replaces the
     * actor's durable one; those beyond the last {@code keepDurable} become DELETING. A local one never replaces a durable one.
     */
    Uni<Optional<Actor>> slept(ActorKey key, long generation, SnapshotRef snapshot, int keepDurable, Phases phases);

    /** SUSPENDING or PAUSING back to RUNNING: the snapshot could not be taken and the actor runs on. */
    Uni<Optional<Actor>> sleepFailed(ActorKey key, long generation, String error, Phases phases);

    /**
     * Any awake status to SUSPENDED at the last durable snapshot (PAUSED if {@code keepLocal} and a local one is there): the
     * workload crashed or its worker is gone.
     *
     * @param type journal type: {@code Crashed} or {@code WorkerLost}
     */
    Uni<Optional<Actor>> fell(
            ActorKey key, long generation, String type, String error, boolean keepLocal, WorkerAfter worker);

    /** PAUSED to SUSPENDING without a worker under a new generation, to upload the local snapshot. Outcomes as in {@link #sleep}. */
    Uni<ClaimOutcome> promote(ActorKey key, Cause cause, UUID owner, Duration lease);

    /** Ends a promotion: SUSPENDED with the durable snapshot, or back to PAUSED with an error when {@code snapshot} is null. */
    Uni<Optional<Actor>> promoted(
            ActorKey key,
            long generation,
            @Nullable SnapshotRef snapshot,
            @Nullable String error,
            int keepDurable,
            Phases phases);

    /** Records a durable snapshot taken of an actor that runs on (fork). Empty as in {@link #running}. */
    Uni<Optional<Actor>> snapshotTaken(ActorKey key, long generation, SnapshotRef snapshot, int keepDurable);

    /** Transitions whose deadline passed become {@code owner}'s for {@code lease}; at most {@code limit}. */
    Uni<List<Actor>> takeOverExpired(UUID owner, Duration lease, int limit);

    /** Prolongs the intents of this owner; returns those that are no longer its own. The version stays. */
    Uni<List<ActorKey>> renew(UUID owner, Map<ActorKey, Long> generations, Duration lease);

    /** RUNNING actors on workers. Few, by nature: at most one per worker. */
    Uni<List<Actor>> awake();

    /**
     * Writes what workers reported: since when each has been idle (null: busy). Rows of other generations are left alone, and so
     * are those that differ by less than a second. No change of the record: the version stays.
     */
    Uni<Void> reportIdle(Map<ActorKey, Idle> reports);

    /** @param since null while busy */
    record Idle(long generation, @Nullable Instant since) {}

    /** A router holds requests open for these actors at least until {@code until}. No change of the record: the version stays. */
    Uni<Void> reportBusy(List<ActorKey> keys, Instant until);

    /** Adds ports that were opened after the activation. */
    Uni<Void> addPort(ActorKey key, long generation, int actorPort, int endpointPort);
}
