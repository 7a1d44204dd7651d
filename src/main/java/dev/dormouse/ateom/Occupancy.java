package dev.dormouse.ateom;

import dev.dormouse.ateom.Activation.Started;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.ateom.wire.SlotReport;
import dev.dormouse.ateom.wire.SlotReport.State;
import dev.dormouse.name.ActorKey;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a slot and how far that has got, and the refusal of commands that don't fit. Changed by the slot's commands, one at a
 * time; read by anyone.
 */
final class Occupancy {

    private final Slot identity;
    private final GenerationFence fence;
    private final Runnable changed;
    private volatile State state = State.FREE;
    private volatile @Nullable Activation activation;

    /**
     * @param changed told when the slot's report changed
     */
    Occupancy(Slot identity, GenerationFence fence, Runnable changed) {
        this.identity = identity;
        this.fence = fence;
        this.changed = changed;
    }

    State state() {
        return state;
    }

    /** Null when the slot is free. */
    @Nullable
    Activation activation() {
        return activation;
    }

    void hold(Activation starting) {
        activation = starting;
        become(State.STARTING);
    }

    void become(State next) {
        state = next;
        changed.run();
    }

    void vacate() {
        activation = null;
        become(State.FREE);
    }

    /** The activation that a command names. Fails NOT_RUNNING or STALE_GENERATION. */
    Activation require(ActorKey actor, long generation) throws CommandFailure {
        Activation present = activation;
        if (present != null && present.is(actor, generation)) {
            // its snapshot is taken and it only waits for its sandbox to be removed
            if (state == State.STOPPING) {
                throw notRunning(actor, "it is stopped");
            }
            return present;
        }
        if (fence.isStale(actor, generation)) {
            throw new CommandFailure(
                    Reason.STALE_GENERATION, "activation %d of %s is superseded".formatted(generation, actor));
        }
        throw notRunning(actor, "generation " + generation + " is not here");
    }

    /** What a running workload consists of. Fails NOT_RUNNING before it is ready and after it has ended. */
    Started requireStarted(Activation present) throws CommandFailure {
        Started started = present.started();
        if (started == null || present.exit() != null) {
            throw notRunning(present.actor(), "its workload has ended");
        }
        return started;
    }

    private CommandFailure notRunning(ActorKey actor, String why) {
        return new CommandFailure(
                Reason.NOT_RUNNING, "worker %s does not run %s: %s".formatted(identity.getPod(), actor, why));
    }

    CommandFailure busy() {
        Activation present = activation;
        String what = present == null ? "is being removed" : "runs " + present.actor();
        return new CommandFailure(Reason.BUSY, "worker %s %s".formatted(identity.getPod(), what));
    }

    /** Looks at what runs: is it idle. */
    void sample(long now) {
        Activation present = activation;
        Started started = present == null ? null : present.started();
        if (present != null && started != null && state == State.RUNNING && present.exit() == null) {
            started.idle().sample(now, started.running().usage());
        }
    }

    /**
     * @param prepared digest of the template that the slot stands ready for, empty: none
     */
    SlotReport report(String ip, String prepared) {
        return SlotReports.of(identity, ip, state, activation, prepared, System.nanoTime());
    }
}
