package dev.dormouse.ateom;

import dev.dormouse.ateom.Activation.Started;
import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.ateom.wire.SlotReport;
import dev.dormouse.ateom.wire.SlotReport.State;
import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.files.FileTree;
import dev.dormouse.name.ActorKey;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One worker: runs one actor at a time, and one command at a time in the order they came. Between actors it keeps a sandbox prepared
 * for the workload it ran last. All commands block; whatever fails, the slot is clean and free again when a command answers, or
 * gets there before it takes the next one.
 */
final class WorkerSlot implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(WorkerSlot.class);
    private static final int REMEMBERED_ANSWERS = 16;

    private final Slot identity;
    private final SandboxRuntime.Slot place;
    private final Node node;
    private final Runnable changed;
    private final Startup startup;
    private final SnapshotTaking snapshots;
    private final MetadataServer metadata;

    private final ReentrantLock commands = new ReentrantLock(true);
    // Written under the lock, read by reports without it.
    private volatile State state = State.FREE;
    private volatile @Nullable Activation activation;
    private volatile @Nullable PreparedSandbox prepared;
    private volatile boolean closing;
    // Guarded by the lock.
    private @Nullable Workload usual;
    private final Map<ActorGeneration, ActivateResponse> failedStarts = remembering();
    private final Map<String, CheckpointResponse> takenSnapshots = remembering();

    private record ActorGeneration(ActorKey actor, long generation) {}

    /**
     * @param metadata listens already
     * @param changed told when the slot's report changed
     */
    WorkerSlot(Slot identity, SandboxRuntime.Slot place, Node node, MetadataServer metadata, Runnable changed) {
        this.identity = identity;
        this.place = place;
        this.node = node;
        this.changed = changed;
        this.metadata = metadata;
        this.startup = new Startup(node, place, node.slotDirectory(place.name()), metadata.port(), changed);
        this.snapshots = new SnapshotTaking(node);
        metadata.serve(() -> activation, changed);
    }

    /** Makes it ready for a workload; a prepared sandbox of another one is replaced. */
    void prepare(Workload workload) throws CommandFailure {
        // the long part before it is this command's turn: an actor can start meanwhile
        SandboxPreparation.Unpacked unpacked = node.preparation().unpack(workload);
        commands.lock();
        try {
            if (state != State.FREE || closing) {
                throw busy();
            }
            usual = workload;
            takePrepared(workload, unpacked);
        } finally {
            commands.unlock();
        }
        changed.run();
    }

    private void takePrepared(Workload workload, SandboxPreparation.Unpacked unpacked) throws CommandFailure {
        PreparedSandbox present = prepared;
        if (present != null && present.fits(workload)) {
            return;
        }
        discardPrepared();
        prepared = startup.prepare(unpacked);
    }

    ActivateResponse activate(ActivateRequest request) throws InterruptedException {
        ActorKey actor =
                ActorKey.of(request.getActor().getAtespace(), request.getActor().getId());
        ActorGeneration asked = new ActorGeneration(actor, request.getGeneration());
        commands.lock();
        try {
            ActivateResponse known = answered(asked);
            return known != null ? known : start(asked, request);
        } catch (CommandFailure e) {
            return failed(e);
        } finally {
            commands.unlock();
        }
    }

    private @Nullable ActivateResponse answered(ActorGeneration asked) {
        Activation present = activation;
        if (present != null && present.is(asked.actor(), asked.generation())) {
            Started started = present.started();
            return started == null ? null : started.answer();
        }
        return failedStarts.get(asked);
    }

    private ActivateResponse start(ActorGeneration asked, ActivateRequest request)
            throws CommandFailure, InterruptedException {
        if (!node.fence().admit(asked.actor(), asked.generation())) {
            throw new CommandFailure(
                    Reason.STALE_GENERATION,
                    "activation %d of %s is over or superseded".formatted(asked.generation(), asked.actor()));
        }
        Activation present = activation;
        if (present != null) {
            // either its snapshot is taken and only the sandbox is left, or a newer claim of the same actor gave it up
            if (state != State.STOPPING && !present.actor().equals(asked.actor())) {
                throw busy();
            }
            end(present);
        }
        if (closing) {
            throw busy();
        }
        usual = request.getWorkload();
        return run(new Activation(asked.actor(), asked.generation(), request.getWorkload()), request);
    }

    private ActivateResponse run(Activation starting, ActivateRequest request) throws InterruptedException {
        activation = starting;
        become(State.STARTING);
        try {
            Started started = startup.start(starting, request, waitingSandbox(starting.workload()));
            starting.started(started);
            become(State.RUNNING);
            return started.answer();
        } catch (CommandFailure e) {
            return startFailed(starting, e);
        } catch (RuntimeException e) {
            LOG.errorf(e, "starting %s failed", starting.actor());
            return startFailed(starting, new CommandFailure(Reason.SANDBOX, "the worker failed: " + e, e));
        } catch (InterruptedException e) {
            startFailed(starting, new CommandFailure(Reason.SANDBOX, "the worker is stopping", e));
            throw e;
        }
    }

    private ActivateResponse startFailed(Activation starting, CommandFailure failure) {
        LOG.infof("%s did not start: %s: %s", starting.actor(), failure.reason(), failure.getMessage());
        node.fence().end(starting.actor(), starting.generation());
        ActivateResponse answer = failed(failure);
        failedStarts.put(new ActorGeneration(starting.actor(), starting.generation()), answer);
        free();
        return answer;
    }

    /** The sandbox that was prepared, if it was for this workload; another one makes room. */
    private @Nullable PreparedSandbox waitingSandbox(Workload workload) {
        PreparedSandbox present = prepared;
        if (present != null && present.fits(workload)) {
            prepared = null;
            return present;
        }
        discardPrepared();
        return null;
    }

    private void discardPrepared() {
        PreparedSandbox present = prepared;
        prepared = null;
        if (present != null) {
            present.discard();
        }
    }

    /** With {@code leave_running=false} the sandbox is removed after the answer, before the slot takes its next command. */
    CheckpointResponse checkpoint(CheckpointRequest request) {
        ActorKey actor =
                ActorKey.of(request.getActor().getAtespace(), request.getActor().getId());
        commands.lock();
        try {
            CheckpointResponse known = takenSnapshots.get(request.getSnapshotId());
            if (known != null) {
                return known;
            }
            Activation present = require(actor, request.getGeneration());
            Started started = present.started();
            if (started == null || present.exit() != null) {
                throw notRunning(actor, "its workload has ended");
            }
            return take(present, started, request);
        } catch (CommandFailure e) {
            return CheckpointResponse.newBuilder().setFailure(e.toWire()).build();
        } finally {
            commands.unlock();
        }
    }

    private CheckpointResponse take(Activation present, Started started, CheckpointRequest request)
            throws CommandFailure {
        if (!request.getLeaveRunning()) {
            become(State.STOPPING);
        }
        try {
            CheckpointResponse answer = CheckpointResponse.newBuilder()
                    .setTaken(snapshots.take(present, started, request))
                    .build();
            takenSnapshots.put(request.getSnapshotId(), answer);
            if (!request.getLeaveRunning()) {
                node.fence().end(present.actor(), present.generation());
                node.background().execute(() -> endIfPresent(present));
            }
            return answer;
        } catch (CommandFailure | RuntimeException e) {
            become(State.RUNNING);
            throw e;
        }
    }

    /** Ends what runs or starts here at this generation or an older one. */
    void discard(ActorKey actor, long generation) {
        node.fence().end(actor, generation);
        Activation starting = activation;
        if (starting != null && starting.actor().equals(actor) && starting.generation() <= generation) {
            starting.cancel();
        }
        commands.lock();
        try {
            Activation present = activation;
            if (present != null && present.actor().equals(actor) && present.generation() <= generation) {
                end(present);
            }
        } finally {
            commands.unlock();
        }
    }

    int openPort(ActorKey actor, long generation, int port) throws CommandFailure {
        if (port < 1 || port > 65_535) {
            throw new CommandFailure(Reason.UNSUPPORTED, "a port is a number from 1 to 65535");
        }
        commands.lock();
        try {
            Started started = require(actor, generation).started();
            if (started == null) {
                throw notRunning(actor, "its workload has ended");
            }
            return started.running().openPort(port);
        } catch (SandboxException e) {
            throw CommandFailure.of(e);
        } finally {
            commands.unlock();
        }
    }

    private Activation require(ActorKey actor, long generation) throws CommandFailure {
        Activation present = activation;
        if (present != null && present.is(actor, generation)) {
            // its snapshot is taken and it only waits for its sandbox to be removed
            if (state == State.STOPPING) {
                throw notRunning(actor, "it is stopped");
            }
            return present;
        }
        if (node.fence().isStale(actor, generation)) {
            throw new CommandFailure(
                    Reason.STALE_GENERATION, "activation %d of %s is superseded".formatted(generation, actor));
        }
        throw notRunning(actor, "generation " + generation + " is not here");
    }

    private CommandFailure notRunning(ActorKey actor, String why) {
        return new CommandFailure(
                Reason.NOT_RUNNING, "worker %s does not run %s: %s".formatted(identity.getPod(), actor, why));
    }

    private CommandFailure busy() {
        Activation present = activation;
        String what = present == null ? "is being removed" : "runs " + present.actor();
        return new CommandFailure(Reason.BUSY, "worker %s %s".formatted(identity.getPod(), what));
    }

    private void endIfPresent(Activation ended) {
        commands.lock();
        try {
            if (activation == ended) {
                end(ended);
            }
        } finally {
            commands.unlock();
        }
    }

    private void end(Activation ended) {
        become(State.STOPPING);
        node.fence().end(ended.actor(), ended.generation());
        Started started = ended.started();
        if (started != null) {
            started.running().kill();
            started.log().collect();
            started.sandbox().files().delete();
        }
        free();
    }

    private void free() {
        activation = null;
        become(State.FREE);
        node.background().execute(this::prepareAhead);
    }

    /** Makes the free slot ready for what it ran last. Nobody waits for this. */
    private void prepareAhead() {
        Workload workload = usual;
        if (workload == null || closing) {
            return;
        }
        try (StartLimit.Place turn = node.limit().prepareAhead()) {
            SandboxPreparation.Unpacked unpacked = node.preparation().unpack(workload);
            commands.lock();
            try {
                if (state == State.FREE && !closing && workload == usual) {
                    takePrepared(workload, unpacked);
                }
            } finally {
                commands.unlock();
            }
            changed.run();
        } catch (CommandFailure e) {
            // the next start creates its own sandbox, and fails with this if it must
            LOG.warnf("worker %s could not prepare a sandbox: %s", identity.getPod(), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks at what runs: is it idle, has it printed something. Called a few times a second. */
    void sample(long now) {
        Activation present = activation;
        Started started = present == null ? null : present.started();
        if (started != null && state == State.RUNNING && present.exit() == null) {
            started.idle().sample(now, started.running().usage());
            started.log().collect();
        }
    }

    private void become(State next) {
        state = next;
        changed.run();
    }

    String uid() {
        return identity.getWorkerUid();
    }

    boolean isFree() {
        return state == State.FREE;
    }

    SlotReport report() {
        return SlotReports.of(identity, place.ip(), state, activation, prepared, System.nanoTime());
    }

    /** Removes it if it is free; false when it is not. It takes no more actors then. */
    boolean closeIfFree() {
        commands.lock();
        try {
            if (state != State.FREE) {
                return false;
            }
            close();
            return true;
        } finally {
            commands.unlock();
        }
    }

    /** Ends what runs without a snapshot and gives everything back. */
    @Override
    public void close() {
        closing = true;
        Activation present = activation;
        if (present != null) {
            present.cancel();
        }
        commands.lock();
        try {
            if (activation != null) {
                end(activation);
            }
            discardPrepared();
            metadata.close();
            place.close();
            FileTree.discard(node.slotDirectory(place.name()));
        } finally {
            commands.unlock();
        }
    }

    private static ActivateResponse failed(CommandFailure failure) {
        Failure wire = failure.toWire();
        return ActivateResponse.newBuilder().setFailure(wire).build();
    }

    private static <K, V> Map<K, V> remembering() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.@Nullable Entry<K, V> eldest) {
                return size() > REMEMBERED_ANSWERS;
            }
        };
    }
}
