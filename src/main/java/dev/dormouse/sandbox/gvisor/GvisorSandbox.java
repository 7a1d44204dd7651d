package dev.dormouse.sandbox.gvisor;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.Exit;
import dev.dormouse.sandbox.SandboxRuntime.Prepared;
import dev.dormouse.sandbox.SandboxRuntime.Running;
import dev.dormouse.sandbox.SandboxRuntime.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** One sandbox from its creation to its end. */
final class GvisorSandbox implements Prepared, Running {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration CHECKPOINT_LIMIT = Duration.ofMinutes(10);
    private static final List<String> IMAGE_FILES = List.of("checkpoint.img", "pages_meta.img", "pages.img");

    // a process more, just when the actor answers its first request, would cost that request a tenth of its time
    private static final Duration WATCH_DELAY = Duration.ofMillis(300);
    private static final Executor WATCHERS = CompletableFuture.delayedExecutor(
            WATCH_DELAY.toMillis(), TimeUnit.MILLISECONDS, Executors.newVirtualThreadPerTaskExecutor());

    private enum State {
        PREPARED,
        RUNNING,
        FROZEN,
        ENDED
    }

    private final GvisorSlot slot;
    private final SlotShell shell;
    private final RunscContainers containers;
    private final Map<Integer, Integer> ports;
    private final SandboxUsage usage;
    private final AtomicReference<State> state = new AtomicReference<>(State.PREPARED);
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();

    GvisorSandbox(GvisorSlot slot, SlotShell shell, RunscContainers containers, Map<Integer, Integer> ports) {
        this.slot = slot;
        this.shell = shell;
        this.containers = containers;
        this.ports = new ConcurrentHashMap<>(ports);
        this.usage = new SandboxUsage(shell.proc(), slot.address());
    }

    @Override
    public Bundle bundle() {
        return containers.bundle();
    }

    @Override
    public Running restore(Path image) throws SandboxException {
        for (String file : IMAGE_FILES) {
            if (!Files.isRegularFile(image.resolve(file))) {
                kill();
                throw new SandboxException(Kind.CORRUPT, "the snapshot has no file " + file);
            }
        }
        begin();
        SlotShell.Result result = runOrKill(containers.restoreScript(image));
        if (result.code() != 0) {
            kill();
            throw RunscFailure.ofRestore(result);
        }
        WATCHERS.execute(this::watch);
        return this;
    }

    @Override
    public Running boot() throws SandboxException {
        begin();
        SlotShell.Result result = runOrKill(containers.startScript() + "\n" + containers.watchScript());
        if (result.code() != 0) {
            kill();
            throw RunscFailure.of("start", result);
        }
        return this;
    }

    private void begin() throws SandboxException {
        if (!state.compareAndSet(State.PREPARED, State.RUNNING)) {
            throw new SandboxException(Kind.FAILED, "the sandbox was used already");
        }
    }

    private SlotShell.Result runOrKill(String script) throws SandboxException {
        try {
            return shell.run(script, START_LIMIT);
        } catch (SandboxException e) {
            kill();
            throw e;
        }
    }

    private void watch() {
        if (state.get() == State.ENDED) {
            return;
        }
        try {
            shell.run(containers.watchScript(), START_LIMIT);
        } catch (SandboxException e) {
            onEvent("ended 0");
        }
    }

    @Override
    public int openPort(int actorPort) throws SandboxException {
        synchronized (ports) {
            Integer port = ports.get(actorPort);
            if (port == null) {
                requireAlive();
                port = slot.openPort(shell, actorPort);
                ports.put(actorPort, port);
            }
            return port;
        }
    }

    @Override
    public void checkpoint(Path image) throws SandboxException {
        boolean wasFrozen = state.get() == State.FROZEN;
        if (!wasFrozen) {
            freeze();
        }
        try {
            Files.createDirectories(image);
            run(containers.checkpointScript(image), CHECKPOINT_LIMIT, "checkpoint");
        } catch (IOException e) {
            unfreezeAfterFailure();
            throw new SandboxException(Kind.FAILED, "can't create the image directory: " + e.getMessage(), e);
        } catch (SandboxException e) {
            LeftOvers.delete(image);
            unfreezeAfterFailure();
            throw e;
        }
    }

    @Override
    public void freeze() throws SandboxException {
        requireAlive();
        run(containers.pauseScript(), START_LIMIT, "pause");
        state.compareAndSet(State.RUNNING, State.FROZEN);
    }

    @Override
    public void unfreeze() throws SandboxException {
        requireAlive();
        run(containers.resumeScript(), START_LIMIT, "resume");
        state.compareAndSet(State.FROZEN, State.RUNNING);
    }

    private void unfreezeAfterFailure() {
        try {
            unfreeze();
        } catch (SandboxException e) {
            onEvent("ended 0");
        }
    }

    private void run(String script, Duration limit, String what) throws SandboxException {
        SlotShell.Result result = shell.run(script, limit);
        if (result.code() != 0) {
            throw RunscFailure.of(what, result);
        }
    }

    private void requireAlive() throws SandboxException {
        if (state.get() == State.ENDED || exit.isDone()) {
            throw new SandboxException(Kind.FAILED, "the sandbox has ended");
        }
    }

    @Override
    public void kill() {
        state.set(State.ENDED);
        slot.endSandbox(this);
    }

    @Override
    public void discard() {
        kill();
    }

    @Override
    public CompletionStage<Exit> exited() {
        return exit.minimalCompletionStage();
    }

    /** Called by the thread that reads the slot's events. */
    void onEvent(String line) {
        if (state.get() != State.ENDED && line.startsWith("ended ")) {
            exit.complete(WorkloadExit.parse(line, shell.proc(), containers));
        }
    }

    @Override
    public Usage usage() {
        return usage.read();
    }
}
