package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.ActorStore.WorkerAfter;
import dev.dormouse.actor.Cause;
import dev.dormouse.actor.Phases;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.ateom.wire.SnapshotTaken;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.worker.Stay;
import dev.dormouse.worker.Worker;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One sleep: SUSPENDING or PAUSING, snapshot, asleep. A snapshot that can't be taken leaves the actor running. */
final class Sleep {

    private static final Logger LOG = Logger.getLogger(Sleep.class);
    private static final Duration BEFORE_ASKING_AGAIN = Duration.ofMillis(200);
    private static final Duration LONGEST_BEFORE_ASKING_AGAIN = Duration.ofSeconds(2);
    private static final long MICROS_PER_MILLI = 1000;

    private final Sleeps with;
    private final ActorKey key;
    private final ActorStatus to;
    private final Cause cause;
    private final Stopwatch watch = new Stopwatch();
    private final Deadline settledBy;
    private final Traces.Trace trace;

    Sleep(Sleeps with, ActorKey key, ActorStatus to, Cause cause) {
        this.with = with;
        this.key = key;
        this.to = to;
        this.cause = cause;
        this.settledBy = Deadline.in(with.settleLimit());
        this.trace = with.traces.begin(to == ActorStatus.PAUSING ? "pause" : "suspend", key, cause);
    }

    Uni<Actor> run(@Nullable Instant idleBefore) {
        return traced(begin(idleBefore));
    }

    /** A sleep whose owner died, from its intent on. */
    Uni<Actor> takeOver(Actor actor) {
        return traced(goOn(actor));
    }

    private Uni<Actor> traced(Uni<Actor> sleep) {
        return sleep.onItemOrFailure().invoke((actor, failure) -> trace.end(failure));
    }

    private Uni<Actor> begin(@Nullable Instant idleBefore) {
        var wish = new ActorStore.Sleep(
                key, to, cause, Sleeps.newSnapshotId(), with.leases.owner(), with.leases.lease(), idleBefore);
        return trace.step("claim", with.store.sleep(wish)).chain(outcome -> switch (outcome) {
            case ActorStore.Claimed claimed -> goOn(claimed.actor());
            case ActorStore.Moved moved -> moved(moved.actor(), idleBefore);
            case ActorStore.Gone() -> throw Records.notFound(key);
            case ActorStore.Lost() -> throw new IllegalStateException("a sleep needs no worker to be free");
            case ActorStore.OverQuota over -> throw new IllegalStateException("no quota refuses a sleep");
        });
    }

    private Uni<Actor> moved(Actor actor, @Nullable Instant idleBefore) {
        with.records.saw(actor);
        return switch (actor.status()) {
            case RUNNING -> Uni.createFrom().item(actor);
            case SUSPENDED -> to == ActorStatus.SUSPENDING ? Uni.createFrom().item(actor) : refuse(actor);
            case PAUSED ->
                to == ActorStatus.PAUSING
                        ? Uni.createFrom().item(actor)
                        : trace.step("promote", with.promote(actor, cause));
            case RESUMING -> refuse(actor);
            // the same, by another replica
            case SUSPENDING, PAUSING ->
                actor.status() == to
                        ? with.records.settled(key, settledBy.left()).chain(settled -> moved(settled, idleBefore))
                        : refuse(actor);
        };
    }

    private Uni<Actor> refuse(Actor actor) {
        String detail = actor.status().inTransition()
                ? Sleeps.BUSY
                : "Actor %s can't be paused (status: %s)"
                        .formatted(key.id(), actor.status().wireName());
        return Uni.createFrom().failure(new Failure(Code.ABORTED, detail));
    }

    /** From the intent on: takes the snapshot it names, again if need be. */
    private Uni<Actor> goOn(Actor actor) {
        watch.claimDone();
        with.records.saw(actor);
        Actor.Activation activation = Objects.requireNonNull(actor.activation());
        trace.about(actor.template());
        trace.on(activation);
        Stay stay = new Stay(activation.workerUid(), key, actor.generation());
        with.leases.hold(key, actor.generation());
        return with.workloads
                .of(actor.template())
                .chain(blueprint -> checkpoint(actor, blueprint, stay))
                .onTermination()
                .invoke(() -> with.leases.release(key, actor.generation()));
    }

    private Uni<Actor> checkpoint(Actor actor, Blueprint blueprint, Stay stay) {
        Optional<Worker> worker = with.workers.find(stay.worker());
        if (worker.isEmpty()) {
            return fell(stay, "WorkerLost", "its worker is gone", WorkerAfter.LOST);
        }
        UUID snapshot =
                Objects.requireNonNull(Objects.requireNonNull(actor.intent()).snapshotId());
        boolean pause = to == ActorStatus.PAUSING;
        Scope scope = Snapshots.scope(key, blueprint, pause, worker.get());
        Traces.Step call = trace.call("checkpoint");
        return askForSnapshot(actor, snapshot, scope, pause ? null : blueprint.location(), stay, call.parent())
                .onItemOrFailure()
                .transformToUni((response, failure) -> {
                    if (failure != null) {
                        call.end(failure);
                        return unanswered(stay, failure);
                    }
                    if (response.hasFailure()) {
                        call.refused(response.getFailure());
                        return refused(stay, response);
                    }
                    call.end(null);
                    SnapshotTaken taken = response.getTaken();
                    Instant at = with.clock.instant();
                    // after a restart of this server its hardware may have become known only now
                    Worker took = with.workers.find(stay.worker()).orElse(worker.get());
                    return slept(stay, Snapshots.ref(snapshot, taken, scope, took, pause, at), taken);
                });
    }

    /** Asks again while the worker is there: ateom answers the same snapshot the same. */
    private Uni<CheckpointResponse> askForSnapshot(
            Actor actor, UUID snapshot, Scope scope, @Nullable String location, Stay stay, String traceParent) {
        return Uni.createFrom()
                .deferred(() -> {
                    Worker worker = with.workers
                            .find(stay.worker())
                            .orElseThrow(() -> new IllegalStateException("the worker is gone"));
                    return with.ateom.checkpoint(
                            worker, actor, snapshot, Snapshots.toWire(scope), location, false, traceParent);
                })
                .onFailure(failure -> with.workers.isHeardOf(stay.worker()))
                .retry()
                .withBackOff(BEFORE_ASKING_AGAIN, LONGEST_BEFORE_ASKING_AGAIN)
                .expireIn(settledBy.left().toMillis());
    }

    private Uni<Actor> slept(Stay stay, SnapshotRef snapshot, SnapshotTaken taken) {
        var reported = taken.getPhases();
        Phases phases =
                new Phases(watch.claimMicros(), 0, 0, 0, reported.getCheckpoint(), reported.getStore(), watch.micros());
        Uni<Optional<Actor>> written = Persistently.write(
                with.leases.lease(),
                () -> with.store.slept(key, stay.generation(), snapshot, with.keepDurable(), phases));
        return trace.step("record", written).chain(asleep -> {
            with.workers.released(stay);
            if (asleep.isPresent()) {
                with.metrics.ended("asleep", cause);
                with.metrics.phases(phases);
                trace.log(() -> LOG.debugf("%s sleeps, after %d ms", key, phases.total() / MICROS_PER_MILLI));
            }
            return settle(asleep);
        });
    }

    private Uni<Actor> refused(Stay stay, CheckpointResponse response) {
        Reason reason = response.getFailure().getReason();
        String error = response.getFailure().getMessage();
        trace.log(() -> LOG.warnf("no snapshot of %s could be taken: %s: %s", key, reason, error));
        if (reason == Reason.NOT_RUNNING || reason == Reason.STALE_GENERATION) {
            return discardAndFall(stay, "Crashed", error);
        }
        Phases phases = new Phases(watch.claimMicros(), 0, 0, 0, 0, 0, watch.micros());
        return Persistently.write(
                        with.leases.lease(), () -> with.store.sleepFailed(key, stay.generation(), error, phases))
                .invoke(awake -> awake.ifPresent(with.records::saw))
                .chain(awake -> {
                    with.metrics.ended("sleep_failed", cause);
                    throw new Failure(Code.UNAVAILABLE, "the snapshot could not be taken, the actor runs on: " + error);
                });
    }

    private Uni<Actor> unanswered(Stay stay, Throwable failure) {
        trace.log(() -> LOG.warnf("its worker did not answer when %s was to sleep: %s", key, failure));
        return discardAndFall(stay, "WorkerLost", "its worker did not answer when a snapshot was to be taken");
    }

    private Uni<Actor> discardAndFall(Stay stay, String type, String error) {
        return with.workers
                .find(stay.worker())
                .map(worker -> with.ateom.discard(worker, stay))
                .orElse(Uni.createFrom().item(WorkerAfter.LOST))
                .chain(after -> fell(stay, type, error, after));
    }

    private Uni<Actor> fell(Stay stay, String type, String error, WorkerAfter after) {
        return Persistently.write(
                        with.leases.lease(), () -> with.store.fell(key, stay.generation(), type, error, true, after))
                .chain(fallen -> {
                    with.workers.ended(stay, after == WorkerAfter.FREE);
                    with.metrics.ended("sleep_failed", cause);
                    return settle(fallen);
                })
                .chain(actor -> Uni.createFrom()
                        .failure(new Failure(
                                Code.UNAVAILABLE, "the actor returned to its last good snapshot: " + error)));
    }

    /** What was written, or what somebody else wrote first. */
    private Uni<Actor> settle(Optional<Actor> written) {
        written.ifPresent(with.records::saw);
        return written.isPresent() ? Uni.createFrom().item(written.get()) : with.records.read(key);
    }
}
