package dev.dormouse.worker;

import dev.dormouse.name.ActorKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * How this replica's view learns of workers: from their rows, from ateoms' reports and from what other replicas announce. None of
 * these overrules a reservation, nor a change made here since it was read. Safe for concurrent use.
 */
final class WorkerNews {

    private final WorkerTable table;
    private final InstantSource clock;
    private final Runnable tellFreed;
    private final Map<UUID, Reporter> reporters = new HashMap<>();
    private volatile boolean read;

    /** @param tellFreed called when a worker may have become free, never under the table's lock */
    WorkerNews(WorkerTable table, InstantSource clock, Runnable tellFreed) {
        this.table = table;
        this.clock = clock;
        this.tellFreed = tellFreed;
    }

    /** True once the rows were read. */
    boolean isRead() {
        return read;
    }

    /** Marks the moment before the database is read, for {@link #loaded}. */
    long mark() {
        synchronized (table) {
            return table.mark();
        }
    }

    /** Takes over rows read after {@code mark}; what changed here since then stands. Workers without a row are forgotten. */
    void loaded(List<WorkerRow> rows, long mark) {
        synchronized (table) {
            read = true;
            Set<UUID> present = new HashSet<>();
            for (WorkerRow row : rows) {
                present.add(row.uid());
                SlotKnowledge slot = table.find(row.uid());
                if (slot == null) {
                    table.add(row);
                } else if (slot.revision <= mark && !slot.reserved) {
                    table.replace(slot, row);
                }
            }
            for (SlotKnowledge slot : table.all()) {
                if (!present.contains(slot.uid) && slot.revision <= mark) {
                    table.forget(slot.uid);
                }
            }
        }
        tellFreed.run();
    }

    /** Takes over rows just written here. */
    void written(List<WorkerRow> rows) {
        synchronized (table) {
            for (WorkerRow row : rows) {
                SlotKnowledge slot = table.find(row.uid());
                if (slot == null) {
                    slot = table.add(row);
                } else if (!slot.reserved) {
                    table.replace(slot, row);
                }
                slot.revision = table.mark();
            }
        }
        tellFreed.run();
    }

    /** Another replica's change of a worker, or this one's come back. */
    void changed(UUID worker, String state) {
        boolean free = state.equals("FREE");
        synchronized (table) {
            if (state.equals("GONE")) {
                table.forget(worker);
                return;
            }
            SlotKnowledge slot = table.find(worker);
            if (slot == null || slot.reserved) {
                return;
            }
            // news of an earlier release may come late: whoever holds the worker now is told by the actor's record
            if (slot.rowState.equals(state) || (free && slot.stay != null)) {
                return;
            }
            table.change(slot, known -> {
                known.rowState = state;
                if (free) {
                    known.releasedAt = clock.instant();
                }
            });
        }
        if (free) {
            tellFreed.run();
        }
    }

    /** An actor's record says that it holds this worker. */
    void occupied(Stay stay) {
        synchronized (table) {
            SlotKnowledge slot = table.find(stay.worker());
            if (slot != null && !slot.reserved && (slot.stay == null || slot.stay.generation() != stay.generation())) {
                table.change(slot, known -> {
                    known.rowState = known.rowState.equals("FREE") ? "ASSIGNED" : known.rowState;
                    table.occupy(known, stay);
                });
            }
        }
    }

    /** An actor's record says that it holds no worker. */
    void vacated(ActorKey actor, long generation) {
        synchronized (table) {
            SlotKnowledge slot = table.holding(actor);
            if (slot != null && slot.stay != null && slot.stay.generation() <= generation) {
                table.change(slot, table::vacate);
            }
        }
    }

    /** Runs {@code look} on what is known of a worker, under the lock, and keeps the index in step. False when it is unknown. */
    boolean look(UUID worker, Consumer<SlotKnowledge> look) {
        synchronized (table) {
            SlotKnowledge slot = table.find(worker);
            if (slot == null) {
                return false;
            }
            table.update(slot, look);
            return true;
        }
    }

    /** The snapshots that a node holds, instead of those named before. */
    void cached(String node, Set<UUID> snapshots) {
        synchronized (table) {
            table.fleet().cached(node, snapshots);
        }
    }

    /** An ateom's report was taken in: workers may be free for more now. */
    void reported(UUID ateomId, String address, Set<UUID> present, String caveat) {
        synchronized (reporters) {
            reporters.put(ateomId, new Reporter(ateomId, address, Set.copyOf(present), caveat, clock.instant()));
        }
        tellFreed.run();
    }

    /** As {@link Workers#reporters}. */
    List<Reporter> reporters(Duration silence) {
        Instant limit = clock.instant().minus(silence);
        synchronized (reporters) {
            reporters.values().removeIf(reporter -> reporter.heardAt().isBefore(limit));
            return List.copyOf(reporters.values());
        }
    }

    /** The workers of one ateom. */
    List<UUID> servedBy(UUID ateomId) {
        synchronized (table) {
            List<UUID> served = new ArrayList<>();
            for (SlotKnowledge slot : table.slots()) {
                if (slot.ateomId.equals(ateomId)) {
                    served.add(slot.uid);
                }
            }
            return served;
        }
    }
}
