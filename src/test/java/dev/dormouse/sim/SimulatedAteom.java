package dev.dormouse.sim;

import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.Activated;
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
import dev.dormouse.ateom.wire.Exited;
import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.ateom.wire.HeartbeatRequest;
import dev.dormouse.ateom.wire.OpenPortRequest;
import dev.dormouse.ateom.wire.OpenPortResponse;
import dev.dormouse.ateom.wire.Phases;
import dev.dormouse.ateom.wire.PrepareRequest;
import dev.dormouse.ateom.wire.PrepareResponse;
import dev.dormouse.ateom.wire.PromoteRequest;
import dev.dormouse.ateom.wire.ReadLogRequest;
import dev.dormouse.ateom.wire.ReadLogResponse;
import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.ateom.wire.SlotReport;
import dev.dormouse.ateom.wire.SnapshotTaken;
import dev.dormouse.name.ActorKey;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An ateom without sandboxes: slots, generations and snapshots behave as the real one's, an actor's whole state is a number. Calls
 * take the time that is set and fail as they are told to. It outlives "restarts": {@link #restart} loses what ran.
 */
public final class SimulatedAteom implements Ateom {

    /** What happens to one call. */
    public enum Fault {
        NONE,
        /** Not carried out, never answered. */
        UNHEARD,
        /** Carried out, never answered. */
        UNANSWERED,
        /** Carried out, but the process dies before it answers, and is started again. */
        KILLED,
        /** Refused with {@link #refuseWith}. */
        REFUSED
    }

    /** @param method name of the method of {@link Ateom} */
    public record Call(String method, ActorKey actor) {}

    private static final IllegalStateException DEAD = new IllegalStateException("the connection broke");

    private final String address;
    private final String node;
    private final SimulatedStorage storage;
    private final Map<String, SimulatedSlot> slots = new LinkedHashMap<>();
    private final SimulatedLogs logs = new SimulatedLogs();
    private final Map<ActorKey, Long> ended = new ConcurrentHashMap<>();
    private final AtomicInteger ports = new AtomicInteger(20_000);

    private volatile UUID id = UUID.randomUUID();
    private volatile Duration latency = Duration.ZERO;
    private volatile Function<Call, Fault> faults = call -> Fault.NONE;
    private volatile Reason refuseWith = Reason.SANDBOX;
    private volatile String build = SimulatedStorage.BUILD;
    private volatile boolean draining;
    private volatile boolean prepares = true;

    /**
     * @param storage where snapshots go; shared by the ateoms of one test
     */
    public SimulatedAteom(String address, String node, SimulatedStorage storage, Collection<Slot> slots) {
        this.address = address;
        this.node = node;
        this.storage = storage;
        slots.forEach(slot -> this.slots.put(slot.getWorkerUid(), new SimulatedSlot(slot)));
    }

    /** Slots of one pool, {@code <pool>-0} and so on. */
    public static Collection<Slot> slots(String namespace, String pool, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Slot.newBuilder()
                        .setWorkerUid(UUID.nameUUIDFromBytes((namespace + "/" + pool + "-" + i).getBytes())
                                .toString())
                        .setNamespace(namespace)
                        .setPool(pool)
                        .setPod(pool + "-" + i)
                        .setSandboxClass("gvisor")
                        .build())
                .toList();
    }

    public String address() {
        return address;
    }

    public String node() {
        return node;
    }

    /** Each activation and checkpoint takes so long. */
    public void latency(Duration each) {
        latency = each;
    }

    public void faults(Function<Call, Fault> decide) {
        faults = decide;
    }

    public void refuseWith(Reason reason) {
        refuseWith = reason;
    }

    public void draining(boolean now) {
        draining = now;
    }

    /** Whether it takes preparations; they cost nothing but the call. */
    public void prepares(boolean now) {
        prepares = now;
    }

    /** The process was killed and started again: whatever ran is gone. */
    public synchronized void restart() {
        id = UUID.randomUUID();
        slots.values().forEach(SimulatedSlot::clear);
    }

    /** The process was started again with another sandbox binary. */
    public void upgrade(String sha256) {
        build = sha256;
        restart();
    }

    /** The workload ends by itself. */
    public synchronized void crash(ActorKey actor, String message) {
        running(actor).ifPresent(slot -> slot.exited = message);
    }

    /** The actor asks to be suspended. */
    public synchronized void requestSuspend(ActorKey actor) {
        running(actor).ifPresent(slot -> slot.suspendRequested = true);
    }

    /** The actor has been idle for so long, and stays so; zero: busy. */
    public synchronized void idle(ActorKey actor, Duration idleFor) {
        running(actor).ifPresent(slot -> slot.idleSince = System.nanoTime() - idleFor.toNanos());
    }

    /** The actor does something worth remembering: its number, now. */
    public synchronized Optional<Long> work(ActorKey actor, long generation) {
        return running(actor).filter(slot -> slot.generation == generation).map(slot -> ++slot.memory);
    }

    public synchronized Optional<SimulatedSlot> running(ActorKey actor) {
        return slots.values().stream().filter(slot -> actor.equals(slot.actor)).findFirst();
    }

    /** How many slots hold an actor. */
    public synchronized long held() {
        return slots.values().stream().filter(slot -> slot.actor != null).count();
    }

    @Override
    public Uni<ConfigureResponse> configure(ConfigureRequest request) {
        synchronized (this) {
            request.getSlotsList()
                    .forEach(slot -> slots.computeIfAbsent(slot.getWorkerUid(), uid -> new SimulatedSlot(slot)));
        }
        return Uni.createFrom().item(ConfigureResponse.getDefaultInstance());
    }

    @Override
    public Uni<PrepareResponse> prepare(PrepareRequest request) {
        synchronized (this) {
            SimulatedSlot slot = slots.get(request.getWorkerUid());
            if (!prepares || slot == null || slot.actor != null) {
                return Uni.createFrom()
                        .item(PrepareResponse.newBuilder()
                                .setFailure(failure(Reason.BUSY, "not now"))
                                .build());
            }
            slot.prepared = request.getWorkload().getTemplateDigest();
        }
        return Uni.createFrom().item(PrepareResponse.getDefaultInstance());
    }

    @Override
    public Uni<ActivateResponse> activate(ActivateRequest request) {
        ActorKey actor = key(request.getActor());
        return answer(
                new Call("activate", actor),
                () -> start(request, actor),
                failure -> ActivateResponse.newBuilder().setFailure(failure).build());
    }

    private synchronized ActivateResponse start(ActivateRequest request, ActorKey actor) {
        SimulatedSlot slot = slots.get(request.getWorkerUid());
        long generation = request.getGeneration();
        if (slot == null) {
            return refused(Reason.NOT_RUNNING, "no such worker");
        }
        if (slot.holds(actor, generation) && slot.answer != null) {
            return slot.answer;
        }
        if (generation <= ended.getOrDefault(actor, 0L)) {
            return refused(Reason.STALE_GENERATION, "over");
        }
        if (slot.actor != null) {
            return refused(Reason.BUSY, "runs " + slot.actor);
        }
        Optional<Long> memory =
                request.getSnapshotUri().isEmpty() ? Optional.of(0L) : storage.read(request.getSnapshotUri(), node);
        if (memory.isEmpty()) {
            ended.merge(actor, generation, Math::max);
            return refused(Reason.SNAPSHOT_MISSING, "no snapshot at " + request.getSnapshotUri());
        }
        boolean prewarmed = request.getWorkload().getTemplateDigest().equals(slot.prepared);
        slot.hold(actor, generation, request.getBoot() ? 0 : memory.get());
        slot.answer = ActivateResponse.newBuilder()
                .setActivated(Activated.newBuilder()
                        .setHost("127.0.0.1")
                        .putPorts(80, ports.incrementAndGet())
                        .setPhases(Phases.newBuilder()
                                .setPrepare(10)
                                .setRestore(20)
                                .setReady(30)
                                .setPrewarmed(prewarmed)))
                .build();
        return slot.answer;
    }

    @Override
    public Uni<CheckpointResponse> checkpoint(CheckpointRequest request) {
        ActorKey actor = key(request.getActor());
        return answer(new Call("checkpoint", actor), () -> take(request, actor), SimulatedAteom::notTaken);
    }

    private synchronized CheckpointResponse take(CheckpointRequest request, ActorKey actor) {
        Optional<CheckpointResponse> known = storage.answered(request.getSnapshotId());
        if (known.isPresent()) {
            return known.get();
        }
        SimulatedSlot slot = slots.get(request.getWorkerUid());
        if (slot == null || !slot.holds(actor, request.getGeneration()) || slot.exited != null) {
            return notTaken(failure(Reason.NOT_RUNNING, "does not run " + actor));
        }
        boolean local = request.getLocation().isEmpty();
        String uri = local
                ? "local:" + request.getSnapshotId()
                : "%s/%s/%s".formatted(request.getLocation(), actor, request.getSnapshotId());
        storage.write(uri, local ? node : null, slot.memory);
        CheckpointResponse answer = CheckpointResponse.newBuilder()
                .setTaken(SnapshotTaken.newBuilder().setUri(uri).setSizeBytes(8).setSandboxBuild(build))
                .build();
        storage.answer(request.getSnapshotId(), answer);
        if (!request.getLeaveRunning()) {
            ended.merge(actor, request.getGeneration(), Math::max);
            slot.clear();
        }
        return answer;
    }

    @Override
    public Uni<DiscardResponse> discard(DiscardRequest request) {
        ActorKey actor = key(request.getActor());
        return answer(
                new Call("discard", actor),
                () -> {
                    end(actor, request.getGeneration());
                    return DiscardResponse.getDefaultInstance();
                },
                failure -> DiscardResponse.getDefaultInstance());
    }

    private synchronized void end(ActorKey actor, long generation) {
        ended.merge(actor, generation, Math::max);
        slots.values().stream()
                .filter(slot -> actor.equals(slot.actor) && slot.generation <= generation)
                .forEach(SimulatedSlot::clear);
    }

    @Override
    public synchronized Uni<OpenPortResponse> openPort(OpenPortRequest request) {
        boolean runs = running(key(request.getActor()))
                .filter(slot -> slot.generation == request.getGeneration())
                .isPresent();
        OpenPortResponse.Builder response = OpenPortResponse.newBuilder();
        if (runs) {
            response.setEndpointPort(ports.incrementAndGet());
        } else {
            response.setFailure(failure(Reason.NOT_RUNNING, "not here"));
        }
        return Uni.createFrom().item(response.build());
    }

    @Override
    public Uni<CheckpointResponse> promote(PromoteRequest request) {
        ActorKey actor = key(request.getActor());
        return answer(
                new Call("promote", actor),
                () -> {
                    Optional<Long> memory = storage.read("local:" + request.getSnapshotId(), node);
                    if (memory.isEmpty()) {
                        return notTaken(failure(Reason.SNAPSHOT_MISSING, "not on this node"));
                    }
                    String uri = "%s/%s/%s".formatted(request.getLocation(), actor, request.getSnapshotId());
                    storage.write(uri, null, memory.get());
                    return CheckpointResponse.newBuilder()
                            .setTaken(SnapshotTaken.newBuilder().setUri(uri).setSizeBytes(8))
                            .build();
                },
                SimulatedAteom::notTaken);
    }

    /** What actors printed here. */
    public SimulatedLogs logs() {
        return logs;
    }

    @Override
    public Uni<ReadLogResponse> readLog(ReadLogRequest request) {
        return logs.read(request);
    }

    @Override
    public Uni<DropLocalResponse> dropLocal(DropLocalRequest request) {
        storage.delete("local:" + request.getSnapshotId());
        return Uni.createFrom().item(DropLocalResponse.getDefaultInstance());
    }

    /** What it would report now. */
    public synchronized HeartbeatRequest report() {
        HeartbeatRequest.Builder report = HeartbeatRequest.newBuilder()
                .setAteomId(id.toString())
                .setAddress(address)
                .setNode(node)
                .addSandboxBuilds(build)
                .setCpuArch("amd64")
                .setCpuFeatures("f00")
                .setDraining(draining);
        slots.values().forEach(slot -> report.addSlots(slot.report()));
        return report.build();
    }

    /** The control plane doesn't know of these. */
    public void orphan(ActorRef actor, long generation) {
        end(key(actor), generation);
    }

    private <T> Uni<T> answer(Call call, Supplier<T> work, Function<Failure, T> refuse) {
        return Uni.createFrom().deferred(() -> {
            Fault fault = faults.apply(call);
            Uni<T> answer = latency.isZero()
                    ? Uni.createFrom().item(work)
                    : Uni.createFrom().voidItem().onItem().delayIt().by(latency).map(slept -> work.get());
            return switch (fault) {
                case NONE -> answer;
                case UNHEARD -> Uni.createFrom().nothing();
                case UNANSWERED -> answer.chain(done -> Uni.createFrom().nothing());
                case KILLED ->
                    answer.invoke(this::restart).chain(done -> Uni.createFrom().failure(DEAD));
                case REFUSED -> Uni.createFrom().item(refuse.apply(failure(refuseWith, "told to refuse")));
            };
        });
    }

    private static ActivateResponse refused(Reason reason, String message) {
        return ActivateResponse.newBuilder()
                .setFailure(failure(reason, message))
                .build();
    }

    private static CheckpointResponse notTaken(Failure failure) {
        return CheckpointResponse.newBuilder().setFailure(failure).build();
    }

    private static Failure failure(Reason reason, String message) {
        return Failure.newBuilder().setReason(reason).setMessage(message).build();
    }

    private static ActorKey key(ActorRef ref) {
        return ActorKey.of(ref.getAtespace(), ref.getId());
    }

    /** One slot; read it while nothing changes. */
    public static final class SimulatedSlot {
        private final Slot identity;
        private @Nullable ActorKey actor;
        private long generation;
        private long memory;
        private @Nullable ActivateResponse answer;
        private @Nullable String exited;
        private boolean suspendRequested;
        private long idleSince;
        private String prepared = "";

        SimulatedSlot(Slot identity) {
            this.identity = identity;
        }

        public long generation() {
            return generation;
        }

        public long memory() {
            return memory;
        }

        public String worker() {
            return identity.getWorkerUid();
        }

        boolean holds(ActorKey other, long otherGeneration) {
            return other.equals(actor) && generation == otherGeneration;
        }

        void hold(ActorKey newActor, long newGeneration, long startsWith) {
            actor = newActor;
            generation = newGeneration;
            memory = startsWith;
            prepared = "";
            idleSince = 0;
        }

        void clear() {
            actor = null;
            generation = 0;
            answer = null;
            exited = null;
            suspendRequested = false;
        }

        SlotReport report() {
            SlotReport.Builder report = SlotReport.newBuilder()
                    .setSlot(identity)
                    .setIp("127.0.0.1")
                    .setPrepared(prepared)
                    .setState(actor == null ? SlotReport.State.FREE : SlotReport.State.RUNNING);
            if (actor != null) {
                report.setActor(ActorRef.newBuilder()
                                .setAtespace(actor.atespace().value())
                                .setId(actor.id().value()))
                        .setGeneration(generation)
                        .setSuspendRequested(suspendRequested)
                        .setIdleMs(idleSince == 0 ? 0 : (System.nanoTime() - idleSince) / 1_000_000);
                if (exited != null) {
                    report.setExited(Exited.newBuilder().setCode(1).setMessage(exited));
                }
            }
            return report.build();
        }
    }
}
