package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStore.WorkerAfter;
import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.ActorRef;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.DiscardRequest;
import dev.dormouse.ateom.wire.DropLocalRequest;
import dev.dormouse.ateom.wire.OpenPortRequest;
import dev.dormouse.ateom.wire.OpenPortResponse;
import dev.dormouse.ateom.wire.PrepareRequest;
import dev.dormouse.ateom.wire.PrepareResponse;
import dev.dormouse.ateom.wire.PromoteRequest;
import dev.dormouse.ateom.wire.Scope;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.worker.Ateoms;
import dev.dormouse.worker.Stay;
import dev.dormouse.worker.Worker;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What wakes and sleeps ask of ateom, in its own words. */
@Singleton
class AteomCalls {

    /** For what ateom answers without running anything. */
    private static final Duration SHORT = Duration.ofSeconds(5);

    private final Ateoms ateoms;
    private final DormouseConfig.Activation config;

    AteomCalls(Ateoms ateoms, DormouseConfig config) {
        this.ateoms = ateoms;
        this.config = config.activation();
    }

    /** The uri of a snapshot that stayed on its node is the same as ateom gave it. */
    Uni<ActivateResponse> activate(Worker worker, Actor actor, StartPlan plan, String traceParent) {
        ActivateRequest.Builder request = ActivateRequest.newBuilder()
                .setWorkerUid(worker.uid().toString())
                .setActor(ref(actor.key()))
                .setGeneration(actor.generation())
                .setWorkload(Workloads.on(worker.hardware(), plan.blueprint()))
                .setSnapshotUri(plan.snapshotUri())
                .setBoot(plan.boot())
                .setReadyTimeoutMs(config.readyTimeout().toMillis())
                .setTraceParent(traceParent)
                .setActorUid(actor.uid().toString())
                .setLogLocation(plan.blueprint().location());
        return ateoms.call(
                worker.ateom(),
                config.readyTimeout().plus(config.fetchTimeout()),
                ateom -> ateom.activate(request.build()));
    }

    /** Asks for the answer to an activation that was begun before. */
    Uni<ActivateResponse> activateAgain(Worker worker, Actor actor, StartPlan plan) {
        ActivateRequest request = ActivateRequest.newBuilder()
                .setWorkerUid(worker.uid().toString())
                .setActor(ref(actor.key()))
                .setGeneration(actor.generation())
                .setWorkload(Workloads.on(worker.hardware(), plan.blueprint()))
                .setSnapshotUri(plan.snapshotUri())
                .setReadyTimeoutMs(config.readyTimeout().toMillis())
                .setActorUid(actor.uid().toString())
                .setLogLocation(plan.blueprint().location())
                .build();
        return ateoms.call(
                worker.ateom(), config.readyTimeout().plus(config.fetchTimeout()), ateom -> ateom.activate(request));
    }

    /**
     * @param location null: the snapshot stays on the node
     */
    Uni<CheckpointResponse> checkpoint(
            Worker worker,
            Actor actor,
            UUID snapshot,
            Scope scope,
            @Nullable String location,
            boolean leaveRunning,
            String traceParent) {
        SnapshotRef parent = actor.localSnapshot() != null ? actor.localSnapshot() : actor.snapshot();
        CheckpointRequest request = CheckpointRequest.newBuilder()
                .setWorkerUid(worker.uid().toString())
                .setActor(ref(actor.key()))
                .setGeneration(actor.generation())
                .setScope(scope)
                .setSnapshotId(snapshot.toString())
                .setLocation(Objects.requireNonNullElse(location, ""))
                .setParent(parent == null ? "" : parent.id().toString())
                .setLeaveRunning(leaveRunning)
                .setTraceParent(traceParent)
                .build();
        return ateoms.call(worker.ateom(), config.checkpointTimeout(), ateom -> ateom.checkpoint(request));
    }

    Uni<CheckpointResponse> promote(Worker anyOfNode, ActorKey actor, UUID snapshot, String location) {
        PromoteRequest request = PromoteRequest.newBuilder()
                .setActor(ref(actor))
                .setSnapshotId(snapshot.toString())
                .setLocation(location)
                .build();
        return ateoms.call(anyOfNode.ateom(), config.checkpointTimeout(), ateom -> ateom.promote(request));
    }

    /** FREE when ateom said that nothing of this activation is left; LOST when it didn't answer. */
    Uni<WorkerAfter> discard(Worker worker, Stay stay) {
        DiscardRequest request = DiscardRequest.newBuilder()
                .setWorkerUid(stay.worker().toString())
                .setActor(ref(stay.actor()))
                .setGeneration(stay.generation())
                .build();
        return ateoms.call(worker.ateom(), SHORT, ateom -> ateom.discard(request))
                .replaceWith(WorkerAfter.FREE)
                .onFailure()
                .recoverWithItem(WorkerAfter.LOST);
    }

    /** True when the node forgot the snapshot. */
    Uni<Boolean> dropLocal(Worker anyOfNode, ActorKey actor, UUID snapshot) {
        DropLocalRequest request = DropLocalRequest.newBuilder()
                .setActor(ref(actor))
                .setSnapshotId(snapshot.toString())
                .build();
        return ateoms.call(anyOfNode.ateom(), SHORT, ateom -> ateom.dropLocal(request))
                .replaceWith(true)
                .onFailure()
                .recoverWithItem(false);
    }

    Uni<OpenPortResponse> openPort(Worker worker, Stay stay, int port) {
        OpenPortRequest request = OpenPortRequest.newBuilder()
                .setWorkerUid(stay.worker().toString())
                .setActor(ref(stay.actor()))
                .setGeneration(stay.generation())
                .setPort(port)
                .build();
        return ateoms.call(worker.ateom(), SHORT, ateom -> ateom.openPort(request));
    }

    Uni<PrepareResponse> prepare(Worker worker, Blueprint blueprint) {
        SnapshotRef start = blueprint.start();
        PrepareRequest request = PrepareRequest.newBuilder()
                .setWorkerUid(worker.uid().toString())
                .setWorkload(Workloads.on(worker.hardware(), blueprint))
                .setGoldenSnapshotUri(start == null ? "" : start.uri())
                .build();
        return ateoms.call(worker.ateom(), config.fetchTimeout(), ateom -> ateom.prepare(request));
    }

    static ActorRef ref(ActorKey key) {
        return ActorRef.newBuilder()
                .setAtespace(key.atespace().value())
                .setId(key.id().value())
                .build();
    }
}
