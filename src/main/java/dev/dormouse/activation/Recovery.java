package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.ActorStore.WorkerAfter;
import dev.dormouse.actor.Cause;
import dev.dormouse.actor.Phases;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.worker.Stay;
import dev.dormouse.worker.Worker;
import dev.dormouse.worker.Workers;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Finishes transitions whose owner let go: this replica before a restart, another one that died, or one that couldn't reach the
 * database. A wake whose actor runs is finished, another is rolled back; a sleep is repeated.
 */
@Singleton
class Recovery {

    private static final Logger LOG = Logger.getLogger(Recovery.class);
    private static final int AT_ONCE = 64;
    private static final String INTERRUPTED = "the wake was interrupted";

    private final ActorStore store;
    private final Records records;
    private final StartPlans plans;
    private final Workers workers;
    private final AteomCalls ateom;
    private final Sleeps sleeps;
    private final Leases leases;
    private final ActivationMetrics metrics;

    Recovery(
            ActorStore store,
            Records records,
            StartPlans plans,
            Workers workers,
            AteomCalls ateom,
            Sleeps sleeps,
            Leases leases,
            ActivationMetrics metrics) {
        this.store = store;
        this.records = records;
        this.plans = plans;
        this.workers = workers;
        this.ateom = ateom;
        this.sleeps = sleeps;
        this.leases = leases;
        this.metrics = metrics;
    }

    /** Takes over what is due. Ends when that is done: one that takes long to finish must not hold up the next. */
    Uni<Void> run() {
        if (!workers.areKnown()) {
            // their actors would count as lost
            return Uni.createFrom().voidItem();
        }
        return store.takeOverExpired(leases.owner(), leases.lease(), AT_ONCE)
                .invoke(expired -> expired.forEach(this::finish))
                .replaceWithVoid();
    }

    private void finish(Actor actor) {
        Traces.fields(actor).log(() -> LOG.infof("taking over %s, left in %s", actor.key(), actor.status()));
        records.saw(actor);
        Uni<?> finished = switch (actor.status()) {
            case RESUMING -> wake(actor);
            case SUSPENDING, PAUSING -> sleeps.takeOver(actor);
            case SUSPENDED, PAUSED, RUNNING -> Uni.createFrom().voidItem();
        };
        finished.subscribe()
                .with(
                        done -> {},
                        failure -> Traces.fields(actor)
                                .log(() -> LOG.warnf(
                                        "%s, left in %s, is not recovered: %s",
                                        actor.key(), actor.status(), failure.getMessage())));
    }

    private Uni<Void> wake(Actor actor) {
        Stay stay = new Stay(Objects.requireNonNull(actor.activation()).workerUid(), actor.key(), actor.generation());
        leases.hold(actor.key(), actor.generation());
        Optional<Worker> worker = workers.find(stay.worker());
        Uni<Void> finished;
        if (worker.isEmpty()) {
            finished = rollBack(stay, WorkerAfter.LOST);
        } else if (worker.get().runs()) {
            finished = plans.of(actor, false)
                    .chain(plan -> ateom.activateAgain(worker.get(), actor, plan))
                    .onItemOrFailure()
                    .transformToUni((response, failure) -> response != null && response.hasActivated()
                            ? running(worker.get(), stay, response)
                            : end(worker.get(), stay));
        } else {
            finished = end(worker.get(), stay);
        }
        return finished.onTermination().invoke(() -> leases.release(actor.key(), actor.generation()));
    }

    private Uni<Void> running(Worker worker, Stay stay, ActivateResponse response) {
        var activated = response.getActivated();
        var reported = activated.getPhases();
        Phases phases = new Phases(0, reported.getPrepare(), reported.getRestore(), reported.getReady(), 0, 0, 0);
        Actor.Endpoint endpoint = new Actor.Endpoint(activated.getHost(), activated.getPortsMap());
        return store.running(stay.actor(), stay.generation(), endpoint, phases).chain(written -> {
            written.ifPresent(records::saw);
            metrics.ended(written.isPresent() ? "woken" : "wake_failed", Cause.RECOVERY);
            return written.isPresent()
                    ? Uni.createFrom().voidItem()
                    : ateom.discard(worker, stay).replaceWithVoid();
        });
    }

    private Uni<Void> end(Worker worker, Stay stay) {
        return ateom.discard(worker, stay).chain(after -> rollBack(stay, after));
    }

    private Uni<Void> rollBack(Stay stay, WorkerAfter after) {
        return store.resumeFailed(
                        stay.actor(), stay.generation(), INTERRUPTED, true, after, new Phases(0, 0, 0, 0, 0, 0, 0))
                .invoke(written -> {
                    written.ifPresent(records::saw);
                    workers.ended(stay, after == WorkerAfter.FREE);
                    metrics.ended("wake_failed", Cause.RECOVERY);
                })
                .replaceWithVoid();
    }
}
