package dev.dormouse.sandbox;

import dev.dormouse.policy.Cidr;
import dev.dormouse.policy.EgressPolicy;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One class of sandbox on this node. Every method that is not marked otherwise blocks and throws {@link SandboxException}: call from
 * a worker or virtual thread. Names given to it were checked; they become parts of paths and of process arguments.
 */
public interface SandboxRuntime extends AutoCloseable {

    /** {@code gvisor} or {@code process}. */
    String sandboxClass();

    /** What users must know before they rely on it, in one sentence or two; empty when there is nothing to warn of. */
    default String caveat() {
        return "";
    }

    /** What takes and restores Full snapshots; two builds that differ can't read each other's. */
    Build build();

    /** Of a binary that is used instead of the node's own; null for that. Fails UNSUPPORTED when it is of no use here. */
    default Build build(@Nullable Binary binary) throws SandboxException {
        return build();
    }

    /** False for {@code process}: it can only keep durable directories. */
    boolean canSnapshotMemory();

    /**
     * Opens a slot: its network, its directories. Left-overs of a slot of this name (a killed process's sandboxes, mounts,
     * interfaces) are removed first.
     *
     * @param name unique on this node, a DNS label
     */
    Slot openSlot(String name) throws SandboxException;

    /** Ends what runs in all slots and closes them. */
    @Override
    void close();

    /**
     * @param version as the binary prints it
     * @param sha256 of the binary, empty for process
     * @param platform e.g. systrap
     * @param flags those that must be the same at restore
     */
    record Build(String version, String sha256, String platform, List<String> flags) {}

    /** A place for one sandbox at a time, with a network of its own that many sandboxes use one after the other. */
    interface Slot extends AutoCloseable {

        String name();

        /** The address at which the control plane and routers reach what runs here. */
        String ip();

        /** An address of this machine that only the actor in this slot can reach: its metadata service listens there. */
        String gatewayIp();

        /**
         * Creates a sandbox without starting it, and installs the inbound ports of the activation to come, so that a wake needs
         * one call of the runtime. At most one sandbox, prepared or running, per slot.
         */
        Prepared prepare(Bundle bundle) throws SandboxException;

        /** Makes a {@link #prepare} that is under way on another thread fail soon, with nothing left of it. Doesn't block. */
        void abandonPrepare();

        @Override
        void close();
    }

    /** A sandbox that was created and waits. Of restore, boot and discard one may be called, once. */
    interface Prepared {
        Bundle bundle();

        /**
         * Lets the workload connect to addresses as a rule of {@link Egress#policy} says, for so long; what is connected by then stays
         * so. To be called whenever a host of that rule was looked up, also once the workload runs. Fails when the sandbox has ended.
         *
         * @param rule its place among the policy's rules
         */
        default void allow(int rule, List<Inet4Address> addresses, Duration time) throws SandboxException {
            throw new SandboxException(SandboxException.Kind.UNSUPPORTED, "this class of sandbox enforces no policy");
        }

        /** Goes on from a Full snapshot. Files in the bundle's identity and durable directories must be in place. */
        Running restore(Path image) throws SandboxException;

        /** Starts the containers from their images. */
        Running boot() throws SandboxException;

        void discard();
    }

    /** A sandbox with a running workload. */
    interface Running {
        /**
         * The port at {@link Slot#ip()} that leads to this port of the actor, for this activation only. Those of
         * {@link Bundle#ports()} are open from the start; another is opened by the call. Never reused by the next activation.
         */
        int openPort(int actorPort) throws SandboxException;

        /**
         * Freezes the workload and writes its memory and root file system delta to {@code image} (a new directory). The workload
         * stays frozen: then {@link #unfreeze} or {@link #kill}. On failure it has been unfrozen and runs on.
         */
        void checkpoint(Path image) throws SandboxException;

        /** Stops the workload without writing memory, so that durable directories can be copied. On failure it runs on. */
        void freeze() throws SandboxException;

        void unfreeze() throws SandboxException;

        /** Ends the sandbox, closes its ports and connections and leaves the slot clean. Idempotent. */
        void kill();

        /** Completes when the workload ended by itself, with what there is to say of it; never after {@link #kill}. Doesn't block. */
        CompletionStage<Exit> exited();

        /** What it used so far; cheap enough to be called each second. */
        Usage usage();
    }

    record Exit(int code, String message) {

        /** The program of a container ended by itself. */
        public static Exit of(String container, int code) {
            return new Exit(code, "container '%s' exited with %d".formatted(container, code));
        }
    }

    /**
     * @param cpu processor time of the workload, without what the sandbox needs to exist
     * @param bytes in and out
     */
    record Usage(Duration cpu, long bytes) {}

    /**
     * What a sandbox is made of. Everything in it is fixed once prepared; what differs between actors is the content of
     * {@code identityDir} and of the durable directories.
     *
     * @param id unique on this node for ever, a DNS label: runtimes never forget an id
     * @param identityDir mounted read-only at /run/ate
     * @param ports of the actor that must be reachable at once
     * @param binary that runs it; null for the node's own
     * @param gatewayPort port at {@link Slot#gatewayIp()} that the actor reaches as http://169.254.17.1 (metadata service); 0: none
     * @param egress where the workload may connect; null: anywhere but to this machine
     */
    record Bundle(
            String id,
            List<ContainerSpec> containers,
            Path identityDir,
            List<Integer> ports,
            int gatewayPort,
            @Nullable Binary binary,
            @Nullable Egress egress) {

        /** One that may connect anywhere. */
        public Bundle(
                String id,
                List<ContainerSpec> containers,
                Path identityDir,
                List<Integer> ports,
                int gatewayPort,
                @Nullable Binary binary) {
            this(id, containers, identityDir, ports, gatewayPort, binary, null);
        }
    }

    /**
     * What holds a workload to a policy, from before its first instruction until it has ended.
     *
     * @param guarded what no range and no host name of the policy opens, but only a range of that one address
     * @param namesPort port at {@link Slot#gatewayIp()} whose DNS server the workload asks, over UDP and TCP; 0: it has none
     */
    record Egress(EgressPolicy policy, List<Cidr> guarded, int namesPort) {}

    /**
     * A sandbox binary on this node that stays there.
     *
     * @param sha256 of its bytes, verified
     */
    record Binary(Path path, String sha256) {}

    /**
     * @param rootfs unpacked image, shared between sandboxes and never written to
     * @param args what to run
     * @param env NAME to value; may hold secrets: never log
     * @param output where it prints to; null: discarded
     */
    record ContainerSpec(
            String name,
            Path rootfs,
            List<String> args,
            Map<String, String> env,
            String cwd,
            int uid,
            int gid,
            List<Integer> groups,
            List<BindMount> mounts,
            @Nullable Output output) {}

    /** Files that get what a container prints, appended. */
    record Output(Path stdout, Path stderr) {}

    /** @param source directory on the host, read-write */
    record BindMount(Path source, String destination) {}
}
