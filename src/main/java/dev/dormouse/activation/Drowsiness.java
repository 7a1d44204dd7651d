package dev.dormouse.activation;

import dev.dormouse.name.ActorKey;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which actors failed to fall asleep lately: they are left alone for a while. */
@Singleton
class Drowsiness {

    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final InstantSource clock;
    private final Map<ActorKey, Instant> tryAgainAt = new ConcurrentHashMap<>();

    Drowsiness(InstantSource clock) {
        this.clock = clock;
    }

    boolean mayTry(ActorKey actor) {
        Instant at = tryAgainAt.get(actor);
        if (at == null) {
            return true;
        }
        boolean over = !clock.instant().isBefore(at);
        if (over) {
            tryAgainAt.remove(actor, at);
        }
        return over;
    }

    void failed(ActorKey actor) {
        tryAgainAt.put(actor, clock.instant().plus(PAUSE));
    }
}
