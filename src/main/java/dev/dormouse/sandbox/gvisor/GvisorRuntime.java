package dev.dormouse.sandbox.gvisor;

import dev.dormouse.files.FileTree;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.SandboxRuntime;
import dev.dormouse.sandbox.host.Tools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sandboxes of gVisor, through its command line {@code runsc}. Needs root; see {@link #missing}. A slot has a mount namespace of its
 * own: file systems that are mounted later are seen in it only where the machine shares its mounts, as systemd does.
 */
public final class GvisorRuntime implements SandboxRuntime {

    // one small read per running sandbox; a process that waits for each would take 20 MB each
    private static final Duration WATCH_INTERVAL = Duration.ofMillis(100);

    private final GvisorSettings settings;
    private final RunscBinary runsc;
    /** Templates' own, by checksum. */
    private final Map<String, RunscBinary> others = new ConcurrentHashMap<>();

    private final InstanceNumber number;
    private final HostNetwork host;
    private final Map<String, GvisorSlot> slots = new ConcurrentHashMap<>();
    private final BitSet indexes = new BitSet();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("sandbox watch").factory());

    private GvisorRuntime(GvisorSettings settings, RunscBinary runsc, InstanceNumber number, HostNetwork host) {
        this.settings = settings;
        this.runsc = runsc;
        this.number = number;
        this.host = host;
        watch.scheduleWithFixedDelay(
                this::look, WATCH_INTERVAL.toMillis(), WATCH_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * What this machine lacks for gVisor, one sentence each that tells what to do; empty: nothing. Starts no process.
     *
     * @param runsc the binary, null: whatever is on the PATH
     */
    public static List<String> missing(@Nullable Path runsc) {
        return Requirements.missing(runsc);
    }

    /** The runsc that a shell would start. */
    public static Optional<Path> findRunsc() {
        return Tools.find("runsc");
    }

    /**
     * Asks a binary whether we can use it; keeps nothing of it.
     *
     * @throws SandboxException UNSUPPORTED when it is too old, FAILED when it can't be asked
     */
    public static void check(Path runsc) throws SandboxException {
        RunscBinary.probe(runsc.toAbsolutePath(), "");
    }

    /**
     * Copies and probes the binary, takes an instance number on this machine and removes what a killed process with that number left.
     *
     * @throws SandboxException FAILED when something is missing, with {@link #missing}'s sentences
     */
    public static GvisorRuntime open(GvisorSettings settings) throws SandboxException {
        List<String> missing = missing(settings.runsc());
        if (!missing.isEmpty()) {
            throw new SandboxException(Kind.FAILED, String.join(" ", missing));
        }
        RunscBuilds.Kept kept = new RunscBuilds(settings.builds()).keep(settings.runsc());
        RunscBinary runsc = RunscBinary.probe(kept.path(), kept.sha256());
        InstanceNumber number = InstanceNumber.acquire(settings.runDir());
        try {
            removeLeftOvers(number.directory());
            HostNetwork host = HostNetwork.open(number.value(), settings.address());
            return new GvisorRuntime(settings, runsc, number, host);
        } catch (SandboxException | RuntimeException e) {
            number.close();
            throw e;
        }
    }

    @Override
    public String sandboxClass() {
        return "gvisor";
    }

    @Override
    public Build build() {
        return runsc.build();
    }

    @Override
    public Build build(@Nullable Binary binary) throws SandboxException {
        return runsc(binary).build();
    }

    /** Probes a binary that is new here: two calls of it. */
    private RunscBinary runsc(@Nullable Binary binary) throws SandboxException {
        if (binary == null) {
            return runsc;
        }
        RunscBinary known = others.get(binary.sha256());
        if (known == null) {
            known = RunscBinary.probe(binary.path(), binary.sha256());
            others.put(binary.sha256(), known);
        }
        return known;
    }

    @Override
    public boolean canSnapshotMemory() {
        return true;
    }

    @Override
    public synchronized Slot openSlot(String name) throws SandboxException {
        if (slots.containsKey(name)) {
            throw new SandboxException(Kind.FAILED, "slot " + name + " is open already");
        }
        int index = indexes.nextClearBit(0);
        int limit = settings.address() == null ? SlotAddress.SLOTS : 1;
        if (index >= limit) {
            throw new SandboxException(Kind.FAILED, "no more than %d slots in this process".formatted(limit));
        }
        GvisorSlot slot = new GvisorSlot(
                name,
                new SlotAddress(number.value(), index),
                settings.address(),
                this::runsc,
                host,
                new SlotDirectories(
                        number.directory().resolve(Integer.toString(index)),
                        settings.workDir().resolve(name)),
                this::forget);
        slot.open();
        slots.put(name, slot);
        indexes.set(index);
        return slot;
    }

    private static void removeLeftOvers(Path instance) {
        FileTree.list(instance).forEach(slot -> SlotDirectories.holder(slot).end());
        FileTree.discard(instance);
    }

    private void look() {
        slots.values().forEach(GvisorSlot::look);
    }

    private synchronized void forget(GvisorSlot slot) {
        slots.remove(slot.name());
        indexes.clear(slot.address().index());
    }

    @Override
    public synchronized void close() {
        watch.shutdownNow();
        List.copyOf(slots.values()).forEach(GvisorSlot::close);
        host.close();
        FileTree.discard(number.directory());
        number.close();
    }
}
