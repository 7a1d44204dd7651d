package dev.dormouse.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.name.PoolRef;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WaitingSharesTest {

    private static final PoolRef A = new PoolRef("demo", "a");
    private static final PoolRef B = new PoolRef("demo", "b");
    private static final PoolRef FIXED = new PoolRef("demo", "fixed");

    @Test
    void noTwoPoolsGrowForOneCaller() {
        assertThat(WaitingShares.of(Map.of(A, 5, B, 5), Map.of(Set.of(A, B, FIXED), 3)))
                .isEqualTo(Map.of(A, 3));
    }

    @Test
    void whomAPoolHasNoRoomForGoesToTheNext() {
        assertThat(WaitingShares.of(Map.of(A, 2, B, 9), Map.of(Set.of(A, B), 6)))
                .isEqualTo(Map.of(A, 2, B, 4));
    }

    @Test
    void roomIsGivenOnce() {
        Map<Set<PoolRef>, Integer> callers = new LinkedHashMap<>();
        callers.put(Set.of(A), 3);
        callers.put(Set.of(A, B), 3);

        assertThat(WaitingShares.of(Map.of(A, 4, B, 9), callers)).isEqualTo(Map.of(A, 4, B, 2));
    }

    @Test
    void whomNobodyHasRoomForIsStillCounted() {
        assertThat(WaitingShares.of(Map.of(A, 1, B, -2), Map.of(Set.of(A, B), 4)))
                .isEqualTo(Map.of(A, 4));
    }

    @Test
    void whomNoPoolServesIsLeftOut() {
        assertThat(WaitingShares.of(Map.of(A, 5), Map.of(Set.of(FIXED), 2))).isEmpty();
    }
}
