package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.ActorStore.WorkerAfter;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.LogFields;
import dev.dormouse.worker.Occupants;
import dev.dormouse.worker.Stay;
import dev.dormouse.worker.Workers;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Brings records and workers together again: what workers report is compared with the record as it is now, and only a record that
 * still names that worker and generation is changed. Reports repeat, so whatever fails here is tried again with the next.
 */
@Singleton
class Reconciler implements Occupants {

    private static final Logger LOG = Logger.getLogger(Reconciler.class);

    private final ActorStore store;
    private final Records records;
    private final Workers workers;
    private final AteomCalls ateom;
    private final Sleeps sleeps;
    private final Leases leases;
    private final Drowsiness drowsiness;
    private final Set<Stay> inHand = ConcurrentHashMap.newKeySet();

    Reconciler(
            ActorStore store,
            Records records,
            Workers workers,
            AteomCalls ateom,
            Sleeps sleeps,
            Leases leases,
            Drowsiness drowsiness) {
        this.store = store;
        this.records = records;
        this.workers = workers;
        this.ateom = ateom;
        this.sleeps = sleeps;
        this.leases = leases;
        this.drowsiness = drowsiness;
    }

    @Override
    public Uni<Boolean> isOver(Stay stay) {
        // read after the report was made: a claim that it knows of is in the record
        return store.find(stay.actor())
                .map(found -> found.isEmpty() || !isPresent(found.get(), stay))
                .onFailure()
                .recoverWithItem(false);
    }

    private static boolean isPresent(Actor actor, Stay stay) {
        Actor.Activation activation = actor.activation();
        return actor.generation() == stay.generation()
                && activation != null
                && activation.workerUid().equals(stay.worker());
    }

    @Override
    public void missing(Stay stay) {
        once(stay, () -> fallen(stay, "its worker no longer runs it", WorkerAfter.FREE));
    }

    @Override
    public void lost(Stay stay) {
        once(stay, () -> fallen(stay, "its worker has not been heard of", WorkerAfter.LOST));
    }

    private Uni<?> fallen(Stay stay, String why, WorkerAfter after) {
        return store.find(stay.actor()).chain(found -> {
            if (found.isEmpty() || !isPresent(found.get(), stay)) {
                workers.released(stay);
                return Uni.createFrom().voidItem();
            }
            records.saw(found.get());
            // a transition under way has an owner, or will be taken over when its lease is over
            return found.get().status() == ActorStatus.RUNNING
                    ? fell(stay, "WorkerLost", why, after)
                    : Uni.createFrom().voidItem();
        });
    }

    @Override
    public void exited(Stay stay, String message) {
        if (leases.holds(stay.actor())) {
            return;
        }
        once(stay, () -> discard(stay).chain(after -> fell(stay, "Crashed", message, after)));
    }

    private Uni<WorkerAfter> discard(Stay stay) {
        return workers.find(stay.worker())
                .map(worker -> ateom.discard(worker, stay))
                .orElse(Uni.createFrom().item(WorkerAfter.LOST));
    }

    private Uni<?> fell(Stay stay, String type, String why, WorkerAfter after) {
        fields(stay).log(() -> LOG.warnf("%s fell off its worker: %s", stay.actor(), why));
        return store.fell(stay.actor(), stay.generation(), type, why, true, after)
                .invoke(fallen -> {
                    fallen.ifPresent(records::saw);
                    workers.ended(stay, after == WorkerAfter.FREE);
                });
    }

    @Override
    public void suspendRequested(Stay stay) {
        suspend(stay, Cause.ACTOR);
    }

    @Override
    public void draining(Stay stay) {
        suspend(stay, Cause.DRAIN);
    }

    private void suspend(Stay stay, Cause cause) {
        if (leases.holds(stay.actor()) || !drowsiness.mayTry(stay.actor())) {
            return;
        }
        once(
                stay,
                () -> sleeps.sleep(stay.actor(), ActorStatus.SUSPENDING, cause, null)
                        .onFailure()
                        .invoke(failure -> drowsiness.failed(stay.actor())));
    }

    @Override
    public void idle(Map<Stay, Optional<Instant>> report) {
        Map<ActorKey, ActorStore.Idle> idle = new HashMap<>();
        report.forEach(
                (stay, since) -> idle.put(stay.actor(), new ActorStore.Idle(stay.generation(), since.orElse(null))));
        store.reportIdle(idle)
                .subscribe()
                .with(written -> {}, failure -> LOG.debugf("idle times not written: %s", failure.getMessage()));
    }

    private void once(Stay stay, Supplier<Uni<?>> action) {
        if (!inHand.add(stay)) {
            return;
        }
        Uni.createFrom()
                .deferred(() -> action.get().replaceWithVoid())
                .onTermination()
                .invoke(() -> inHand.remove(stay))
                .subscribe()
                .with(
                        done -> {},
                        failure -> fields(stay).log(() -> LOG.warnf("%s: %s", stay.actor(), failure.getMessage())));
    }

    private LogFields fields(Stay stay) {
        Actor known = records.last(stay.actor());
        LogFields fields = LogFields.of(stay.actor())
                .worker(workers.find(stay.worker())
                        .map(worker -> LogFields.workerName(worker.pool(), worker.pod()))
                        .orElse(stay.worker().toString()));
        return known == null ? fields : fields.template(known.template());
    }
}
