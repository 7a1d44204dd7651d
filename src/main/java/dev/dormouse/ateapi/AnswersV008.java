package dev.dormouse.ateapi;

import com.google.protobuf.Message;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.PageToken;
import dev.dormouse.ateapi.v008.wire.Actor;
import dev.dormouse.ateapi.v008.wire.Atespace;
import dev.dormouse.ateapi.v008.wire.CreateAtespaceResponse;
import dev.dormouse.ateapi.v008.wire.DebugClearResponse;
import dev.dormouse.ateapi.v008.wire.DeleteActorResponse;
import dev.dormouse.ateapi.v008.wire.DeleteAtespaceResponse;
import dev.dormouse.ateapi.v008.wire.ExternalSnapshotInfo;
import dev.dormouse.ateapi.v008.wire.GetActorResponse;
import dev.dormouse.ateapi.v008.wire.ListActorsResponse;
import dev.dormouse.ateapi.v008.wire.ListAtespacesResponse;
import dev.dormouse.ateapi.v008.wire.ListWorkersResponse;
import dev.dormouse.ateapi.v008.wire.LocalSnapshotInfo;
import dev.dormouse.ateapi.v008.wire.ResumeActorResponse;
import dev.dormouse.ateapi.v008.wire.Selector;
import dev.dormouse.ateapi.v008.wire.SnapshotInfo;
import dev.dormouse.ateapi.v008.wire.SnapshotType;
import dev.dormouse.ateapi.v008.wire.Worker;
import dev.dormouse.name.PoolRef;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.watch.WorkerView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** v0.0.8, and what other eras share with it: answers wrap what they are about. */
final class AnswersV008 implements Answers {

    private final Function<dev.dormouse.actor.Actor, Actor> shape;

    /** @param shape how an actor looks */
    AnswersV008(Function<dev.dormouse.actor.Actor, Actor> shape) {
        this.shape = shape;
    }

    @Override
    public Message actor(dev.dormouse.actor.Actor actor) {
        return GetActorResponse.newBuilder().setActor(shape.apply(actor)).build();
    }

    @Override
    public Message changed(dev.dormouse.actor.Actor actor) {
        return ResumeActorResponse.newBuilder().setActor(shape.apply(actor)).build();
    }

    @Override
    public Message deleted(dev.dormouse.actor.Actor actor) {
        return DeleteActorResponse.getDefaultInstance();
    }

    @Override
    public Message actors(ActorStore.Page page) {
        return ListActorsResponse.newBuilder()
                .addAllActors(page.actors().stream().map(shape).toList())
                .setNextPageToken(Objects.requireNonNullElse(PageToken.of(page.next()), ""))
                .build();
    }

    @Override
    public Message workers(List<WorkerView> workers, Map<PoolRef, Map<String, String>> poolLabels) {
        return ListWorkersResponse.newBuilder()
                .addAllWorkers(workers.stream().map(AnswersV008::worker).toList())
                .build();
    }

    @Override
    public Message atespace(dev.dormouse.atespace.Atespace atespace) {
        return CreateAtespaceResponse.newBuilder().setAtespace(named(atespace)).build();
    }

    @Override
    public Message deleted(dev.dormouse.atespace.Atespace atespace) {
        return DeleteAtespaceResponse.getDefaultInstance();
    }

    @Override
    public Message atespaces(List<dev.dormouse.atespace.Atespace> atespaces) {
        return ListAtespacesResponse.newBuilder()
                .addAllAtespaces(atespaces.stream().map(AnswersV008::named).toList())
                .build();
    }

    @Override
    public Message cleared() {
        return DebugClearResponse.getDefaultInstance();
    }

    static Actor whole(dev.dormouse.actor.Actor actor) {
        Actor.Builder shown = common(actor)
                .setStatus(Actor.Status.valueOf(actor.status().wireName()))
                .setAtespace(actor.key().atespace().value());
        if (!actor.workerSelector().isEmpty()) {
            shown.setWorkerSelector(Selector.newBuilder().putAllMatchLabels(actor.workerSelector()));
        }
        SnapshotRef newest = Newest.snapshot(actor);
        if (newest != null) {
            shown.setLatestSnapshotInfo(snapshot(newest));
        }
        if (actor.activation() != null) {
            shown.setWorkerPoolName(actor.activation().worker().pool());
        }
        return shown.build();
    }

    /** What v0.0.6 knew already; the status is for the caller to set. */
    static Actor.Builder common(dev.dormouse.actor.Actor actor) {
        Actor.Builder shown = Actor.newBuilder()
                .setActorId(actor.key().id().value())
                .setVersion(actor.version())
                .setActorTemplateNamespace(actor.template().namespace())
                .setActorTemplateName(actor.template().name())
                .setInProgressSnapshot(Newest.inProgress(actor));
        if (actor.activation() != null) {
            var worker = actor.activation().worker();
            shown.setAteomPodNamespace(worker.namespace())
                    .setAteomPodName(worker.pod())
                    .setAteomPodIp(worker.ip())
                    .setAteomPodUid(actor.activation().workerUid().toString());
        }
        return shown;
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

    private static Worker worker(WorkerView worker) {
        Worker.Builder shown = Worker.newBuilder()
                .setWorkerNamespace(worker.namespace())
                .setWorkerPool(worker.pool())
                .setWorkerPod(worker.pod())
                .setIp(worker.ip())
                .setWorkerPodUid(worker.uid().toString())
                .setNodeName(worker.node());
        WorkerView.Assigned actor = worker.actor();
        if (actor != null) {
            shown.setActorId(actor.id()).setActorAtespace(actor.atespace());
            if (actor.template() != null) {
                shown.setActorNamespace(actor.template().namespace())
                        .setActorTemplate(actor.template().name());
            }
        }
        return shown.build();
    }

    private static Atespace named(dev.dormouse.atespace.Atespace atespace) {
        return Atespace.newBuilder().setName(atespace.name().value()).build();
    }
}
