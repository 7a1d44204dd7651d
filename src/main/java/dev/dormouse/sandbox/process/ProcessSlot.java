package dev.dormouse.sandbox.process;

import dev.dormouse.files.FileTree;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.Prepared;
import dev.dormouse.sandbox.SandboxRuntime.Slot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A directory in which sandboxes run one after the other; the network is the machine's. */
final class ProcessSlot implements Slot {

    private static final String LOOPBACK = "127.0.0.1";

    private final String name;
    private final Path directory;
    private final Launcher launcher;
    private final Runnable onClose;
    private final FreePorts freePorts = new FreePorts();

    private @Nullable ProcessSandbox sandbox;

    ProcessSlot(String name, Path directory, Launcher launcher, Runnable onClose) {
        this.name = name;
        this.directory = directory;
        this.launcher = launcher;
        this.onClose = onClose;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String ip() {
        return LOOPBACK;
    }

    /** The loopback address: others on this machine reach it, too. */
    @Override
    public String gatewayIp() {
        return LOOPBACK;
    }

    @Override
    public synchronized Prepared prepare(Bundle bundle) throws SandboxException {
        if (sandbox != null) {
            throw new SandboxException(Kind.FAILED, "slot " + name + " holds a sandbox already");
        }
        if (bundle.egress() != null) {
            throw new SandboxException(
                    Kind.UNSUPPORTED,
                    "spec.policy.egress can't be enforced here: sandbox class process shares the machine's network; use gvisor");
        }
        Map<Integer, Integer> ports = new LinkedHashMap<>();
        try {
            for (int port : bundle.ports()) {
                ports.put(port, freePorts.next());
            }
        } catch (IOException e) {
            throw new SandboxException(Kind.FAILED, "no free port: " + e.getMessage(), e);
        }
        ProcessSandbox created = new ProcessSandbox(this, bundle, directory, launcher, ports);
        sandbox = created;
        return created;
    }

    /** There is nothing to hurry: a sandbox that isn't started is a few numbers. */
    @Override
    public void abandonPrepare() {}

    synchronized void endSandbox(ProcessSandbox ended) {
        if (sandbox == ended) {
            FileTree.discard(directory);
            sandbox = null;
        }
    }

    @Override
    public void close() {
        ProcessSandbox current;
        synchronized (this) {
            current = sandbox;
        }
        if (current != null) {
            current.kill();
        }
        FileTree.discard(directory);
        onClose.run();
    }
}
