package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.ActorIdentity;
import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.ateom.wire.SlotReport;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** The slots of this ateom: those it should have are opened, others closed once they are free. */
final class WorkerSlots implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(WorkerSlots.class);

    private final Node node;
    private final Vertx vertx;
    private final ActorIdentity identity;
    private final Runnable changed;
    private final Map<String, WorkerSlot> open = new ConcurrentHashMap<>();
    private final Map<String, SlotReport> broken = new ConcurrentHashMap<>();
    // Guarded by this.
    private Map<String, Slot> wanted = Map.of();
    private boolean closed;

    /**
     * @param changed told when a report changed
     */
    WorkerSlots(Node node, Vertx vertx, ActorIdentity identity, Runnable changed) {
        this.node = node;
        this.vertx = vertx;
        this.identity = identity;
        this.changed = changed;
    }

    /** Sets which slots there should be and does what can be done for it now. Blocks while slots open. */
    synchronized void configure(List<Slot> slots) {
        Map<String, Slot> all = new LinkedHashMap<>();
        slots.forEach(slot -> all.put(slot.getWorkerUid(), slot));
        wanted = all;
        reconcile();
    }

    /** Tries again what could not be done: opens broken slots, closes unwanted ones that became free. Blocks. */
    synchronized void reconcile() {
        if (closed) {
            return;
        }
        broken.keySet().retainAll(wanted.keySet());
        for (Slot slot : wanted.values()) {
            if (!open.containsKey(slot.getWorkerUid())) {
                open(slot);
            }
        }
        Set<String> unwanted = new HashSet<>(open.keySet());
        unwanted.removeAll(wanted.keySet());
        for (String uid : unwanted) {
            WorkerSlot slot = open.get(uid);
            if (slot != null && slot.closeIfFree()) {
                open.remove(uid);
                changed.run();
            }
        }
    }

    private void open(Slot slot) {
        String uid = slot.getWorkerUid();
        try {
            open.put(uid, opened(slot));
            broken.remove(uid);
        } catch (SandboxException | RuntimeException e) {
            LOG.errorf("worker %s can't be opened: %s", slot.getPod(), e.getMessage());
            broken.put(uid, SlotReports.broken(slot, String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        changed.run();
    }

    private WorkerSlot opened(Slot slot) throws SandboxException, InterruptedException {
        String ours = node.runtime().sandboxClass();
        if (!slot.getSandboxClass().isEmpty() && !slot.getSandboxClass().equals(ours)) {
            throw new IllegalArgumentException(
                    "this ateom has sandboxes of class %s, not %s".formatted(ours, slot.getSandboxClass()));
        }
        SandboxRuntime.Slot place = node.runtime().openSlot(SlotName.of(slot));
        try {
            IdentityTokens tokens = new IdentityTokens(identity, slot.getWorkerUid(), node.clock());
            MetadataServer metadata = MetadataServer.listen(vertx, place.gatewayIp(), tokens);
            Slot named = slot.toBuilder().setSandboxClass(ours).build();
            return new WorkerSlot(named, place, node, metadata, tokens, changed);
        } catch (InterruptedException | RuntimeException e) {
            place.close();
            throw e;
        }
    }

    Optional<WorkerSlot> find(String workerUid) {
        return Optional.ofNullable(open.get(workerUid));
    }

    List<SlotReport> report() {
        return Stream.concat(open.values().stream().map(WorkerSlot::report), broken.values().stream())
                .toList();
    }

    /** Nothing starts in any of them from now on. */
    void retire() {
        open.values().forEach(WorkerSlot::retire);
    }

    boolean allFree() {
        return open.values().stream().allMatch(WorkerSlot::isFree);
    }

    void sample(long now) {
        open.values().forEach(slot -> slot.sample(now));
    }

    /** Ends what runs in all of them, without snapshots. Blocks. */
    @Override
    public synchronized void close() {
        closed = true;
        List<Thread> closing = new ArrayList<>();
        for (WorkerSlot slot : open.values()) {
            closing.add(Thread.startVirtualThread(slot::close));
        }
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        open.clear();
    }
}
