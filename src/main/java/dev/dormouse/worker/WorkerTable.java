package dev.dormouse.worker;

import dev.dormouse.name.ActorKey;
import dev.dormouse.scheduler.Fleet;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What this replica knows of each worker, found by worker, by actor and, in the fleet, by what a placement needs. Keeps the three in
 * step. Whoever uses it holds its monitor.
 */
final class WorkerTable {

    private final InstantSource clock;
    private final Fleet fleet = new Fleet(UUID.randomUUID().getLeastSignificantBits());
    private final Map<UUID, SlotKnowledge> slots = new HashMap<>();
    private final Map<ActorKey, UUID> byActor = new HashMap<>();
    private long revision;

    WorkerTable(InstantSource clock) {
        this.clock = clock;
    }

    Fleet fleet() {
        return fleet;
    }

    @Nullable
    SlotKnowledge find(UUID worker) {
        return slots.get(worker);
    }

    /** The worker that holds an actor, as far as is known. */
    @Nullable
    SlotKnowledge holding(ActorKey actor) {
        UUID worker = byActor.get(actor);
        return worker == null ? null : slots.get(worker);
    }

    /** Those present now; the table may change while they are walked through. */
    List<SlotKnowledge> all() {
        return List.copyOf(slots.values());
    }

    /** A view for looking only. */
    Collection<SlotKnowledge> slots() {
        return slots.values();
    }

    /** A number that is greater than the revision of every change so far. */
    long mark() {
        return ++revision;
    }

    SlotKnowledge add(WorkerRow row) {
        SlotKnowledge slot = new SlotKnowledge(row);
        slots.put(row.uid(), slot);
        map(slot);
        fleet.put(slot.candidate());
        return slot;
    }

    /** The row counts; what is known beside it stays. */
    void replace(SlotKnowledge slot, WorkerRow row) {
        unmap(slot);
        slot.row(row, clock.instant());
        map(slot);
        fleet.put(slot.candidate());
    }

    /** A change that the database, as read until now, does not know of. */
    void change(SlotKnowledge slot, Consumer<SlotKnowledge> change) {
        update(slot, change);
        slot.revision = mark();
    }

    /** A change of what the database says nothing of. */
    void update(SlotKnowledge slot, Consumer<SlotKnowledge> change) {
        change.accept(slot);
        fleet.put(slot.candidate());
    }

    /** To be called within a change. */
    void occupy(SlotKnowledge slot, Stay stay) {
        unmap(slot);
        slot.stay(stay, clock.instant());
        map(slot);
    }

    /** To be called within a change. */
    void vacate(SlotKnowledge slot) {
        unmap(slot);
        slot.stay(null, clock.instant());
    }

    void forget(UUID worker) {
        SlotKnowledge slot = slots.remove(worker);
        if (slot != null) {
            unmap(slot);
            fleet.remove(worker);
        }
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
