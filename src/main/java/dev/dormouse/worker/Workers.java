package dev.dormouse.worker;

import dev.dormouse.name.ActorKey;
import dev.dormouse.scheduler.Candidate;
import dev.dormouse.scheduler.Explanation;
import dev.dormouse.scheduler.Fleet;
import dev.dormouse.scheduler.Need;
import dev.dormouse.scheduler.Placement;
import dev.dormouse.scheduler.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * This replica's view of all workers: what the database holds, what heartbeats say, and which ones this replica is about to claim.
 * The database arbitrates; a view that is behind costs a lost claim and is read again. Safe for concurrent use; nothing here blocks.
 */
@ApplicationScoped
public class Workers {

    private final InstantSource clock;
    private final Fleet fleet = new Fleet(UUID.randomUUID().getLeastSignificantBits());
    private final Map<UUID, SlotKnowledge> slots = new HashMap<>();
    private final Map<ActorKey, UUID> byActor = new HashMap<>();
    private final Map<UUID, Reporter> reporters = new HashMap<>();
    private final List<Runnable> freed = new CopyOnWriteArrayList<>();
    private long revision;
    private boolean read;

    public Workers(InstantSource clock) {
        this.clock = clock;
    }

    /** {@code action} runs each time a worker may have become free, or free for more; on any thread, quickly, and not under a lock. */
    public void onFreed(Runnable action) {
        freed.add(action);
    }

    /** Replaces the pools that are declared. */
    public void pools(Collection<Pool> pools) {
        synchronized (this) {
            fleet.pools(pools);
        }
        tellFreed();
    }

    /** Picks the best free worker and keeps it for this caller, who must then call {@link #claimed}, {@link #taken} or {@link #unreserve}. */
    public synchronized Placement reserve(Need need) {
        Placement placement = fleet.place(need);
        if (placement instanceof Placement.Placed placed) {
            change(placed.worker().uid(), slot -> slot.reserved = true);
        }
        return placement;
    }

    /** Gives back a reservation that was not used. */
    public void unreserve(UUID worker) {
        synchronized (this) {
            change(worker, slot -> slot.reserved = false);
        }
        tellFreed();
    }

    /** The reserved worker is now this activation's. */
    public synchronized void claimed(Stay stay) {
        change(stay.worker(), slot -> {
            slot.reserved = false;
            slot.rowState = "ASSIGNED";
            slot.prepared = "";
            occupy(slot, stay);
        });
    }

    /** The reserved worker was not free: some other replica was faster. Its row will tell. */
    public synchronized void taken(UUID worker) {
        change(worker, slot -> {
            slot.reserved = false;
            slot.rowState = "ASSIGNED";
        });
        // whatever the next reading says counts
        SlotKnowledge slot = slots.get(worker);
        if (slot != null) {
            slot.revision = 0;
        }
    }

    /** The activation ended and its worker is free for the next. */
    public void released(Stay stay) {
        boolean mine;
        synchronized (this) {
            SlotKnowledge slot = slots.get(stay.worker());
            mine = slot != null && slot.holds(stay.actor(), stay.generation());
            if (mine) {
                change(stay.worker(), free -> {
                    free.rowState = "FREE";
                    free.releasedAt = clock.instant();
                    vacate(free);
                });
            }
        }
        if (mine) {
            tellFreed();
        }
    }

    /** The activation ended and nobody knows what its worker holds: no placement until its ateom reports a free slot. */
    public synchronized void doubtful(Stay stay) {
        SlotKnowledge slot = slots.get(stay.worker());
        if (slot != null && slot.holds(stay.actor(), stay.generation())) {
            change(stay.worker(), lost -> {
                lost.rowState = "LOST";
                vacate(lost);
            });
        }
    }

    public synchronized Optional<Worker> find(UUID worker) {
        return Optional.ofNullable(slots.get(worker)).map(SlotKnowledge::view);
    }

    public synchronized List<Worker> all() {
        return slots.values().stream().map(SlotKnowledge::view).toList();
    }

    /** False until the database was read for the first time: then no worker is known, whatever there are. */
    public synchronized boolean areKnown() {
        return read;
    }

    /** True when a worker of this node is heard of; also while nothing is known yet. */
    public synchronized boolean nodeIsThere(String node) {
        return !read || slots.values().stream().anyMatch(slot -> slot.node.equals(node) && !slot.silent);
    }

    /** True while there are workers of this node, heard of or not. */
    public synchronized boolean mayComeBack(String node) {
        return slots.values().stream().anyMatch(slot -> slot.node.equals(node));
    }

    /** True while its ateom is heard of, in whatever condition the worker is. */
    public synchronized boolean isHeardOf(UUID worker) {
        SlotKnowledge slot = slots.get(worker);
        return slot != null && !slot.silent;
    }

    /** Some worker of the node that is heard of, for what any of them can do. */
    public synchronized Optional<Worker> onNode(String node) {
        return slots.values().stream()
                .filter(slot -> slot.node.equals(node) && !slot.silent)
                .findAny()
                .map(SlotKnowledge::view);
    }

    /** True when the worker could take it, were it free. */
    public synchronized boolean fits(Need need, UUID worker) {
        return fleet.fits(need, worker);
    }

    public synchronized Explanation explain(Need need) {
        return fleet.explain(need);
    }

    /** How many workers are in each state. */
    public synchronized Map<Candidate.State, Integer> counts() {
        Map<Candidate.State, Integer> counts = new HashMap<>();
        slots.values().forEach(slot -> counts.merge(slot.state(), 1, Integer::sum));
        return counts;
    }

    /** Marks the moment before the database is read, for {@link #loaded}. */
    synchronized long mark() {
        return ++revision;
    }

    /** Takes over rows read after {@code mark}; what changed here since then stands. Workers without a row are forgotten. */
    void loaded(List<WorkerRow> rows, long mark) {
        synchronized (this) {
            read = true;
            Set<UUID> present = new HashSet<>();
            for (WorkerRow row : rows) {
                present.add(row.uid());
                SlotKnowledge slot = slots.get(row.uid());
                if (slot == null) {
                    add(row);
                } else if (slot.revision <= mark && !slot.reserved) {
                    index(slot, () -> {
                        unmap(slot);
                        slot.row(row, clock.instant());
                        map(slot);
                    });
                }
            }
            for (SlotKnowledge slot : List.copyOf(slots.values())) {
                if (!present.contains(slot.uid) && slot.revision <= mark) {
                    forget(slot.uid);
                }
            }
        }
        tellFreed();
    }

    /** Takes over rows just written here. */
    void written(List<WorkerRow> rows) {
        synchronized (this) {
            for (WorkerRow row : rows) {
                SlotKnowledge slot = slots.get(row.uid());
                if (slot == null) {
                    slot = add(row);
                } else if (!slot.reserved) {
                    SlotKnowledge known = slot;
                    index(known, () -> {
                        unmap(known);
                        known.row(row, clock.instant());
                        map(known);
                    });
                }
                slot.revision = ++revision;
            }
        }
        tellFreed();
    }

    /** The worker stands prepared for a template. */
    public synchronized void prepared(UUID worker, String digest) {
        SlotKnowledge slot = slots.get(worker);
        if (slot != null && slot.stay == null && !slot.reserved) {
            change(worker, free -> free.prepared = digest);
        }
    }

    synchronized void forget(UUID worker) {
        SlotKnowledge slot = slots.remove(worker);
        if (slot != null) {
            unmap(slot);
            fleet.remove(worker);
        }
    }

    /** Another replica's change of a worker, or this one's come back. */
    void changed(UUID worker, String state) {
        boolean free;
        synchronized (this) {
            if (state.equals("GONE")) {
                forget(worker);
                return;
            }
            SlotKnowledge slot = slots.get(worker);
            if (slot == null || slot.reserved) {
                return;
            }
            free = state.equals("FREE");
            // news of an earlier release may come late: whoever holds the worker now is told by the actor's record
            if (slot.rowState.equals(state) || (free && slot.stay != null)) {
                return;
            }
            change(worker, known -> {
                known.rowState = state;
                if (free) {
                    known.releasedAt = clock.instant();
                }
            });
        }
        if (free) {
            tellFreed();
        }
    }

    /** An actor's record says that it holds this worker. */
    synchronized void occupied(Stay stay) {
        SlotKnowledge slot = slots.get(stay.worker());
        if (slot != null && !slot.reserved && (slot.stay == null || slot.stay.generation() != stay.generation())) {
            change(stay.worker(), known -> {
                known.rowState = known.rowState.equals("FREE") ? "ASSIGNED" : known.rowState;
                occupy(known, stay);
            });
        }
    }

    /** An actor's record says that it holds no worker. */
    synchronized void vacated(ActorKey actor, long generation) {
        UUID worker = byActor.get(actor);
        SlotKnowledge slot = worker == null ? null : slots.get(worker);
        if (slot != null && slot.stay != null && slot.stay.generation() <= generation) {
            change(slot.uid, this::vacate);
        }
    }

    /** Runs {@code look} on what is known of a worker, under the lock, and keeps the index in step. False when it is unknown. */
    synchronized boolean look(UUID worker, Consumer<SlotKnowledge> look) {
        SlotKnowledge slot = slots.get(worker);
        if (slot == null) {
            return false;
        }
        index(slot, () -> look.accept(slot));
        return true;
    }

    /** The ateoms that report to this replica; one that fell silent is left out after {@code silence}. */
    public synchronized List<Reporter> reporters(Duration silence) {
        Instant limit = clock.instant().minus(silence);
        reporters.values().removeIf(reporter -> reporter.heardAt().isBefore(limit));
        return List.copyOf(reporters.values());
    }

    synchronized void reported(UUID ateomId, String address, Set<UUID> present) {
        reporters.put(ateomId, new Reporter(ateomId, address, Set.copyOf(present), clock.instant()));
    }

    /** No actors are placed on these any more: they are to go once they are free. Replaces those named before. */
    public synchronized void retire(Set<UUID> unwanted) {
        for (SlotKnowledge slot : slots.values()) {
            boolean retired = unwanted.contains(slot.uid);
            if (slot.retired != retired) {
                change(slot.uid, known -> known.retired = retired);
            }
        }
    }

    synchronized void cached(String node, Set<UUID> snapshots) {
        fleet.cached(node, snapshots);
    }

    synchronized List<UUID> servedBy(UUID ateomId) {
        List<UUID> served = new ArrayList<>();
        for (SlotKnowledge slot : slots.values()) {
            if (slot.ateomId.equals(ateomId)) {
                served.add(slot.uid);
            }
        }
        return served;
    }

    void tellFreed() {
        freed.forEach(Runnable::run);
    }

    private SlotKnowledge add(WorkerRow row) {
        SlotKnowledge slot = new SlotKnowledge(row);
        slots.put(row.uid(), slot);
        map(slot);
        fleet.put(slot.candidate());
        return slot;
    }

    private void change(UUID worker, Consumer<SlotKnowledge> change) {
        SlotKnowledge slot = slots.get(worker);
        if (slot != null) {
            index(slot, () -> change.accept(slot));
            slot.revision = ++revision;
        }
    }

    private void index(SlotKnowledge slot, Runnable change) {
        change.run();
        fleet.put(slot.candidate());
    }

    private void occupy(SlotKnowledge slot, Stay stay) {
        unmap(slot);
        slot.stay(stay, clock.instant());
        map(slot);
    }

    private void vacate(SlotKnowledge slot) {
        unmap(slot);
        slot.stay(null, clock.instant());
    }

    private void map(SlotKnowledge slot) {
        if (slot.stay != null) {
            byActor.put(slot.stay.actor(), slot.uid);
        }
    }

    private void unmap(SlotKnowledge slot) {
        if (slot.stay != null) {
            byActor.remove(slot.stay.actor(), slot.uid);
        }
    }
}
