package dev.dormouse.activation;

import dev.dormouse.actor.ActorStore;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.LogFields;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** The transitions that this replica carries out, and their leases: what takes long is renewed, what is let go expires. */
@Singleton
class Leases {

    private static final Logger LOG = Logger.getLogger(Leases.class);

    private final UUID owner = UUID.randomUUID();
    private final Duration lease;
    private final ActorStore store;
    private final InstantSource clock;
    private final Map<ActorKey, Held> held = new ConcurrentHashMap<>();

    private record Held(long generation, Instant since) {}

    Leases(ActorStore store, DormouseConfig config, InstantSource clock) {
        this.store = store;
        this.lease = config.activation().lease();
        this.clock = clock;
    }

    /** This replica, for as long as it lives. */
    UUID owner() {
        return owner;
    }

    Duration lease() {
        return lease;
    }

    void hold(ActorKey key, long generation) {
        held.put(key, new Held(generation, clock.instant()));
    }

    /** The transition ended, or was given up: then another replica, or this one, takes it over when the lease is over. */
    void release(ActorKey key, long generation) {
        held.computeIfPresent(key, (k, present) -> present.generation() == generation ? null : present);
    }

    boolean holds(ActorKey key) {
        return held.containsKey(key);
    }

    /** To be called about three times per lease. */
    Uni<Void> renew() {
        Instant old = clock.instant().minus(lease.dividedBy(4));
        Map<ActorKey, Long> due = new HashMap<>();
        held.forEach((key, transition) -> {
            if (transition.since().isBefore(old)) {
                due.put(key, transition.generation());
            }
        });
        if (due.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return store.renew(owner, due, lease)
                .invoke(lost -> lost.forEach(key -> {
                    // whatever this replica writes for it from now on is refused by the record's state
                    LogFields.of(key).log(() -> LOG.warnf("the transition of %s was taken over", key));
                    release(key, due.getOrDefault(key, -1L));
                }))
                .replaceWithVoid();
    }
}
