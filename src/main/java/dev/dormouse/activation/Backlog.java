package dev.dormouse.activation;

import dev.dormouse.journal.ChangeFeed.CallersWaiting;
import dev.dormouse.name.PoolRef;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * How many callers wait for workers of autoscaled pools, at all replicas. A queue is in its replica's memory, as the callers' connections
 * are; what is kept here is what each replica told last, and nothing of one that fell silent. Safe for concurrent use.
 */
@Singleton
public class Backlog {

    /** Some reports may get lost. */
    private static final Duration BELIEVED = WaitingReport.REPEATED_EVERY.multipliedBy(3);

    private final InstantSource clock;
    private final Map<PoolRef, Map<UUID, Told>> pools = new HashMap<>();

    private record Told(int callers, Instant at) {}

    public Backlog(InstantSource clock) {
        this.clock = clock;
    }

    /** Takes in what a replica tells of its callers. */
    public synchronized void heard(CallersWaiting news) {
        Map<UUID, Told> replicas = pools.computeIfAbsent(news.pool(), pool -> new HashMap<>());
        if (news.callers() == 0) {
            replicas.remove(news.replica());
        } else {
            replicas.put(news.replica(), new Told(news.callers(), clock.instant()));
        }
        if (replicas.isEmpty()) {
            pools.remove(news.pool());
        }
    }

    /** How many wait for a worker of that pool. */
    public synchronized int waiting(PoolRef pool) {
        Map<UUID, Told> replicas = pools.get(pool);
        if (replicas == null) {
            return 0;
        }
        Instant oldest = clock.instant().minus(BELIEVED);
        replicas.values().removeIf(told -> told.at().isBefore(oldest));
        return replicas.values().stream().mapToInt(Told::callers).sum();
    }
}
