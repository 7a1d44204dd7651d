package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.Cause;
import dev.dormouse.actor.Phases;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.worker.Worker;
import io.smallrye.mutiny.Uni;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Uploads the local snapshot of a PAUSED actor: SUSPENDED then, or PAUSED as before with the reason. Needs no worker of its own. */
final class Promotion {

    private final Sleeps with;
    private final ActorKey key;
    private final Cause cause;
    private final Stopwatch watch = new Stopwatch();

    Promotion(Sleeps with, ActorKey key, Cause cause) {
        this.with = with;
        this.key = key;
        this.cause = cause;
    }

    Uni<Actor> run(Actor seen) {
        return with.store
                .promote(key, cause, with.leases.owner(), with.leases.lease())
                .chain(outcome -> switch (outcome) {
                    case ActorStore.Claimed claimed -> upload(claimed.actor());
                    case ActorStore.Moved moved -> moved(moved.actor());
                    case ActorStore.Gone() -> throw Records.notFound(key);
                    case ActorStore.Lost() -> throw new IllegalStateException("a promotion needs no worker");
                    case ActorStore.OverQuota over -> throw new IllegalStateException("no quota refuses a promotion");
                });
    }

    private Uni<Actor> moved(Actor actor) {
        with.records.saw(actor);
        if (actor.status() == ActorStatus.SUSPENDED) {
            return Uni.createFrom().item(actor);
        }
        return Uni.createFrom().failure(new Failure(Code.ABORTED, Sleeps.BUSY));
    }

    /** From the intent on; uploading again does no harm. */
    Uni<Actor> upload(Actor actor) {
        watch.claimDone();
        with.records.saw(actor);
        with.leases.hold(key, actor.generation());
        SnapshotRef local = Objects.requireNonNull(actor.localSnapshot());
        String node = Objects.requireNonNull(local.node());
        Optional<Worker> there = with.workers.onNode(node);
        Uni<Actor> ended = there.isEmpty()
                ? failed(actor, "node %s, which alone holds the snapshot, is not heard of".formatted(node))
                : with.workloads
                        .of(actor.template())
                        .chain(blueprint -> with.ateom.promote(there.get(), key, local.id(), blueprint.location()))
                        .onItemOrFailure()
                        .transformToUni((response, failure) -> answered(actor, local, response, failure));
        return ended.onTermination().invoke(() -> with.leases.release(key, actor.generation()));
    }

    private Uni<Actor> answered(
            Actor actor, SnapshotRef local, @Nullable CheckpointResponse response, @Nullable Throwable failure) {
        if (response == null) {
            return failed(
                    actor,
                    "the node did not upload the snapshot: "
                            + Objects.requireNonNull(failure).getMessage());
        }
        return response.hasFailure()
                ? failed(actor, response.getFailure().getMessage())
                : write(actor, Snapshots.promoted(local, response.getTaken()), null);
    }

    private Uni<Actor> failed(Actor actor, String error) {
        return write(actor, null, error).chain(paused -> {
            throw new Failure(Code.UNAVAILABLE, "the snapshot could not be made durable: " + error);
        });
    }

    private Uni<Actor> write(Actor actor, @Nullable SnapshotRef durable, @Nullable String error) {
        Phases phases =
                new Phases(watch.claimMicros(), 0, 0, 0, 0, watch.micros() - watch.claimMicros(), watch.micros());
        return Persistently.write(
                        with.leases.lease(),
                        () -> with.store.promoted(key, actor.generation(), durable, error, with.keepDurable(), phases))
                .chain(written -> {
                    written.ifPresent(with.records::saw);
                    with.metrics.ended(durable == null ? "sleep_failed" : "asleep", cause);
                    return written.isPresent() ? Uni.createFrom().item(written.get()) : with.records.read(key);
                });
    }
}
