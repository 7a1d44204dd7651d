package dev.dormouse.sandbox.gvisor;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.SandboxRuntime.Binary;
import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.Egress;
import dev.dormouse.sandbox.SandboxRuntime.Prepared;
import dev.dormouse.sandbox.SandboxRuntime.Slot;
import dev.dormouse.sandbox.host.ShellQuote;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A network and a shell in which sandboxes run one after the other. A shell that died is replaced at the next prepare. */
final class GvisorSlot implements Slot {

    private static final Logger LOG = Logger.getLogger(GvisorSlot.class);
    private static final Duration SET_UP_LIMIT = Duration.ofSeconds(20);
    private static final Duration CREATE_LIMIT = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String name;
    private final SlotAddress address;
    private final String ip;
    private final SlotNetwork network;
    private final Binaries binaries;
    private final HostNetwork host;
    private final SlotDirectories directories;
    private final Consumer<GvisorSlot> onClose;
    private final InboundPorts inbound = new InboundPorts(Instant.now());

    /** Whether the slot hides from its sandboxes what {@link RunscBinary#networkMask} says. Guarded by this. */
    private boolean masked;

    /** How many activations there were. Guarded by this. */
    private int activations;

    private volatile @Nullable SlotShell shell;
    private volatile @Nullable GvisorSandbox sandbox;

    /** @param outside address at which it is reached instead of its own; null: none */
    GvisorSlot(
            String name,
            SlotAddress address,
            @Nullable String outside,
            Binaries binaries,
            HostNetwork host,
            SlotDirectories directories,
            Consumer<GvisorSlot> onClose) {
        this.name = name;
        this.address = address;
        this.ip = outside == null ? address.slotIp() : outside;
        this.network = new SlotNetwork(address);
        this.binaries = binaries;
        this.host = host;
        this.directories = directories;
        this.onClose = onClose;
    }

    /** What runs a bundle. */
    interface Binaries {
        /** @param binary null for the node's own */
        RunscBinary of(@Nullable Binary binary) throws SandboxException;
    }

    /** Builds the network: three calls of {@code ip}, one of {@code nft}. */
    void open() throws SandboxException {
        open(binaries.of(null).networkMask());
    }

    private synchronized void open(boolean mask) throws SandboxException {
        directories.reset();
        SlotShell started = SlotShell.start(this::onEvent);
        // before it is complete, so that it can be abandoned; one that did not open is dead, and replaced
        shell = started;
        try {
            run(started, ":", "start a slot");
            directories.holder().write(started.process());
            host.leave(address);
            host.join(network, started.pid());
            run(started, setUpScript(mask), "set up a slot's network");
            masked = mask;
        } catch (SandboxException | RuntimeException e) {
            started.close();
            throw e;
        } catch (IOException e) {
            started.close();
            throw new SandboxException(Kind.FAILED, "can't open slot " + name + ": " + e.getMessage(), e);
        }
    }

    private String setUpScript(boolean hide) {
        String file = ShellQuote.of(directories.networkNamespace());
        String mask = hide ? "mount -t tmpfs -o ro none /proc/sys/net/core" : ":";
        return """
                set -e
                mount -t tmpfs -o mode=700,size=64k tmpfs %1$s
                : > %2$s
                unshare --net=%2$s sh -c '%3$s'
                """.formatted(ShellQuote.of(directories.namespaces()), file, mask)
                + network.setUpScript(directories.networkNamespace().toString());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String ip() {
        return ip;
    }

    @Override
    public String gatewayIp() {
        return address.hostIp();
    }

    SlotAddress address() {
        return address;
    }

    @Nullable
    SlotShell shell() {
        return shell;
    }

    @Override
    public synchronized Prepared prepare(Bundle bundle) throws SandboxException {
        if (sandbox != null) {
            throw new SandboxException(Kind.FAILED, "slot " + name + " holds a sandbox already");
        }
        RunscBinary runsc = binaries.of(bundle.binary());
        SlotShell current = liveShell(runsc.networkMask());
        Map<Integer, Integer> ports = new LinkedHashMap<>();
        bundle.ports().forEach(port -> ports.put(port, inbound.next()));
        RunscContainers containers = new RunscContainers(runsc, directories, bundle);
        Egress egress = bundle.egress();
        EgressTable policy = egress == null ? null : new EgressTable(++activations, egress);
        GvisorSandbox created = new GvisorSandbox(this, current, containers, ports, policy);
        sandbox = created;
        try {
            containers.writeBundles();
            int namesPort = egress == null ? 0 : egress.namesPort();
            run(current, network.openScript(inverse(ports), bundle.gatewayPort(), namesPort), "open ports");
            if (policy != null) {
                run(current, policy.openScript(), "set the policy");
            }
            SlotShell.Result result = current.run(containers.createScript(), CREATE_LIMIT);
            if (result.code() != 0) {
                throw RunscFailure.of("create", result);
            }
            return created;
        } catch (SandboxException e) {
            created.kill();
            throw e;
        } catch (IOException e) {
            created.kill();
            throw RunscFailure.of("create", e);
        }
    }

    /** Takes the slot's network along: the next prepare makes it anew. */
    @Override
    public void abandonPrepare() {
        SlotShell current = shell;
        if (current != null) {
            current.kill();
        }
    }

    int openPort(SlotShell current, int actorPort) throws SandboxException {
        int port = inbound.next();
        run(current, network.openScript(Map.of(port, actorPort), 0, 0), "open a port");
        return port;
    }

    /** Ends all processes but the shell, closes the ports and restores the sandbox's interface for the next one. */
    synchronized void endSandbox(GvisorSandbox ended) {
        if (sandbox != ended) {
            return;
        }
        SlotShell current = shell;
        if (current != null && !isEnded(current, ended.bundle().egress() != null)) {
            current.close();
        }
        directories.clean();
        sandbox = null;
    }

    private boolean isEnded(SlotShell current, boolean held) {
        // a process that can't be killed at once is dying; the loop ends with it
        String script = """
                set -e
                %skill -9 -1 2>/dev/null || :
                while set -- /proc/[0-9]*; [ $# -gt 2 ]; do sleep 0.005; done
                %s%s""".formatted(
                        SlotNetwork.closeScript(),
                        // not before: what still runs would run without a policy
                        held ? EgressTable.REMOVE_SCRIPT : "",
                        SlotNetwork.innerScript(ShellQuote.of(directories.networkNamespace())));
        try {
            return current.runSoon(script, PATIENCE, SET_UP_LIMIT).code() == 0;
        } catch (SandboxException e) {
            return false;
        }
    }

    private SlotShell liveShell(boolean mask) throws SandboxException {
        SlotShell current = shell;
        if (current != null && current.isAlive() && mask == masked) {
            return current;
        }
        if (current != null) {
            current.close();
        }
        open(mask);
        return Objects.requireNonNull(shell);
    }

    /** Looks whether the workload has ended. */
    void look() {
        GvisorSandbox current = sandbox;
        if (current != null) {
            current.look();
        }
    }

    private void onEvent(String line) {
        GvisorSandbox current = sandbox;
        if (current != null) {
            current.onEvent(line);
        }
    }

    private static void run(SlotShell shell, String script, String what) throws SandboxException {
        if (script.isEmpty()) {
            return;
        }
        SlotShell.Result result = shell.run(script, SET_UP_LIMIT);
        if (result.code() != 0) {
            throw new SandboxException(
                    Kind.FAILED, "can't %s: %s".formatted(what, result.output().strip()));
        }
    }

    private static Map<Integer, Integer> inverse(Map<Integer, Integer> ports) {
        Map<Integer, Integer> inverse = new LinkedHashMap<>();
        ports.forEach((actorPort, port) -> inverse.put(port, actorPort));
        return inverse;
    }

    @Override
    public synchronized void close() {
        GvisorSandbox current = sandbox;
        if (current != null) {
            current.kill();
        }
        SlotShell last = shell;
        if (last != null) {
            last.close();
            shell = null;
        }
        try {
            host.leave(address);
        } catch (SandboxException e) {
            LOG.warnf("Slot %s: %s", name, e.getMessage());
        }
        directories.delete();
        onClose.accept(this);
    }
}
