package dev.dormouse.activation;

import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.journal.ChangeFeed.CallersWaiting;
import dev.dormouse.name.PoolRef;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolSpec.Autoscaling;
import dev.dormouse.scheduler.Need;
import dev.dormouse.scheduler.WaitingShares;
import dev.dormouse.template.Catalog;
import dev.dormouse.worker.Workers;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Tells every replica who waits here for workers of autoscaled pools: one of them decides on how many workers there are. */
@Singleton
class WaitingReport {

    /** Also what a replica that hears nothing more of it goes by: {@link Backlog}. */
    static final Duration REPEATED_EVERY = Duration.ofSeconds(1);

    private final UUID self = UUID.randomUUID();
    private final Dispatcher dispatcher;
    private final Workers workers;
    private final Catalog catalog;
    private final ChangeFeed feed;
    private final InstantSource clock;
    private Map<PoolRef, Integer> told = Map.of();
    private Instant toldAt = Instant.EPOCH;

    WaitingReport(Dispatcher dispatcher, Workers workers, Catalog catalog, ChangeFeed feed, InstantSource clock) {
        this.dispatcher = dispatcher;
        this.workers = workers;
        this.catalog = catalog;
        this.feed = feed;
        this.clock = clock;
    }

    /** Tells what changed since it was told, and in time what didn't. Not to be called twice at once. */
    void tell() {
        if (dispatcher.waiting() == 0 && told.isEmpty()) {
            return;
        }
        Map<PoolRef, Integer> now = shares();
        boolean again = !clock.instant().isBefore(toldAt.plus(REPEATED_EVERY));
        if (now.equals(told) && !again) {
            return;
        }
        Set<PoolRef> pools = new HashSet<>(told.keySet());
        pools.addAll(now.keySet());
        pools.forEach(pool -> feed.publish(new CallersWaiting(self, pool, now.getOrDefault(pool, 0))));
        told = now;
        toldAt = clock.instant();
    }

    private Map<PoolRef, Integer> shares() {
        Map<PoolRef, Integer> room = room();
        if (room.isEmpty()) {
            return Map.of();
        }
        Map<Need.Requirements, Integer> needs = new HashMap<>();
        dispatcher.needs().forEach(need -> needs.merge(need.where(), 1, Integer::sum));
        Map<Set<PoolRef>, Integer> callers = new HashMap<>();
        needs.forEach((where, count) -> callers.merge(workers.fittingPools(where), count, Integer::sum));
        return WaitingShares.of(room, callers);
    }

    /** How many more busy workers each autoscaled pool may have. */
    private Map<PoolRef, Integer> room() {
        Map<PoolRef, Integer> room = new HashMap<>();
        for (WorkerPool pool : catalog.pools()) {
            Autoscaling autoscaling = pool.getSpec().autoscaling();
            if (autoscaling != null) {
                room.put(pool.ref(), autoscaling.maxReplicas());
            }
        }
        if (!room.isEmpty()) {
            workers.countsByPool()
                    .forEach((pool, counts) -> room.computeIfPresent(pool, (ref, max) -> max - counts.assigned()));
        }
        return room;
    }
}
