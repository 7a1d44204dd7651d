package dev.dormouse.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.scheduler.Eviction.Idle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EvictionTest {

    private static final Instant NOW = Instant.ofEpochSecond(1000);
    private static final Duration ENOUGH = Duration.ofSeconds(2);

    private static Idle idleFor(int seconds) {
        return new Idle(UUID.randomUUID(), NOW.minusSeconds(seconds));
    }

    @Test
    void whoeverIsIdleLongestGoesFirst() {
        Idle longest = idleFor(60);

        assertThat(Eviction.choose(List.of(idleFor(5), longest), List.of("w"), NOW, ENOUGH, (w, uid) -> true))
                .containsExactly(longest);
    }

    @Test
    void whoeverWasBusyAMomentAgoStays() {
        assertThat(Eviction.choose(List.of(idleFor(1)), List.of("w"), NOW, ENOUGH, (w, uid) -> true))
                .isEmpty();
    }

    @Test
    void onlyWorkersThatHelpAreVacated() {
        Idle useless = idleFor(60);
        Idle helpful = idleFor(5);

        assertThat(Eviction.choose(
                        List.of(useless, helpful), List.of("w"), NOW, ENOUGH, (w, uid) -> uid.equals(helpful.worker())))
                .containsExactly(helpful);
    }

    @Test
    void eachWaiterGetsOneWorker() {
        assertThat(Eviction.choose(
                        List.of(idleFor(5), idleFor(6), idleFor(7)),
                        List.of("w1", "w2"),
                        NOW,
                        ENOUGH,
                        (w, uid) -> true))
                .hasSize(2);
    }
}
