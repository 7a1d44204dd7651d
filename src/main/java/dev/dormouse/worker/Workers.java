package dev.dormouse.worker;

import dev.dormouse.name.PoolRef;
import dev.dormouse.scheduler.Candidate;
import dev.dormouse.scheduler.Explanation;
import dev.dormouse.scheduler.Need;
import dev.dormouse.scheduler.Placement;
import dev.dormouse.scheduler.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
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
    private final WorkerTable table;
    private final WorkerNews news;
    private final List<Runnable> freed = new CopyOnWriteArrayList<>();

    public Workers(InstantSource clock) {
        this.clock = clock;
        this.table = new WorkerTable(clock);
        this.news = new WorkerNews(table, clock, this::tellFreed);
    }

    /** {@code action} runs each time a worker may have become free, or free for more; on any thread, quickly, and not under a lock. */
    public void onFreed(Runnable action) {
        freed.add(action);
    }

    private void tellFreed() {
        freed.forEach(Runnable::run);
    }

    /** Where this view learns of workers. */
    WorkerNews news() {
        return news;
    }

    /** Replaces the pools that are declared. */
    public void pools(Collection<Pool> pools) {
        synchronized (table) {
            table.fleet().pools(pools);
        }
        tellFreed();
    }

    /** Picks the best free worker and keeps it for this caller, who must then call {@link #claimed}, {@link #taken} or {@link #unreserve}. */
    public Placement reserve(Need need) {
        synchronized (table) {
            Placement placement = table.fleet().place(need);
            if (placement instanceof Placement.Placed placed) {
                change(placed.worker().uid(), slot -> slot.reserved = true);
            }
            return placement;
        }
    }

    /** Gives back a reservation that was not used. */
    public void unreserve(UUID worker) {
        change(worker, slot -> slot.reserved = false);
        tellFreed();
    }

    /** The reserved worker is now this activation's. */
    public void claimed(Stay stay) {
        change(stay.worker(), slot -> {
            slot.reserved = false;
            slot.rowState = "ASSIGNED";
            slot.prepared = "";
            table.occupy(slot, stay);
        });
    }

    /** The reserved worker was not free: some other replica was faster. Its row will tell. */
    public void taken(UUID worker) {
        synchronized (table) {
            SlotKnowledge slot = table.find(worker);
            if (slot != null) {
                table.update(slot, lost -> {
                    lost.reserved = false;
                    lost.rowState = "ASSIGNED";
                });
                // whatever the next reading says counts
                slot.revision = 0;
            }
        }
    }

    /** The activation ended and its worker is free for the next. */
    public void released(Stay stay) {
        boolean mine = endOf(stay, slot -> {
            slot.rowState = "FREE";
            slot.releasedAt = clock.instant();
        });
        if (mine) {
            tellFreed();
        }
    }

    /**
     * The activation ended.
     *
     * @param clean false when nobody knows what its worker holds: no placement then until its ateom reports a free slot
     */
    public void ended(Stay stay, boolean clean) {
        if (clean) {
            released(stay);
        } else {
            endOf(stay, slot -> slot.rowState = "LOST");
        }
    }

    /** False when the worker holds another activation by now, or none. */
    private boolean endOf(Stay stay, Consumer<SlotKnowledge> change) {
        synchronized (table) {
            SlotKnowledge slot = table.find(stay.worker());
            if (slot == null || !slot.holds(stay.actor(), stay.generation())) {
                return false;
            }
            table.change(slot, known -> {
                change.accept(known);
                table.vacate(known);
            });
            return true;
        }
    }

    /** The worker stands prepared for a template. */
    public void prepared(UUID worker, String digest) {
        synchronized (table) {
            SlotKnowledge slot = table.find(worker);
            if (slot != null && slot.stay == null && !slot.reserved) {
                table.change(slot, free -> free.prepared = digest);
            }
        }
    }

    /**
     * No actors are placed on these any more, those they have are put to sleep, and then they are to go. Replaces those named before.
     */
    public void retire(Set<UUID> unwanted) {
        synchronized (table) {
            for (SlotKnowledge slot : table.slots()) {
                boolean retired = unwanted.contains(slot.uid);
                if (slot.retired != retired) {
                    table.change(slot, known -> known.retired = retired);
                }
            }
        }
    }

    /** Empty when it is unknown here. */
    public Optional<Worker> find(UUID worker) {
        synchronized (table) {
            return Optional.ofNullable(table.find(worker)).map(SlotKnowledge::view);
        }
    }

    /** All that are known, in no order. */
    public List<Worker> all() {
        synchronized (table) {
            return table.slots().stream().map(SlotKnowledge::view).toList();
        }
    }

    /** False until the database was read for the first time: then no worker is known, whatever there are. */
    public boolean areKnown() {
        return news.isRead();
    }

    /** True when a worker of this node is heard of; also while nothing is known yet. */
    public boolean nodeIsThere(String node) {
        return !news.isRead() || onNode(node).isPresent();
    }

    /** True while there are workers of this node, heard of or not. */
    public boolean mayComeBack(String node) {
        synchronized (table) {
            return table.slots().stream().anyMatch(slot -> slot.node.equals(node));
        }
    }

    /** True while its ateom is heard of, in whatever condition the worker is. */
    public boolean isHeardOf(UUID worker) {
        synchronized (table) {
            SlotKnowledge slot = table.find(worker);
            return slot != null && !slot.silent;
        }
    }

    /** A worker that this process serves, if it is heard of. */
    public Optional<Worker> servedBy(UUID ateom) {
        synchronized (table) {
            return table.slots().stream()
                    .filter(slot -> slot.ateomId.equals(ateom) && !slot.silent)
                    .findAny()
                    .map(SlotKnowledge::view);
        }
    }

    /** Some worker of the node that is heard of, for what any of them can do. */
    public Optional<Worker> onNode(String node) {
        synchronized (table) {
            return table.slots().stream()
                    .filter(slot -> slot.node.equals(node) && !slot.silent)
                    .findAny()
                    .map(SlotKnowledge::view);
        }
    }

    /** True when the worker could take it, were it free. */
    public boolean fits(Need need, UUID worker) {
        synchronized (table) {
            return table.fleet().fits(need, worker);
        }
    }

    /** True when a worker that takes actors, now or once it is free, could take it. */
    public boolean offers(Need need) {
        synchronized (table) {
            return table.fleet().offers(need.where());
        }
    }

    /** The pools of which a further worker could serve it. */
    public Set<PoolRef> fittingPools(Need.Requirements where) {
        synchronized (table) {
            return table.fleet().fittingPools(where);
        }
    }

    /** What keeps every worker that takes actors from going on from the memory snapshot; empty when one can, or nobody knows. */
    public Optional<String> lack(Need need) {
        synchronized (table) {
            return table.fleet().lack(need.where());
        }
    }

    /** Why each pool and worker is a candidate, or isn't. */
    public Explanation explain(Need need) {
        synchronized (table) {
            return table.fleet().explain(need);
        }
    }

    /**
     * The workers of one pool.
     *
     * @param all in whatever state
     * @param ready those that take or hold actors
     * @param assigned those that hold an actor
     */
    public record PoolCounts(int all, int ready, int free, int assigned) {

        /** Of a pool without workers. */
        public static final PoolCounts NONE = new PoolCounts(0, 0, 0, 0);

        private static PoolCounts of(SlotKnowledge slot) {
            return new PoolCounts(
                    1,
                    slot.state() == Candidate.State.LOST ? 0 : 1,
                    slot.state() == Candidate.State.FREE ? 1 : 0,
                    slot.stay == null ? 0 : 1);
        }

        private PoolCounts plus(PoolCounts more) {
            return new PoolCounts(all + more.all, ready + more.ready, free + more.free, assigned + more.assigned);
        }
    }

    public PoolCounts counts(PoolRef pool) {
        synchronized (table) {
            return table.slots().stream()
                    .filter(slot -> slot.pool.equals(pool))
                    .map(PoolCounts::of)
                    .reduce(PoolCounts.NONE, PoolCounts::plus);
        }
    }

    /** Of all pools that have workers, in one go. */
    public Map<PoolRef, PoolCounts> countsByPool() {
        Map<PoolRef, PoolCounts> counts = new HashMap<>();
        synchronized (table) {
            table.slots().forEach(slot -> counts.merge(slot.pool, PoolCounts.of(slot), PoolCounts::plus));
        }
        return counts;
    }

    /** How many workers are in each state. */
    public Map<Candidate.State, Integer> counts() {
        synchronized (table) {
            Map<Candidate.State, Integer> counts = new HashMap<>();
            table.slots().forEach(slot -> counts.merge(slot.state(), 1, Integer::sum));
            return counts;
        }
    }

    /** The ateoms that report to this replica; one that fell silent is left out after {@code silence}. */
    public List<Reporter> reporters(Duration silence) {
        return news.reporters(silence);
    }

    private void change(UUID worker, Consumer<SlotKnowledge> change) {
        synchronized (table) {
            SlotKnowledge slot = table.find(worker);
            if (slot != null) {
                table.change(slot, change);
            }
        }
    }
}
