package dev.dormouse.worker;

import dev.dormouse.platform.DormouseConfig;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When each ateom was last heard of, by any replica. Judges nobody before it has watched for as long as a silence may last: after a
 * start, or a standstill of this process, silence says nothing.
 */
@Singleton
class Liveness {

    /** How often a report of life is written for the other replicas. */
    private static final Duration WRITTEN_EVERY = Duration.ofSeconds(2);

    private final WorkerStore store;
    private final InstantSource clock;
    private final Duration lostAfter;
    private final Map<UUID, Instant> heard = new ConcurrentHashMap<>();
    private final Map<UUID, Instant> written = new ConcurrentHashMap<>();
    private volatile Instant watchingSince;
    private volatile Instant lastLook;

    Liveness(WorkerStore store, InstantSource clock, DormouseConfig config) {
        this.store = store;
        this.clock = clock;
        this.lostAfter = config.workers().lostAfter();
        this.watchingSince = clock.instant();
        this.lastLook = watchingSince;
    }

    /** A report came in. */
    Uni<Void> seen(UUID ateom, AteomDetail detail) {
        Instant now = clock.instant();
        heard.put(ateom, now);
        Instant last = written.get(ateom);
        if (last != null && Duration.between(last, now).compareTo(WRITTEN_EVERY) < 0) {
            return Uni.createFrom().voidItem();
        }
        written.put(ateom, now);
        return store.seen(ateom, detail).onFailure().invoke(() -> written.remove(ateom));
    }

    /** What another replica wrote. */
    void seenElsewhere(UUID ateom, Duration ago) {
        Instant at = clock.instant().minus(ago);
        heard.merge(ateom, at, (known, read) -> known.isAfter(read) ? known : read);
    }

    /** Those of {@code ateoms} that have been silent for too long. To be called once per {@link WorkerUpkeep#EVERY}. */
    List<UUID> silent(Iterable<UUID> ateoms) {
        Instant now = clock.instant();
        if (Duration.between(lastLook, now).compareTo(WorkerUpkeep.EVERY.plus(lostAfter.dividedBy(2))) > 0) {
            watchingSince = now;
        }
        lastLook = now;
        Instant limit = now.minus(lostAfter);
        List<UUID> silent = new ArrayList<>();
        for (UUID ateom : ateoms) {
            Instant last = heard.getOrDefault(ateom, Instant.EPOCH);
            if (last.isBefore(limit) && watchingSince.isBefore(limit)) {
                silent.add(ateom);
            }
        }
        return silent;
    }

    /** True when it was silent for longer than {@code limit}. */
    boolean silentFor(UUID ateom, Duration limit) {
        Instant last = heard.getOrDefault(ateom, watchingSince);
        return Duration.between(last, clock.instant()).compareTo(limit) > 0;
    }

    /** True when this replica gets its reports; an ateom may turn to another at any time. */
    boolean hearsItself(UUID ateom) {
        Instant last = written.get(ateom);
        return last != null && Duration.between(last, clock.instant()).compareTo(WRITTEN_EVERY.multipliedBy(2)) < 0;
    }
}
