package dev.dormouse.sandbox.host;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.SandboxRuntime.Exit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/** How far a sandbox has got: prepared, used once, ended by us; and how its workload ended by itself. */
public final class SandboxLife {

    private enum State {
        PREPARED,
        RUNNING,
        FROZEN,
        ENDED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.PREPARED);
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();

    /** The workload starts. Fails when it did before, or when the sandbox has ended. */
    public void begin() throws SandboxException {
        if (!state.compareAndSet(State.PREPARED, State.RUNNING)) {
            throw new SandboxException(Kind.FAILED, "the sandbox was used already");
        }
    }

    public void frozen() {
        state.compareAndSet(State.RUNNING, State.FROZEN);
    }

    public void unfrozen() {
        state.compareAndSet(State.FROZEN, State.RUNNING);
    }

    public boolean isFrozen() {
        return state.get() == State.FROZEN;
    }

    /** Whether there is a workload whose end would be news. */
    public boolean hasWorkload() {
        State now = state.get();
        return (now == State.RUNNING || now == State.FROZEN) && !exit.isDone();
    }

    public void requireAlive() throws SandboxException {
        if (hasEnded() || exit.isDone()) {
            throw new SandboxException(Kind.FAILED, "the sandbox has ended");
        }
    }

    /** The workload ended by itself; no news once we ended the sandbox. */
    public void exited(Exit how) {
        if (hasWorkload()) {
            exit.complete(how);
        }
    }

    /** As {@link dev.dormouse.sandbox.SandboxRuntime.Running#exited}. */
    public CompletionStage<Exit> exited() {
        return exit.minimalCompletionStage();
    }

    /** We end the sandbox. */
    public void end() {
        state.set(State.ENDED);
    }

    public boolean hasEnded() {
        return state.get() == State.ENDED;
    }
}
