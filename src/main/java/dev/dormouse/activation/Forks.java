package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.Cause;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.name.ActorId;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Failure;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.worker.Worker;
import dev.dormouse.worker.Workers;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes an actor from another's newest state. The two share the snapshot's files until each has newer ones. */
@Singleton
class Forks {

    private final ActorStore store;
    private final Records records;
    private final Workers workers;
    private final Workloads workloads;
    private final AteomCalls ateom;
    private final Sleeps sleeps;
    private final InstantSource clock;
    private final int keepDurable;

    Forks(
            ActorStore store,
            Records records,
            Workers workers,
            Workloads workloads,
            AteomCalls ateom,
            Sleeps sleeps,
            InstantSource clock,
            DormouseConfig config) {
        this.store = store;
        this.records = records;
        this.workers = workers;
        this.workloads = workloads;
        this.ateom = ateom;
        this.sleeps = sleeps;
        this.clock = clock;
        this.keepDurable = config.snapshots().keepDurable();
    }

    Uni<Actor> fork(ActorKey key, ActorId newId) {
        return records.read(key).chain(actor -> switch (actor.status()) {
            case SUSPENDED -> copy(actor, newId);
            // its newest state is on one node only
            case PAUSED -> sleeps.promote(actor, Cause.API).chain(durable -> copy(durable, newId));
            case RUNNING -> snapshot(actor).chain(durable -> copy(durable, newId));
            case RESUMING, SUSPENDING, PAUSING -> throw new Failure(Code.ABORTED, Sleeps.BUSY);
        });
    }

    private Uni<Actor> copy(Actor origin, ActorId newId) {
        return store.create(new ActorStore.NewActor(
                        new ActorKey(origin.key().atespace(), newId),
                        origin.template(),
                        origin.labels(),
                        origin.workerSelector(),
                        origin.snapshot(),
                        origin.key()))
                .invoke(records::saw);
    }

    private Uni<Actor> snapshot(Actor actor) {
        UUID id = Sleeps.newSnapshotId();
        UUID workerUid = Objects.requireNonNull(actor.activation()).workerUid();
        Worker worker = workers.find(workerUid).orElse(null);
        if (worker == null) {
            return failed("its worker is gone");
        }
        return workloads.of(actor.template()).chain(blueprint -> {
            Scope scope = Snapshots.scope(actor.key(), blueprint, false, worker);
            return ateom.checkpoint(worker, actor, id, Snapshots.toWire(scope), blueprint.location(), true, "")
                    .onItemOrFailure()
                    .transformToUni((response, failure) -> taken(actor, id, scope, worker, response, failure));
        });
    }

    private Uni<Actor> taken(
            Actor actor,
            UUID id,
            Scope scope,
            Worker worker,
            @Nullable CheckpointResponse response,
            @Nullable Throwable failure) {
        if (response == null) {
            return failed("the worker did not answer: "
                    + Objects.requireNonNull(failure).getMessage());
        }
        if (response.hasFailure()) {
            return failed(response.getFailure().getMessage());
        }
        SnapshotRef snapshot = Snapshots.ref(id, response.getTaken(), scope, worker, false, clock.instant());
        return store.snapshotTaken(actor.key(), actor.generation(), snapshot, keepDurable)
                .map(written -> written.orElseThrow(() -> new Failure(Code.ABORTED, Sleeps.BUSY)))
                .invoke(records::saw);
    }

    private static Uni<Actor> failed(String error) {
        return Uni.createFrom().failure(new Failure(Code.UNAVAILABLE, "the snapshot could not be taken: " + error));
    }
}
