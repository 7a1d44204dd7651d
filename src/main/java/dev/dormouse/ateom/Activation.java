package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.name.ActorKey;
import dev.dormouse.sandbox.SandboxRuntime.Exit;
import dev.dormouse.sandbox.SandboxRuntime.Running;
import org.jspecify.annotations.Nullable;

/** One stay of an actor on a slot, from the command that starts it until its sandbox is gone. */
final class Activation {

    private final ActorKey actor;
    private final long generation;
    private final Workload workload;
    private final Secrets secrets;
    private volatile boolean cancelled;
    private volatile boolean suspendRequested;
    private volatile @Nullable Started started;
    private volatile @Nullable Exit exit;

    /**
     * What there is once the workload is ready.
     *
     * @param answer given again when the command is repeated
     */
    record Started(PreparedSandbox sandbox, Running running, IdleMeter idle, ActorLog log, ActivateResponse answer) {}

    Activation(ActorKey actor, long generation, Workload workload) {
        this.actor = actor;
        this.generation = generation;
        this.workload = workload;
        this.secrets = Secrets.of(workload);
    }

    ActorKey actor() {
        return actor;
    }

    long generation() {
        return generation;
    }

    Workload workload() {
        return workload;
    }

    /** What must not be quoted of it. */
    Secrets secrets() {
        return secrets;
    }

    boolean is(ActorKey otherActor, long otherGeneration) {
        return actor.equals(otherActor) && generation == otherGeneration;
    }

    /** Ends a start that is still under way: it fails at its next step. */
    void cancel() {
        cancelled = true;
    }

    /** Whether it is pointless to go on starting it. */
    boolean isOver() {
        return cancelled || exit != null;
    }

    boolean isCancelled() {
        return cancelled;
    }

    void started(Started all) {
        started = all;
    }

    /** Null while it starts. */
    @Nullable
    Started started() {
        return started;
    }

    void exited(Exit how) {
        exit = how;
    }

    /** How the workload ended by itself; null while it runs. */
    @Nullable
    Exit exit() {
        return exit;
    }

    void requestSuspend() {
        suspendRequested = true;
    }

    boolean suspendRequested() {
        return suspendRequested;
    }
}
