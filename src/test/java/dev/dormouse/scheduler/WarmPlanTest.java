package dev.dormouse.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WarmPlanTest {

    private static Map<UUID, String> workers(String... prepared) {
        Map<UUID, String> workers = new LinkedHashMap<>();
        for (String digest : prepared) {
            workers.put(UUID.randomUUID(), digest);
        }
        return workers;
    }

    private static Map<String, Long> after(Map<UUID, String> workers, Map<String, Double> demand) {
        Map<UUID, String> result = new HashMap<>(workers);
        result.putAll(WarmPlan.changes(workers, demand));
        return result.values().stream().collect(Collectors.groupingBy(digest -> digest, Collectors.counting()));
    }

    @Test
    void workersAreSharedByDemand() {
        assertThat(after(workers("", "", "", ""), Map.of("a", 3.0, "b", 1.0)))
                .containsExactlyInAnyOrderEntriesOf(Map.of("a", 3L, "b", 1L));
    }

    @Test
    void whatStandsAsWantedStays() {
        assertThat(WarmPlan.changes(workers("a", "b"), Map.of("a", 1.0, "b", 1.0)))
                .isEmpty();
    }

    @Test
    void demandThatWaversMovesNothing() {
        assertThat(WarmPlan.changes(workers("a", "a", "b", "b"), Map.of("a", 2.2, "b", 1.3)))
                .isEmpty();
    }

    @Test
    void aTemplateWithoutAnyGetsOne() {
        assertThat(after(workers("a", "a"), Map.of("a", 1.0, "b", 1.0))).containsEntry("b", 1L);
    }

    @Test
    void whatNobodyWantsMakesRoom() {
        assertThat(after(workers("old", "a"), Map.of("a", 1.0))).containsExactly(Map.entry("a", 2L));
    }

    @Test
    void withoutDemandNothingIsPrepared() {
        assertThat(WarmPlan.changes(workers("", "a"), Map.of())).isEmpty();
    }

    @Provide
    Arbitrary<Map<String, Double>> demands() {
        return Arbitraries.maps(
                        Arbitraries.of("a", "b", "c", "d"),
                        Arbitraries.doubles().between(0.001, 50).ofScale(3))
                .ofMinSize(1);
    }

    @Property
    void aPlanThatWasCarriedOutAsksForNothingMore(
            @ForAll("demands") Map<String, Double> demand, @ForAll @IntRange(min = 1, max = 12) int count) {
        Map<UUID, String> workers = workers("x,".repeat(count).split(","));

        workers.putAll(WarmPlan.changes(workers, demand));

        assertThat(WarmPlan.changes(workers, demand)).isEmpty();
        assertThat(workers.values()).allMatch(demand::containsKey);
    }
}
