package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.Actors;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorId;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Failure;
import dev.dormouse.scheduler.Explanation;
import dev.dormouse.worker.Workers;
import io.opentelemetry.context.Context;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Wakes actors and lays them to sleep. A transition that began is finished or rolled back by the server, whether or not its caller
 * stays. Every method fails with {@link Failure}: NOT_FOUND when there is no such actor, ABORTED {@code another operation is in
 * progress for this actor} when a conflicting transition is under way, PERMISSION_DENIED when a caller wants something of a golden actor:
 * it is there for its snapshot only, and would keep a worker, or replace what others start from.
 */
@ApplicationScoped
public class Activations implements Waker {

    private final Wakes wakes;
    private final Sleeps sleeps;
    private final Forks forks;
    private final Ports ports;
    private final Records records;
    private final StartPlans plans;
    private final Workers workers;

    Activations(
            Wakes wakes, Sleeps sleeps, Forks forks, Ports ports, Records records, StartPlans plans, Workers workers) {
        this.wakes = wakes;
        this.sleeps = sleeps;
        this.forks = forks;
        this.ports = ports;
        this.records = records;
        this.plans = plans;
        this.workers = workers;
    }

    @Override
    public Uni<Route> wake(ActorKey key, int actorPort, Cause cause) {
        if (isReserved(key, cause)) {
            return reserved(key);
        }
        Flight flight = wakes.wake(key, false, cause);
        return flight.whenReachable().chain(actor -> ports.route(actor, actorPort, flight.whenEnded()));
    }

    /**
     * Brings the actor to RUNNING; a running one is returned as it is. Answers once RUNNING is durable. Fails like
     * {@link Waker#wake}.
     *
     * @param boot start from the image even if there is a snapshot; durable directories are kept
     */
    public Uni<Actor> resume(ActorKey key, boolean boot, Cause cause) {
        return isReserved(key, cause)
                ? reserved(key)
                : wakes.wake(key, boot, cause).whenEnded();
    }

    /**
     * Brings the actor to SUSPENDED, its snapshot durable; a suspended one is returned as it is, a paused one's local snapshot is
     * uploaded. Fails UNAVAILABLE when the snapshot couldn't be taken: the actor then runs on.
     */
    public Uni<Actor> suspend(ActorKey key, Cause cause) {
        return isReserved(key, cause)
                ? reserved(key)
                : afterWake(key, () -> sleeps.sleep(key, ActorStatus.SUSPENDING, cause, null));
    }

    /**
     * Brings the actor to PAUSED, its snapshot on the node; a paused one is returned as it is. Fails ABORTED when it is
     * SUSPENDED, UNAVAILABLE when the snapshot couldn't be taken: the actor then runs on.
     */
    public Uni<Actor> pause(ActorKey key, Cause cause) {
        return isReserved(key, cause)
                ? reserved(key)
                : afterWake(key, () -> sleeps.sleep(key, ActorStatus.PAUSING, cause, null));
    }

    private static boolean isReserved(ActorKey key, Cause cause) {
        return cause.isCallers() && Actors.isReserved(key.atespace());
    }

    private static <T> Uni<T> reserved(ActorKey key) {
        return Uni.createFrom().failure(Actors.reserved(key.atespace()));
    }

    /** Who saw the actor answer may lay it to sleep although RUNNING isn't written yet. */
    private Uni<Actor> afterWake(ActorKey key, Supplier<Uni<Actor>> sleep) {
        Flight wake = wakes.underWay(key);
        if (wake == null || !wake.isReachable()) {
            return sleep.get();
        }
        // the wake ends on a thread of somebody else's trace
        Supplier<Uni<Actor>> traced = Context.current().wrapSupplier(sleep);
        return wake.whenEnded().onItemOrFailure().transformToUni((actor, failure) -> traced.get());
    }

    /**
     * Makes a SUSPENDED actor {@code newId} in the same atespace with this one's template, labels and newest state. A running actor
     * is snapshot and runs on; a paused one is suspended. Fails ALREADY_EXISTS, UNAVAILABLE when the snapshot couldn't be taken.
     */
    public Uni<Actor> fork(ActorKey key, ActorId newId) {
        return forks.fork(key, newId);
    }

    /**
     * Why another golden snapshot of the template should be taken, a sentence for the user: no worker that is there can go on from
     * the present one, or it has no memory and a worker that is there could keep it. Empty when it will do, when there is none, and when
     * nobody knows. Until then actors boot instead, which is slower.
     */
    public Uni<Optional<String>> goldenOutdated(TemplateRef template) {
        return plans.goldenOutdated(template);
    }

    /** Why the actor would be placed where, or nowhere, if it were to wake now. */
    public Uni<Explanation> why(ActorKey key) {
        return records.read(key)
                .chain(actor -> plans.of(actor, false)
                        .map(plan -> workers.explain(plan.need()))
                        .onFailure(Activations::isRefusal)
                        .recoverWithUni(refusal -> nowhere(actor, (Failure) refusal)));
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof Failure known && known.isRefusal();
    }

    /** No worker is a candidate for what can't start; the pools that fit are known if it could at least boot. */
    private Uni<Explanation> nowhere(Actor actor, Failure refusal) {
        return plans.of(actor, true)
                .map(plan -> workers.explain(plan.need()).pools())
                .onFailure(Activations::isRefusal)
                .recoverWithItem(List.of())
                .map(pools -> new Explanation(refusal.detail(), pools, List.of()));
    }
}
