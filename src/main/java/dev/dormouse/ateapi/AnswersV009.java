package dev.dormouse.ateapi;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.PageToken;
import dev.dormouse.ateapi.v009.wire.Actor;
import dev.dormouse.ateapi.v009.wire.Assignment;
import dev.dormouse.ateapi.v009.wire.Atespace;
import dev.dormouse.ateapi.v009.wire.DebugClearResponse;
import dev.dormouse.ateapi.v009.wire.ExternalSnapshotInfo;
import dev.dormouse.ateapi.v009.wire.KubeNamespacedObjectRef;
import dev.dormouse.ateapi.v009.wire.ListActorsResponse;
import dev.dormouse.ateapi.v009.wire.ListAtespacesResponse;
import dev.dormouse.ateapi.v009.wire.ListWorkersResponse;
import dev.dormouse.ateapi.v009.wire.LocalSnapshotInfo;
import dev.dormouse.ateapi.v009.wire.ObjectRef;
import dev.dormouse.ateapi.v009.wire.ResourceMetadata;
import dev.dormouse.ateapi.v009.wire.ResumeActorResponse;
import dev.dormouse.ateapi.v009.wire.Selector;
import dev.dormouse.ateapi.v009.wire.SnapshotInfo;
import dev.dormouse.ateapi.v009.wire.SnapshotType;
import dev.dormouse.ateapi.v009.wire.Worker;
import dev.dormouse.name.PoolRef;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.watch.WorkerView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** v0.0.9: resources have metadata, and are answers themselves where the answer is about nothing else. */
final class AnswersV009 implements Answers {

    @Override
    public Message actor(dev.dormouse.actor.Actor actor) {
        return shape(actor);
    }

    @Override
    public Message changed(dev.dormouse.actor.Actor actor) {
        return ResumeActorResponse.newBuilder().setActor(shape(actor)).build();
    }

    @Override
    public Message deleted(dev.dormouse.actor.Actor actor) {
        return shape(actor);
    }

    @Override
    public Message actors(ActorStore.Page page) {
        return ListActorsResponse.newBuilder()
                .addAllActors(page.actors().stream().map(AnswersV009::shape).toList())
                .setNextPageToken(Objects.requireNonNullElse(PageToken.of(page.next()), ""))
                .build();
    }

    @Override
    public Message workers(List<WorkerView> workers, Map<PoolRef, Map<String, String>> poolLabels) {
        return ListWorkersResponse.newBuilder()
                .addAllWorkers(workers.stream()
                        .map(worker -> worker(
                                worker,
                                poolLabels.getOrDefault(new PoolRef(worker.namespace(), worker.pool()), Map.of())))
                        .toList())
                .build();
    }

    @Override
    public Message atespace(dev.dormouse.atespace.Atespace atespace) {
        return shape(atespace);
    }

    @Override
    public Message deleted(dev.dormouse.atespace.Atespace atespace) {
        return shape(atespace);
    }

    @Override
    public Message atespaces(List<dev.dormouse.atespace.Atespace> atespaces) {
        return ListAtespacesResponse.newBuilder()
                .addAllAtespaces(atespaces.stream().map(AnswersV009::shape).toList())
                .build();
    }

    @Override
    public Message cleared() {
        return DebugClearResponse.getDefaultInstance();
    }

    private static Actor shape(dev.dormouse.actor.Actor actor) {
        Actor.Builder shown = Actor.newBuilder()
                .setMetadata(ResourceMetadata.newBuilder()
                        .setAtespace(actor.key().atespace().value())
                        .setName(actor.key().id().value())
                        .setUid(actor.uid().toString())
                        .setVersion(actor.version())
                        .setCreateTime(timestamp(actor.createdAt()))
                        .setUpdateTime(timestamp(actor.updatedAt())))
                .setActorTemplateNamespace(actor.template().namespace())
                .setActorTemplateName(actor.template().name())
                .setStatus(Actor.Status.valueOf(actor.status().wireName()))
                .setInProgressSnapshot(Newest.inProgress(actor));
        if (actor.activation() != null) {
            var worker = actor.activation().worker();
            shown.setAteomPodNamespace(worker.namespace())
                    .setAteomPodName(worker.pod())
                    .setAteomPodIp(worker.ip())
                    .setAteomPodUid(actor.activation().workerUid().toString())
                    .setWorkerPoolName(worker.pool());
        }
        SnapshotRef newest = Newest.snapshot(actor);
        if (newest != null) {
            shown.setLatestSnapshotInfo(snapshot(newest));
        }
        if (!actor.workerSelector().isEmpty()) {
            shown.setWorkerSelector(Selector.newBuilder().putAllMatchLabels(actor.workerSelector()));
        }
        return shown.build();
    }

    private static SnapshotInfo snapshot(SnapshotRef snapshot) {
        String node = snapshot.node();
        return node == null
                ? SnapshotInfo.newBuilder()
                        .setType(SnapshotType.SNAPSHOT_TYPE_EXTERNAL)
                        .setExternal(ExternalSnapshotInfo.newBuilder().setSnapshotUriPrefix(snapshot.uri()))
                        .build()
                : SnapshotInfo.newBuilder()
                        .setType(SnapshotType.SNAPSHOT_TYPE_LOCAL)
                        .setLocal(LocalSnapshotInfo.newBuilder()
                                .setSnapshotPrefix(snapshot.uri())
                                .addNodeVmsWithLocalSnapshots(node))
                        .build();
    }

    private static Worker worker(WorkerView worker, Map<String, String> labels) {
        Worker.Builder shown = Worker.newBuilder()
                .setWorkerNamespace(worker.namespace())
                .setWorkerPool(worker.pool())
                .setWorkerPod(worker.pod())
                .setIp(worker.ip())
                .setWorkerPodUid(worker.uid().toString())
                .setNodeName(worker.node())
                .setSandboxClass(Objects.requireNonNullElse(worker.sandboxClass(), ""))
                .putAllLabels(labels);
        WorkerView.Assigned actor = worker.actor();
        if (actor != null) {
            shown.setAssignment(assignment(actor));
        }
        return shown.build();
    }

    private static Assignment assignment(WorkerView.Assigned actor) {
        Assignment.Builder assignment = Assignment.newBuilder()
                .setActor(ObjectRef.newBuilder().setAtespace(actor.atespace()).setName(actor.id()));
        WorkerView.Template template = actor.template();
        if (template != null) {
            assignment.setActorTemplate(KubeNamespacedObjectRef.newBuilder()
                    .setNamespace(template.namespace())
                    .setName(template.name()));
        }
        return assignment.build();
    }

    /** An atespace never changes: it is at its first version. */
    private static Atespace shape(dev.dormouse.atespace.Atespace atespace) {
        return Atespace.newBuilder()
                .setMetadata(ResourceMetadata.newBuilder()
                        .setName(atespace.name().value())
                        .setUid(atespace.uid().toString())
                        .setVersion(1)
                        .setCreateTime(timestamp(atespace.createdAt()))
                        .setUpdateTime(timestamp(atespace.createdAt())))
                .build();
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
