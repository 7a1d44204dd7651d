package dev.dormouse.sandbox.gvisor;

import dev.dormouse.files.FileTree;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.Exit;
import dev.dormouse.sandbox.SandboxRuntime.Prepared;
import dev.dormouse.sandbox.SandboxRuntime.Running;
import dev.dormouse.sandbox.SandboxRuntime.Usage;
import dev.dormouse.sandbox.host.Command;
import dev.dormouse.sandbox.host.SandboxLife;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One sandbox from its creation to its end. */
final class GvisorSandbox implements Prepared, Running {

    private static final Logger LOG = Logger.getLogger(GvisorSandbox.class);
    private static final Duration ALLOW_LIMIT = Duration.ofSeconds(3);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration CHECKPOINT_LIMIT = Duration.ofMinutes(10);
    private static final List<String> IMAGE_FILES = List.of("checkpoint.img", "pages_meta.img", "pages.img");

    private final GvisorSlot slot;
    private final SlotShell shell;
    private final RunscContainers containers;
    private final Map<Integer, Integer> ports;
    private final @Nullable EgressTable policy;
    private final SandboxUsage usage;
    private final SandboxLife life = new SandboxLife();

    /** @param policy in force already; null: none */
    GvisorSandbox(
            GvisorSlot slot,
            SlotShell shell,
            RunscContainers containers,
            Map<Integer, Integer> ports,
            @Nullable EgressTable policy) {
        this.slot = slot;
        this.shell = shell;
        this.containers = containers;
        this.ports = new ConcurrentHashMap<>(ports);
        this.policy = policy;
        this.usage = new SandboxUsage(shell.proc(), containers.pidFile(), slot.address());
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
        life.begin();
        // in the foreground: a failing runsc waits until its sandbox has been reaped
        start("restore", () -> shell.run(containers.restoreScript(image) + containers.watchScript(), START_LIMIT));
        return this;
    }

    @Override
    public Running boot() throws SandboxException {
        life.begin();
        start("start", () -> shell.runKeepingDead(containers.startScript() + containers.watchScript(), START_LIMIT));
        return this;
    }

    private void start(String what, Call call) throws SandboxException {
        try {
            SlotShell.Result result = call.run();
            if (result.code() != 0) {
                throw RunscFailure.of(what, result);
            }
        } catch (SandboxException e) {
            kill();
            throw e;
        }
    }

    private interface Call {
        SlotShell.Result run() throws SandboxException;
    }

    @Override
    public void allow(int rule, List<Inet4Address> addresses, Duration time) throws SandboxException {
        if (policy == null) {
            throw new SandboxException(Kind.FAILED, "this sandbox has no policy");
        }
        life.requireAlive();
        if (!addresses.isEmpty()) {
            // beside the shell, which may be busy with a snapshot
            Command.run(
                    ALLOW_LIMIT,
                    policy.allowance(rule, addresses, time.toSeconds()),
                    "nsenter",
                    "--net=/proc/%d/ns/net".formatted(shell.pid()),
                    "nft",
                    "-f",
                    "-");
        }
    }

    @Override
    public int openPort(int actorPort) throws SandboxException {
        synchronized (ports) {
            Integer port = ports.get(actorPort);
            if (port == null) {
                life.requireAlive();
                port = slot.openPort(shell, actorPort);
                ports.put(actorPort, port);
            }
            return port;
        }
    }

    @Override
    public void checkpoint(Path image) throws SandboxException {
        if (!life.isFrozen()) {
            freeze();
        }
        try {
            Files.createDirectories(image);
            run(containers.checkpointScript(image, ports.values()), CHECKPOINT_LIMIT, "checkpoint");
        } catch (IOException e) {
            unfreezeAfterFailure();
            throw RunscFailure.of("checkpoint", e);
        } catch (SandboxException e) {
            FileTree.discard(image);
            unfreezeAfterFailure();
            throw e;
        }
    }

    @Override
    public void freeze() throws SandboxException {
        life.requireAlive();
        run(containers.pauseScript(), START_LIMIT, "pause");
        life.frozen();
    }

    @Override
    public void unfreeze() throws SandboxException {
        life.requireAlive();
        run(containers.resumeScript(), START_LIMIT, "resume");
        life.unfrozen();
    }

    private void unfreezeAfterFailure() {
        try {
            unfreeze();
        } catch (SandboxException e) {
            LOG.warnf("Sandbox %s stays frozen: %s", bundle().id(), e.getMessage());
        }
    }

    private void run(String script, Duration limit, String what) throws SandboxException {
        SlotShell.Result result = shell.runKeepingDead(script, limit);
        if (result.code() != 0) {
            throw RunscFailure.of(what, result);
        }
    }

    @Override
    public void kill() {
        life.end();
        slot.endSandbox(this);
    }

    @Override
    public void discard() {
        kill();
    }

    @Override
    public CompletionStage<Exit> exited() {
        return life.exited();
    }

    /** Called by the thread that reads the slot's events: another container than the root has ended. */
    void onEvent(String line) {
        WorkloadExit.parse(line, bundle()).ifPresent(life::exited);
    }

    /** Looks whether the workload has ended; cheap. */
    void look() {
        if (life.hasWorkload()) {
            WorkloadExit.find(shell.proc(), containers.pidFile(), bundle()).ifPresent(life::exited);
        }
    }

    @Override
    public Usage usage() {
        // the slot's processes are another sandbox's once this one has ended
        return life.hasEnded() ? usage.last() : usage.read();
    }
}
