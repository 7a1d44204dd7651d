package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.ActorStore.WorkerAfter;
import dev.dormouse.actor.Cause;
import dev.dormouse.actor.Phases;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.Activated;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.worker.Stay;
import dev.dormouse.worker.Worker;
import io.smallrye.mutiny.Uni;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * One wake: look, plan, get a worker, claim, activate, write RUNNING. At every step the record decides whether to go on; when this
 * process ends between two steps, the intent in the record expires and is taken over.
 */
final class Wake {

    private static final Logger LOG = Logger.getLogger(Wake.class);
    /** A worker that fails before it has looked at the actor is not the actor's fault: others are tried. */
    private static final int ATTEMPTS = 3;

    private static final long MICROS_PER_MILLI = 1000;

    private final Wakes with;
    private final ActorKey key;
    private final boolean boot;
    private final Cause cause;
    private final Flight flight;
    private final Stopwatch watch = new Stopwatch();
    private final Deadline workerBy;
    private final Deadline settledBy;
    private final Traces.Trace trace;
    private int attempts;

    Wake(Wakes with, ActorKey key, boolean boot, Cause cause, Flight flight) {
        this.with = with;
        this.key = key;
        this.boot = boot;
        this.cause = cause;
        this.flight = flight;
        this.workerBy = Deadline.in(with.waitLimit(cause));
        this.settledBy = Deadline.in(with.settleLimit());
        this.trace = with.traces.begin("wake", key, cause);
    }

    Uni<Actor> run() {
        return with.records
                .forWake(key)
                .chain(this::decide)
                .onItemOrFailure()
                .invoke((actor, failure) -> trace.end(failure));
    }

    private Uni<Actor> decide(Actor actor) {
        trace.about(actor.template());
        return switch (actor.status()) {
            case RUNNING -> Uni.createFrom().item(actor);
            case RESUMING, SUSPENDING, PAUSING ->
                with.records.settled(key, settledBy.left()).chain(this::decide);
            case SUSPENDED, PAUSED ->
                with.plans
                        .of(actor, boot)
                        .onItemOrFailure()
                        .transformToUni(
                                (plan, failure) -> failure == null ? attempt(actor, plan) : refused(actor, failure));
        };
    }

    private Uni<Actor> attempt(Actor actor, StartPlan plan) {
        return with.feasibility
                .check(actor, plan, cause)
                .chain(moved -> moved.isPresent() ? decide(moved.get()) : place(actor, plan));
    }

    private Uni<Actor> refused(Actor actor, Throwable failure) {
        return with.feasibility.refuse(actor, failure, cause).chain(this::decide);
    }

    private Uni<Actor> place(Actor actor, StartPlan plan) {
        Traces.Step claim = trace.step("claim");
        return with.quotas
                .admitWake(key.atespace())
                .chain(() -> with.dispatcher.reserve(key, plan.need(), workerBy.left()))
                .onItemOrFailure()
                .transformToUni((worker, failure) -> {
                    if (failure != null) {
                        claim.end(failure);
                        return refused(actor, failure);
                    }
                    if (isAwayFromHome(plan, worker)) {
                        claim.end(null);
                        return bringHome(actor, worker);
                    }
                    return claim(actor, plan, worker, claim);
                });
    }

    private static boolean isAwayFromHome(StartPlan plan, Worker worker) {
        return plan.isLocal() && !worker.node().equals(plan.need().home());
    }

    /** The node that holds its newest state has no free worker, another has: the state is made durable and goes there. */
    private Uni<Actor> bringHome(Actor actor, Worker worker) {
        with.workers.unreserve(worker.uid());
        return trace.step("promote", with.sleeps.promote(actor, cause)).chain(this::decide);
    }

    private Uni<Actor> claim(Actor actor, StartPlan plan, Worker worker, Traces.Step step) {
        var claim = new ActorStore.Claim(
                key, actor.version(), worker.uid(), cause, with.leases.owner(), with.leases.lease(), watch.micros());
        return with.store
                .claim(claim)
                .onItemOrFailure()
                .invoke((outcome, failure) -> step.end(failure))
                .onFailure()
                .invoke(() -> with.workers.taken(worker.uid()))
                .chain(outcome -> switch (outcome) {
                    case ActorStore.Claimed claimed -> claimed(claimed.actor(), plan, worker);
                    case ActorStore.Lost() -> {
                        with.workers.taken(worker.uid());
                        yield place(actor, plan);
                    }
                    case ActorStore.Moved moved -> {
                        with.workers.unreserve(worker.uid());
                        with.records.saw(moved.actor());
                        yield decide(moved.actor());
                    }
                    case ActorStore.Gone() -> {
                        with.workers.unreserve(worker.uid());
                        with.records.forget(key);
                        throw Records.notFound(key);
                    }
                    case ActorStore.OverQuota over -> {
                        with.workers.unreserve(worker.uid());
                        throw over.reached().failure(key.atespace());
                    }
                });
    }

    private Uni<Actor> claimed(Actor actor, StartPlan plan, Worker worker) {
        watch.claimDone();
        trace.on(Objects.requireNonNull(actor.activation()));
        with.warming.wanted(plan.blueprint());
        attempts++;
        Stay stay = new Stay(worker.uid(), key, actor.generation());
        with.workers.claimed(stay);
        with.records.saw(actor);
        with.leases.hold(key, actor.generation());
        Uni<Actor> woken = plan.forsaken() == null ? activate(actor, plan, worker, stay) : forsake(plan, stay);
        return woken.onTermination().invoke(() -> with.leases.release(key, actor.generation()));
    }

    /** The claim's journal entry tells why the newest state is given up; the actor then starts from its durable one. */
    private Uni<Actor> forsake(StartPlan plan, Stay stay) {
        String why = Objects.requireNonNull(plan.forsaken()) + "; it goes on from its last durable snapshot";
        return rollBack(stay, why, false, WorkerAfter.FREE).chain(this::decide);
    }

    private Uni<Actor> activate(Actor actor, StartPlan plan, Worker worker, Stay stay) {
        Traces.Step call = trace.call("activate");
        return with.ateom
                .activate(worker, actor, plan, call.parent())
                .onItemOrFailure()
                .transformToUni((response, failure) -> {
                    if (failure != null) {
                        call.end(failure);
                        return unanswered(worker, stay, failure);
                    }
                    if (response.hasActivated()) {
                        call.end(null);
                        return activated(actor, worker, stay, response.getActivated());
                    }
                    call.refused(response.getFailure());
                    return refused(plan, stay, response);
                });
    }

    private Uni<Actor> activated(Actor actor, Worker worker, Stay stay, Activated answer) {
        Actor.Endpoint endpoint = new Actor.Endpoint(answer.getHost(), answer.getPortsMap());
        Phases phases = phases(answer);
        // requests go out while RUNNING is being written
        flight.reachable(reachable(actor, endpoint));
        Uni<Optional<Actor>> written = Persistently.write(
                with.leases.lease(), () -> with.store.running(key, actor.generation(), endpoint, phases));
        return trace.step("record", written)
                .chain(running -> running.isPresent() ? running(running.get(), phases) : fenced(worker, stay));
    }

    private Uni<Actor> running(Actor actor, Phases phases) {
        with.records.saw(actor);
        with.metrics.ended("woken", cause);
        with.metrics.phases(phases);
        trace.log(() -> LOG.debugf("%s woke in %d ms", key, phases.total() / MICROS_PER_MILLI));
        return Uni.createFrom().item(actor);
    }

    private static Actor reachable(Actor actor, Actor.Endpoint endpoint) {
        Actor.Activation claim = Objects.requireNonNull(actor.activation());
        return Endpoints.with(actor, new Actor.Activation(claim.workerUid(), claim.worker(), endpoint));
    }

    private Phases phases(Activated answer) {
        var reported = answer.getPhases();
        return new Phases(
                watch.claimMicros(),
                reported.getPrepare(),
                reported.getRestore(),
                reported.getReady(),
                0,
                0,
                watch.micros());
    }

    /** Somebody else ended this activation meanwhile: what runs is to stop. */
    private Uni<Actor> fenced(Worker worker, Stay stay) {
        trace.log(() -> LOG.infof("activation %d of %s was ended meanwhile", stay.generation(), key));
        return with.ateom
                .discard(worker, stay)
                .chain(() -> with.records.read(key))
                .chain(actor -> {
                    throw new Failure(
                            Code.ABORTED,
                            "the activation was superseded; the actor is "
                                    + actor.status().wireName());
                });
    }

    private Uni<Actor> refused(StartPlan plan, Stay stay, ActivateResponse response) {
        Reason reason = response.getFailure().getReason();
        String error = response.getFailure().getMessage();
        trace.log(() -> LOG.warnf("%s could not be woken: %s: %s", key, reason, error));
        return switch (reason) {
            // the slot, not the actor
            case BUSY, NOT_RUNNING, STALE_GENERATION ->
                rollBack(stay, error, true, WorkerAfter.LOST).chain(actor -> again(actor, error));
            case SNAPSHOT_MISSING, SNAPSHOT_CORRUPT, SNAPSHOT_INCOMPATIBLE ->
                plan.isLocal()
                        ? rollBack(stay, error + "; it goes on from its last durable snapshot", false, WorkerAfter.FREE)
                                .chain(actor -> again(actor, error))
                        : rollBack(stay, error, true, WorkerAfter.FREE).chain(actor -> failed(error));
            default -> rollBack(stay, error, true, WorkerAfter.FREE).chain(actor -> failed(error));
        };
    }

    /** Nobody knows whether it runs: it is ended; where that isn't confirmed either, the worker is left alone until it reports. */
    private Uni<Actor> unanswered(Worker worker, Stay stay, Throwable failure) {
        String error = "worker %s/%s did not answer".formatted(worker.pool(), worker.pod());
        trace.log(() -> LOG.warnf("%s when it was to wake %s: %s", error, key, failure));
        return with.ateom
                .discard(worker, stay)
                .chain(after -> rollBack(stay, error, true, after))
                .chain(actor -> again(actor, error));
    }

    private Uni<Actor> rollBack(Stay stay, String error, boolean keepLocal, WorkerAfter after) {
        Phases phases = new Phases(watch.claimMicros(), 0, 0, 0, 0, 0, watch.micros());
        return Persistently.write(
                        with.leases.lease(),
                        () -> with.store.resumeFailed(key, stay.generation(), error, keepLocal, after, phases))
                .chain(rolledBack -> rolledBack(stay, rolledBack, after));
    }

    private Uni<Actor> rolledBack(Stay stay, Optional<Actor> rolledBack, WorkerAfter after) {
        with.leases.release(key, stay.generation());
        with.workers.ended(stay, after == WorkerAfter.FREE);
        with.metrics.ended("wake_failed", cause);
        rolledBack.ifPresent(with.records::saw);
        return rolledBack.isPresent() ? Uni.createFrom().item(rolledBack.get()) : with.records.read(key);
    }

    private Uni<Actor> again(Actor actor, String error) {
        return attempts < ATTEMPTS ? decide(actor) : failed(error);
    }

    private Uni<Actor> failed(String error) {
        return Uni.createFrom().failure(new Failure(Code.UNAVAILABLE, "the actor could not be woken: " + error));
    }
}
