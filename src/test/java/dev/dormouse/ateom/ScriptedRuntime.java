package dev.dormouse.ateom;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.SandboxRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sandboxes without a process: the memory of one is a text that a checkpoint writes and a restore reads. Faults and delays are
 * ordered by the test; misuse of the interface fails the call.
 */
final class ScriptedRuntime implements SandboxRuntime {

    static final String BUILD = "b".repeat(64);

    /** A step of a sandbox at which a fault or a delay can be ordered. */
    enum Step {
        PREPARE,
        RESTORE,
        BOOT,
        CHECKPOINT,
        FREEZE,
        UNFREEZE
    }

    final Map<String, ScriptedSlot> slots = new ConcurrentHashMap<>();
    final AtomicInteger starting = new AtomicInteger();
    final AtomicInteger mostStarting = new AtomicInteger();
    final AtomicInteger created = new AtomicInteger();
    final AtomicInteger abandoned = new AtomicInteger();
    /** How many calls to abandon a prepare come too early. */
    final AtomicInteger deafTo = new AtomicInteger();

    volatile int port = 1;
    volatile boolean canSnapshotMemory = true;
    private final Map<Step, Deque<Kind>> faults = new ConcurrentHashMap<>();
    private final Map<Step, CountDownLatch> gates = new ConcurrentHashMap<>();
    private final Set<Step> once = ConcurrentHashMap.newKeySet();
    private final Map<Step, CountDownLatch> arrivals = new ConcurrentHashMap<>();

    void fail(Step step, Kind kind) {
        faults.computeIfAbsent(step, s -> new ArrayDeque<>()).add(kind);
    }

    /** Holds all who come to this step until the returned latch is counted down. */
    CountDownLatch hold(Step step) {
        CountDownLatch gate = new CountDownLatch(1);
        arrivals.put(step, new CountDownLatch(1));
        gates.put(step, gate);
        return gate;
    }

    /** Holds only the first who comes. */
    CountDownLatch holdNext(Step step) {
        CountDownLatch gate = hold(step);
        once.add(step);
        return gate;
    }

    void awaitArrival(Step step) throws InterruptedException {
        arrivals.get(step).await();
    }

    private void pass(Step step) throws SandboxException {
        CountDownLatch gate = once.remove(step) ? gates.remove(step) : gates.get(step);
        if (gate != null) {
            arrivals.get(step).countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new SandboxException(Kind.FAILED, "interrupted", e);
            }
        }
        Deque<Kind> ordered = faults.get(step);
        Kind fault = ordered == null ? null : ordered.poll();
        if (fault != null) {
            throw new SandboxException(fault, step + " fails as ordered");
        }
    }

    ScriptedSandbox running(String slotName) {
        ScriptedSandbox sandbox = slots.get(slotName).sandbox;
        if (sandbox == null || !sandbox.started) {
            throw new AssertionError("nothing runs in " + slotName);
        }
        return sandbox;
    }

    @Override
    public String sandboxClass() {
        return "gvisor";
    }

    @Override
    public Build build() {
        return new Build("release-1", BUILD, "systrap", List.of("--network=sandbox"));
    }

    @Override
    public boolean canSnapshotMemory() {
        return canSnapshotMemory;
    }

    @Override
    public Slot openSlot(String name) throws SandboxException {
        ScriptedSlot slot = new ScriptedSlot(name);
        if (slots.putIfAbsent(name, slot) != null) {
            throw new SandboxException(Kind.FAILED, "slot " + name + " is open");
        }
        return slot;
    }

    @Override
    public void close() {
        slots.clear();
    }

    final class ScriptedSlot implements Slot {
        private final String name;
        volatile @Nullable ScriptedSandbox sandbox;
        // Guarded by this.
        private @Nullable Thread preparing;

        ScriptedSlot(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String ip() {
            return "127.0.0.1";
        }

        @Override
        public String gatewayIp() {
            return "127.0.0.1";
        }

        @Override
        public Prepared prepare(Bundle bundle) throws SandboxException {
            preparing(Thread.currentThread());
            try {
                pass(Step.PREPARE);
            } finally {
                preparing(null);
            }
            if (sandbox != null) {
                throw new SandboxException(Kind.FAILED, "slot " + name + " has a sandbox");
            }
            created.incrementAndGet();
            sandbox = new ScriptedSandbox(this, bundle);
            return sandbox;
        }

        private synchronized void preparing(@Nullable Thread thread) {
            preparing = thread;
            // an interruption is meant for this step only
            Thread.interrupted();
        }

        @Override
        public synchronized void abandonPrepare() {
            abandoned.incrementAndGet();
            if (preparing != null && deafTo.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
                preparing.interrupt();
            }
        }

        @Override
        public void close() {
            slots.remove(name);
        }
    }

    final class ScriptedSandbox implements Prepared, Running {
        private final ScriptedSlot slot;
        private final Bundle bundle;
        private final CompletableFuture<Exit> exit = new CompletableFuture<>();
        private final Set<Integer> opened = new HashSet<>();
        volatile boolean started;
        volatile boolean frozen;
        volatile boolean killed;
        volatile String memory = "";
        volatile Usage usage = new Usage(Duration.ZERO, 0);

        ScriptedSandbox(ScriptedSlot slot, Bundle bundle) {
            this.slot = slot;
            this.bundle = bundle;
        }

        @Override
        public Bundle bundle() {
            return bundle;
        }

        String identity(String file) throws IOException {
            return Files.readString(bundle.identityDir().resolve(file));
        }

        Path mount(String destination) {
            return bundle.containers().getFirst().mounts().stream()
                    .filter(mount -> mount.destination().equals(destination))
                    .findFirst()
                    .orElseThrow()
                    .source();
        }

        void print(String text) throws IOException {
            append(bundle.containers().getFirst().output().stdout(), text);
        }

        void printError(String text) throws IOException {
            append(bundle.containers().getFirst().output().stderr(), text);
        }

        private static void append(Path file, String text) throws IOException {
            Files.writeString(file, text, StandardOpenOption.APPEND);
        }

        void end(int code, String message) {
            exit.complete(new Exit(code, message));
        }

        @Override
        public Running restore(Path image) throws SandboxException {
            return start(() -> {
                pass(Step.RESTORE);
                memory = Files.readString(image.resolve("pages.img"));
            });
        }

        @Override
        public Running boot() throws SandboxException {
            return start(() -> {
                pass(Step.BOOT);
                memory = "booted";
            });
        }

        private interface Work {
            void run() throws SandboxException, IOException;
        }

        private Running start(Work work) throws SandboxException {
            mostStarting.accumulateAndGet(starting.incrementAndGet(), Math::max);
            try {
                work.run();
                started = true;
                return this;
            } catch (IOException e) {
                throw new SandboxException(Kind.CORRUPT, e.toString(), e);
            } finally {
                starting.decrementAndGet();
            }
        }

        @Override
        public void discard() {
            kill();
        }

        @Override
        public int openPort(int actorPort) {
            opened.add(actorPort);
            return actorPort == 80 ? port : 20_000 + actorPort;
        }

        @Override
        public void checkpoint(Path image) throws SandboxException {
            pass(Step.CHECKPOINT);
            try {
                Files.createDirectories(image);
                Files.writeString(image.resolve("pages.img"), memory);
            } catch (IOException e) {
                throw new SandboxException(Kind.DISK_FULL, e.toString(), e);
            }
            frozen = true;
        }

        @Override
        public void freeze() throws SandboxException {
            pass(Step.FREEZE);
            frozen = true;
        }

        @Override
        public void unfreeze() throws SandboxException {
            pass(Step.UNFREEZE);
            frozen = false;
        }

        @Override
        public void kill() {
            killed = true;
            if (slot.sandbox == this) {
                slot.sandbox = null;
            }
        }

        @Override
        public CompletionStage<Exit> exited() {
            return exit;
        }

        @Override
        public Usage usage() {
            return usage;
        }
    }
}
