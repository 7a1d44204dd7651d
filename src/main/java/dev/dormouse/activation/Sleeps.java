package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Failure;
import dev.dormouse.worker.Workers;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The sleeps of this replica: one per actor at a time; callers who want the same join it. */
@Singleton
class Sleeps {

    static final String BUSY = "another operation is in progress for this actor";

    final ActorStore store;
    final Records records;
    final Workers workers;
    final Workloads workloads;
    final AteomCalls ateom;
    final Leases leases;
    final ActivationMetrics metrics;
    final Traces traces;
    final InstantSource clock;
    private final DormouseConfig config;
    private final Map<ActorKey, UnderWay> flights = new ConcurrentHashMap<>();

    private record UnderWay(ActorStatus to, Flight flight) {}

    Sleeps(
            ActorStore store,
            Records records,
            Workers workers,
            Workloads workloads,
            AteomCalls ateom,
            Leases leases,
            ActivationMetrics metrics,
            Traces traces,
            InstantSource clock,
            DormouseConfig config) {
        this.store = store;
        this.records = records;
        this.workers = workers;
        this.workloads = workloads;
        this.ateom = ateom;
        this.leases = leases;
        this.metrics = metrics;
        this.traces = traces;
        this.clock = clock;
        this.config = config;
    }

    /**
     * Lays an actor to sleep. Fails ABORTED when another transition is under way.
     *
     * @param to SUSPENDING or PAUSING
     * @param idleBefore only when idle since before then; an actor that isn't is given back as it is
     */
    Uni<Actor> sleep(ActorKey key, ActorStatus to, Cause cause, @Nullable Instant idleBefore) {
        UnderWay begun = new UnderWay(to, new Flight());
        UnderWay present = flights.putIfAbsent(key, begun);
        if (present != null) {
            return present.to() == to
                    ? present.flight().whenEnded()
                    : Uni.createFrom().failure(new Failure(Code.ABORTED, BUSY));
        }
        carryOut(key, begun, new Sleep(this, key, to, cause).run(idleBefore));
        return begun.flight().whenEnded();
    }

    /** Makes the local snapshot of a PAUSED actor durable: SUSPENDED then. */
    Uni<Actor> promote(Actor actor, Cause cause) {
        return new Promotion(this, actor.key(), cause).run(actor);
    }

    /** Finishes a sleep whose owner died; {@code actor} is SUSPENDING or PAUSING, under an intent of this replica's. */
    Uni<Actor> takeOver(Actor actor) {
        UnderWay begun = new UnderWay(actor.status(), new Flight());
        if (flights.putIfAbsent(actor.key(), begun) != null) {
            // it wasn't dead: it is this replica's own
            return Uni.createFrom().item(actor);
        }
        Uni<Actor> finished = actor.activation() == null
                ? new Promotion(this, actor.key(), Cause.RECOVERY).upload(actor)
                : new Sleep(this, actor.key(), actor.status(), Cause.RECOVERY).takeOver(actor);
        carryOut(actor.key(), begun, finished);
        return begun.flight().whenEnded();
    }

    private void carryOut(ActorKey key, UnderWay begun, Uni<Actor> work) {
        work.onTermination()
                .invoke(() -> flights.remove(key, begun))
                .subscribe()
                .with(begun.flight()::end, begun.flight()::fail);
    }

    boolean isUnderWay(ActorKey key) {
        return flights.containsKey(key);
    }

    int keepDurable() {
        return config.snapshots().keepDurable();
    }

    Duration settleLimit() {
        return config.activation().checkpointTimeout();
    }

    static UUID newSnapshotId() {
        return UUID.randomUUID();
    }
}
