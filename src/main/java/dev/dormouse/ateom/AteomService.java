package dev.dormouse.ateom;

import dev.dormouse.ateom.NodeCache.Held;
import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.ActorRef;
import dev.dormouse.ateom.wire.Ateom;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.ConfigureRequest;
import dev.dormouse.ateom.wire.ConfigureResponse;
import dev.dormouse.ateom.wire.DiscardRequest;
import dev.dormouse.ateom.wire.DiscardResponse;
import dev.dormouse.ateom.wire.DropLocalRequest;
import dev.dormouse.ateom.wire.DropLocalResponse;
import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.ateom.wire.OpenPortRequest;
import dev.dormouse.ateom.wire.OpenPortResponse;
import dev.dormouse.ateom.wire.PrepareRequest;
import dev.dormouse.ateom.wire.PrepareResponse;
import dev.dormouse.ateom.wire.PromoteRequest;
import dev.dormouse.ateom.wire.ReadLogRequest;
import dev.dormouse.ateom.wire.ReadLogResponse;
import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.InvalidNameException;
import io.grpc.Status;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * The commands of the control plane, each on a thread of its own. Once begun a command is carried out whether or not its caller
 * stays; failures that the caller can act on are answers, not exceptions.
 */
final class AteomService implements Ateom {

    private final Node node;
    private final WorkerSlots slots;
    private final boolean fixed;
    private final Promotion promotion;
    private final EarlierSnapshots earlier;
    private final AteomTelemetry telemetry;
    private final Executor threads;

    /**
     * @param fixed whether the slots are not the control plane's to choose
     * @param threads one thread per task, however many: commands block
     */
    AteomService(Node node, WorkerSlots slots, boolean fixed, AteomTelemetry telemetry, Executor threads) {
        this.node = node;
        this.slots = slots;
        this.fixed = fixed;
        this.promotion = new Promotion(node);
        this.earlier = new EarlierSnapshots(node);
        this.telemetry = telemetry;
        this.threads = threads;
    }

    @Override
    public Uni<ConfigureResponse> configure(ConfigureRequest request) {
        if (fixed) {
            return Uni.createFrom()
                    .failure(Status.FAILED_PRECONDITION
                            .withDescription("this ateom's worker is that of its Pod")
                            .asRuntimeException());
        }
        return command(() -> {
            slots.configure(request.getSlotsList());
            return ConfigureResponse.getDefaultInstance();
        });
    }

    @Override
    public Uni<PrepareResponse> prepare(PrepareRequest request) {
        return command(
                () -> {
                    slot(request.getWorkerUid()).prepare(request.getWorkload());
                    if (!request.getGoldenSnapshotUri().isEmpty()) {
                        fetchGolden(request.getGoldenSnapshotUri(), request.getWorkload());
                    }
                    return PrepareResponse.getDefaultInstance();
                },
                failure -> PrepareResponse.newBuilder().setFailure(failure).build());
    }

    private void fetchGolden(String uri, Workload workload) throws CommandFailure {
        try (Held golden = node.cache().hold(SnapshotUri.parse(uri))) {
            if (golden.manifest().scope() == dev.dormouse.snapshot.Scope.FULL) {
                node.compatibility().require(golden.manifest(), node.binaries().build(workload));
            }
        }
    }

    @Override
    public Uni<ActivateResponse> activate(ActivateRequest request) {
        return command(
                () -> telemetry.activate(
                        request,
                        worker(request.getWorkerUid()),
                        () -> slot(request.getWorkerUid()).activate(request)),
                failure -> ActivateResponse.newBuilder().setFailure(failure).build());
    }

    @Override
    public Uni<CheckpointResponse> checkpoint(CheckpointRequest request) {
        return command(
                () -> telemetry.checkpoint(
                        request,
                        slots.find(request.getWorkerUid())
                                .map(slot -> slot.workload(actor(request.getActor())))
                                .orElse(null),
                        worker(request.getWorkerUid()),
                        () -> takeOrFind(request)),
                AteomService::notTaken);
    }

    private CheckpointResponse takeOrFind(CheckpointRequest request) throws CommandFailure {
        CheckpointResponse answer = slots.find(request.getWorkerUid())
                .map(slot -> slot.checkpoint(request))
                .orElseGet(() -> notTaken(noWorker(request.getWorkerUid()).toWire()));
        return answer.getFailure().getReason() == Failure.Reason.NOT_RUNNING
                ? earlier.find(request).orElse(answer)
                : answer;
    }

    @Override
    public Uni<DiscardResponse> discard(DiscardRequest request) {
        return command(() -> {
            ActorKey actor = actor(request.getActor());
            // also without the slot: its activation may still be on its way
            node.fence().end(actor, request.getGeneration());
            slots.find(request.getWorkerUid()).ifPresent(slot -> slot.discard(actor, request.getGeneration()));
            return DiscardResponse.getDefaultInstance();
        });
    }

    @Override
    public Uni<OpenPortResponse> openPort(OpenPortRequest request) {
        return command(
                () -> OpenPortResponse.newBuilder()
                        .setEndpointPort(slot(request.getWorkerUid())
                                .openPort(actor(request.getActor()), request.getGeneration(), request.getPort()))
                        .build(),
                failure -> OpenPortResponse.newBuilder().setFailure(failure).build());
    }

    @Override
    public Uni<CheckpointResponse> promote(PromoteRequest request) {
        return command(
                () -> promotion.promote(actor(request.getActor()), request.getSnapshotId(), request.getLocation()),
                AteomService::notTaken);
    }

    @Override
    public Uni<DropLocalResponse> dropLocal(DropLocalRequest request) {
        return command(() -> {
            node.locals().drop(actor(request.getActor()), request.getSnapshotId());
            return DropLocalResponse.getDefaultInstance();
        });
    }

    @Override
    public Uni<ReadLogResponse> readLog(ReadLogRequest request) {
        return command(() -> node.logs().read(actor(request.getActor()), request));
    }

    private static CheckpointResponse notTaken(Failure failure) {
        return CheckpointResponse.newBuilder().setFailure(failure).build();
    }

    private static ActorKey actor(ActorRef ref) {
        return ActorKey.of(ref.getAtespace(), ref.getId());
    }

    private String worker(String uid) {
        return slots.find(uid).map(WorkerSlot::name).orElse(uid);
    }

    private WorkerSlot slot(String uid) throws CommandFailure {
        return slots.find(uid).orElseThrow(() -> noWorker(uid));
    }

    private static CommandFailure noWorker(String uid) {
        return new CommandFailure(Failure.Reason.NOT_RUNNING, "this ateom has no worker " + uid);
    }

    private <T> Uni<T> command(Callable<T> work) {
        return Uni.createFrom().item(() -> call(work)).runSubscriptionOn(threads);
    }

    private <T> Uni<T> command(Callable<T> work, Function<Failure, T> failed) {
        return command(() -> {
            try {
                return work.call();
            } catch (CommandFailure e) {
                return failed.apply(e.toWire());
            } catch (InvalidNameException e) {
                return failed.apply(Failure.newBuilder()
                        .setReason(Failure.Reason.UNSUPPORTED)
                        .setMessage(e.getMessage())
                        .build());
            }
        });
    }

    private static <T> T call(Callable<T> work) {
        try {
            return work.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("ateom is stopping", e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
