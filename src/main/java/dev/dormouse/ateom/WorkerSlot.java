package dev.dormouse.ateom;

import dev.dormouse.ateom.Activation.Started;
import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.ateom.wire.SlotReport;
import dev.dormouse.ateom.wire.SlotReport.State;
import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.files.FileTree;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.LogFields;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One worker: runs one actor at a time, and one command at a time in the order they came. Between actors it keeps a sandbox prepared
 * for the workload it ran last. All commands block; whatever fails, the slot is clean and free again when a command answers, or
 * gets there before it takes the next one.
 */
final class WorkerSlot implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(WorkerSlot.class);

    private final Slot identity;
    private final SandboxRuntime.Slot place;
    private final Node node;
    private final Runnable changed;
    private final MetadataServer metadata;
    private final Startup startup;
    private final SnapshotTaking snapshots;
    private final SlotTurns turns;
    // Changed under the lock, read by reports without it.
    private final Occupancy occupancy;
    private final Standby standby;
    // Guarded by the lock.
    private final SlotAnswers answers = new SlotAnswers();
    private volatile boolean closing;

    /**
     * @param metadata listens already
     * @param tokens of its actor
     * @param changed told when the slot's report changed
     */
    WorkerSlot(
            Slot identity,
            SandboxRuntime.Slot place,
            Node node,
            MetadataServer metadata,
            IdentityTokens tokens,
            Runnable changed) {
        this.identity = identity;
        this.place = place;
        this.node = node;
        this.changed = changed;
        this.metadata = metadata;
        this.occupancy = new Occupancy(identity, node.fence(), changed);
        TokenFile tokenFile = new TokenFile(tokens, occupancy::activation, node.background(), node.clock());
        this.startup = new Startup(node, place, node.slotDirectory(place.name()), metadata.port(), tokenFile, changed);
        this.snapshots = new SnapshotTaking(node);
        this.turns = new SlotTurns(place, node.background());
        this.standby = new Standby(startup, turns);
        metadata.serve(occupancy::activation, changed);
    }

    /** Makes it ready for a workload; a prepared sandbox of another one is replaced. */
    void prepare(Workload workload) throws CommandFailure {
        // the long part before it is this command's turn: an actor can start meanwhile
        SandboxPreparation.Unpacked unpacked = node.preparation().unpack(workload);
        turns.lock();
        try {
            if (occupancy.state() != State.FREE || closing) {
                throw occupancy.busy();
            }
            standby.usual(workload);
            standby.provide(unpacked);
        } finally {
            turns.unlock();
        }
        changed.run();
    }

    ActivateResponse activate(ActivateRequest request) throws InterruptedException {
        SlotAnswers.Start asked = SlotAnswers.Start.of(request);
        turns.lockToStart(request.getWorkload().getTemplateDigest());
        try {
            ActivateResponse known = answered(asked);
            return known != null ? known : start(asked, request);
        } catch (CommandFailure e) {
            return failed(e);
        } finally {
            turns.unlock();
        }
    }

    private @Nullable ActivateResponse answered(SlotAnswers.Start asked) {
        Activation present = occupancy.activation();
        if (present != null && present.is(asked.actor(), asked.generation())) {
            Started started = present.started();
            return started == null ? null : started.answer();
        }
        return answers.failed(asked);
    }

    private ActivateResponse start(SlotAnswers.Start asked, ActivateRequest request)
            throws CommandFailure, InterruptedException {
        if (!node.fence().admit(asked.actor(), asked.generation())) {
            throw new CommandFailure(
                    Reason.STALE_GENERATION,
                    "activation %d of %s is over or superseded".formatted(asked.generation(), asked.actor()));
        }
        Activation present = occupancy.activation();
        if (present != null) {
            // either its snapshot is taken and only the sandbox is left, or a newer claim of the same actor gave it up
            if (occupancy.state() != State.STOPPING && !present.actor().equals(asked.actor())) {
                throw occupancy.busy();
            }
            end(present);
        }
        if (closing) {
            throw occupancy.busy();
        }
        standby.usual(request.getWorkload());
        return run(new Activation(asked.actor(), asked.generation(), request.getWorkload()), request);
    }

    private ActivateResponse run(Activation starting, ActivateRequest request) throws InterruptedException {
        occupancy.hold(starting);
        try {
            Started started = startup.start(starting, request, standby.take(starting.workload()));
            starting.started(started);
            occupancy.become(State.RUNNING);
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
        node.fence().end(starting.actor(), starting.generation());
        ActivateResponse answer = failed(failure.without(starting.secrets()));
        answers.remember(new SlotAnswers.Start(starting.actor(), starting.generation()), answer);
        free();
        return answer;
    }

    private static ActivateResponse failed(CommandFailure failure) {
        return ActivateResponse.newBuilder().setFailure(failure.toWire()).build();
    }

    /** With {@code leave_running=false} the sandbox is removed after the answer, before the slot takes its next command. */
    CheckpointResponse checkpoint(CheckpointRequest request) {
        ActorKey actor =
                ActorKey.of(request.getActor().getAtespace(), request.getActor().getId());
        turns.lock();
        try {
            CheckpointResponse known = answers.taken(request);
            if (known != null) {
                return known;
            }
            Activation present = occupancy.require(actor, request.getGeneration());
            return take(present, occupancy.requireStarted(present), request);
        } catch (CommandFailure e) {
            return CheckpointResponse.newBuilder().setFailure(e.toWire()).build();
        } finally {
            turns.unlock();
        }
    }

    private CheckpointResponse take(Activation present, Started started, CheckpointRequest request)
            throws CommandFailure {
        if (!request.getLeaveRunning()) {
            occupancy.become(State.STOPPING);
        }
        try {
            CheckpointResponse answer = CheckpointResponse.newBuilder()
                    .setTaken(snapshots.take(present, started, request))
                    .build();
            answers.remember(request, answer);
            if (!request.getLeaveRunning()) {
                node.fence().end(present.actor(), present.generation());
                node.background().execute(() -> endIfPresent(present));
            }
            return answer;
        } catch (CommandFailure | RuntimeException e) {
            occupancy.become(State.RUNNING);
            throw e;
        }
    }

    /** Ends what runs or starts here at this generation or an older one. */
    void discard(ActorKey actor, long generation) {
        node.fence().end(actor, generation);
        Activation starting = occupancy.activation();
        if (starting != null && starting.actor().equals(actor) && starting.generation() <= generation) {
            starting.cancel();
        }
        turns.lockToEnd();
        try {
            Activation present = occupancy.activation();
            if (present != null && present.actor().equals(actor) && present.generation() <= generation) {
                end(present);
            }
        } finally {
            turns.unlock();
        }
    }

    int openPort(ActorKey actor, long generation, int port) throws CommandFailure {
        if (port < 1 || port > 65_535) {
            throw new CommandFailure(Reason.UNSUPPORTED, "a port is a number from 1 to 65535");
        }
        turns.lock();
        try {
            return occupancy
                    .requireStarted(occupancy.require(actor, generation))
                    .running()
                    .openPort(port);
        } catch (SandboxException e) {
            throw CommandFailure.of(e);
        } finally {
            turns.unlock();
        }
    }

    private void endIfPresent(Activation ended) {
        turns.lock();
        try {
            if (occupancy.activation() == ended) {
                end(ended);
            }
        } finally {
            turns.unlock();
        }
    }

    private void end(Activation ended) {
        occupancy.become(State.STOPPING);
        node.fence().end(ended.actor(), ended.generation());
        Started started = ended.started();
        if (started != null) {
            started.running().kill();
            started.log().end();
            started.sandbox().files().delete();
        }
        free();
    }

    private void free() {
        occupancy.vacate();
        node.background().execute(this::prepareAhead);
    }

    /** Makes the free slot ready for what it ran last. Nobody waits for this. */
    private void prepareAhead() {
        Workload workload = standby.usual();
        if (workload == null || closing) {
            return;
        }
        try (StartLimit.Place turn = node.limit().prepareAhead()) {
            SandboxPreparation.Unpacked unpacked = node.preparation().unpack(workload);
            turns.lock();
            try {
                if (occupancy.state() == State.FREE && !closing && workload == standby.usual()) {
                    standby.provide(unpacked);
                }
            } finally {
                turns.unlock();
            }
            changed.run();
        } catch (CommandFailure e) {
            if (e.reason() == Reason.BUSY) {
                return;
            }
            // the next start creates its own sandbox, and fails with this if it must
            LogFields.of(new TemplateRef(workload.getTemplateNamespace(), workload.getTemplateName()))
                    .worker(name())
                    .log(() ->
                            LOG.warnf("worker %s could not prepare a sandbox: %s", identity.getPod(), e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks at what runs: is it idle. Called a few times a second. */
    void sample(long now) {
        occupancy.sample(now);
    }

    /** As logs, traces and the journal have it. */
    String name() {
        return LogFields.workerName(new PoolRef(identity.getNamespace(), identity.getPool()), identity.getPod());
    }

    /** What the actor runs here; null when this slot doesn't hold it. */
    @Nullable
    Workload workload(ActorKey actor) {
        Activation present = occupancy.activation();
        return present != null && present.actor().equals(actor) ? present.workload() : null;
    }

    boolean isFree() {
        return occupancy.state() == State.FREE;
    }

    SlotReport report() {
        return occupancy.report(place.ip(), standby.digest());
    }

    /** Begins to end: what runs goes on, and nothing else starts here. */
    void retire() {
        closing = true;
    }

    /** Removes it if it is free; false when it is not. It takes no more actors then. */
    boolean closeIfFree() {
        if (!isFree()) {
            return false;
        }
        turns.lockToClose();
        try {
            if (!isFree()) {
                return false;
            }
            close();
            return true;
        } finally {
            turns.unlock();
        }
    }

    /** Ends what runs without a snapshot and gives everything back. */
    @Override
    public void close() {
        closing = true;
        Activation present = occupancy.activation();
        if (present != null) {
            present.cancel();
        }
        turns.lockToClose();
        try {
            Activation last = occupancy.activation();
            if (last != null) {
                end(last);
            }
            standby.discard();
            metadata.close();
            startup.close();
            place.close();
            FileTree.discard(node.slotDirectory(place.name()));
        } finally {
            turns.unlock();
        }
    }
}
