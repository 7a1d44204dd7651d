package dev.dormouse.sandbox.process;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.ContainerSpec;
import dev.dormouse.sandbox.SandboxRuntime.Exit;
import dev.dormouse.sandbox.SandboxRuntime.Output;
import dev.dormouse.sandbox.SandboxRuntime.Prepared;
import dev.dormouse.sandbox.SandboxRuntime.Running;
import dev.dormouse.sandbox.SandboxRuntime.Usage;
import dev.dormouse.sandbox.host.SandboxLife;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** The processes of one actor. */
final class ProcessSandbox implements Prepared, Running {

    private final ProcessSlot slot;
    private final Bundle bundle;
    private final Path directory;
    private final Launcher launcher;
    private final Map<Integer, Integer> ports;
    private final List<ProcessTree> containers = new CopyOnWriteArrayList<>();
    private final SandboxLife life = new SandboxLife();
    private final AtomicReference<Duration> mostCpu = new AtomicReference<>(Duration.ZERO);

    ProcessSandbox(ProcessSlot slot, Bundle bundle, Path directory, Launcher launcher, Map<Integer, Integer> ports) {
        this.slot = slot;
        this.bundle = bundle;
        this.directory = directory;
        this.launcher = launcher;
        this.ports = ports;
    }

    @Override
    public Bundle bundle() {
        return bundle;
    }

    @Override
    public Running restore(Path image) throws SandboxException {
        throw noMemorySnapshots();
    }

    @Override
    public Running boot() throws SandboxException {
        life.begin();
        try {
            for (ContainerSpec container : bundle.containers()) {
                containers.add(new ProcessTree(start(container)));
            }
            return this;
        } catch (IOException e) {
            kill();
            throw new SandboxException(Kind.FAILED, "can't start the workload: " + e.getMessage(), e);
        }
    }

    private Process start(ContainerSpec container) throws IOException {
        Path own = Files.createDirectories(directory.resolve(container.name()));
        ProcessBuilder builder = launcher.build(container, own, bundle.identityDir(), environment(container));
        Output output = container.output();
        builder.redirectOutput(
                        output == null
                                ? Redirect.DISCARD
                                : Redirect.appendTo(output.stdout().toFile()))
                .redirectError(
                        output == null
                                ? Redirect.DISCARD
                                : Redirect.appendTo(output.stderr().toFile()));
        Process process = builder.start();
        ProcessRuntime.holder(own).write(process.toHandle());
        process.onExit().thenAccept(ended -> life.exited(Exit.of(container.name(), ended.exitValue())));
        return process;
    }

    private Map<String, String> environment(ContainerSpec container) {
        Map<String, String> env = new HashMap<>(container.env());
        if (!bundle.ports().isEmpty()) {
            env.put("PORT", String.valueOf(ports.get(bundle.ports().getFirst())));
        }
        ports.forEach((actorPort, port) -> env.put("PORT_" + actorPort, Integer.toString(port)));
        if (bundle.gatewayPort() != 0) {
            env.put("ATE_METADATA_URL", "http://%s:%d".formatted(slot.gatewayIp(), bundle.gatewayPort()));
        }
        return env;
    }

    @Override
    public int openPort(int actorPort) throws SandboxException {
        Integer port = ports.get(actorPort);
        if (port == null) {
            throw new SandboxException(
                    Kind.UNSUPPORTED,
                    "the process sandbox opens only ports that the template names, not %d".formatted(actorPort));
        }
        return port;
    }

    @Override
    public void checkpoint(Path image) throws SandboxException {
        throw noMemorySnapshots();
    }

    private static SandboxException noMemorySnapshots() {
        return new SandboxException(
                Kind.UNSUPPORTED, "the process sandbox keeps no memory: use snapshots of scope Data, or gVisor");
    }

    @Override
    public void freeze() throws SandboxException {
        for (ProcessTree container : containers) {
            container.stop();
        }
    }

    @Override
    public void unfreeze() throws SandboxException {
        for (ProcessTree container : containers) {
            container.goOn();
        }
    }

    @Override
    public void kill() {
        life.end();
        containers.forEach(ProcessTree::kill);
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

    /** Traffic can't be told from that of others on this machine: always 0. */
    @Override
    public Usage usage() {
        Duration now = containers.stream().map(ProcessTree::cpu).reduce(Duration.ZERO, Duration::plus);
        // a process that ended takes its time with it; used time never shrinks
        Duration most = mostCpu.accumulateAndGet(now, (before, next) -> before.compareTo(next) > 0 ? before : next);
        return new Usage(most, 0);
    }
}
