package dev.dormouse.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WaitQueueTest {

    private final WaitQueue<String, String> queue = new WaitQueue<>(8, Comparator.naturalOrder());

    private List<String> drain() {
        List<String> served = new ArrayList<>();
        for (var next = queue.next(waiter -> true); next.isPresent(); next = queue.next(waiter -> true)) {
            served.add(next.get());
        }
        return served;
    }

    @Test
    void tenantsTakeTurnsAndEachIsServedInOrder() {
        List.of("a1", "a2", "a3").forEach(waiter -> queue.add("a", waiter));
        List.of("b1", "b2").forEach(waiter -> queue.add("b", waiter));
        queue.add("c", "c1");

        assertThat(drain()).containsExactly("a1", "b1", "c1", "a2", "b2", "a3");
    }

    @Test
    void whoCannotBeServedYetKeepsItsPlace() {
        List.of("a1", "a2").forEach(waiter -> queue.add("a", waiter));

        assertThat(queue.next(waiter -> !waiter.equals("a1"))).contains("a2");
        assertThat(queue.next(waiter -> true)).contains("a1");
    }

    @Test
    void whoComesBackToAnEarlierPlaceGoesFirst() {
        List.of("a2", "a3").forEach(waiter -> queue.add("a", waiter));

        queue.add("a", "a1");

        assertThat(drain()).containsExactly("a1", "a2", "a3");
    }

    @Test
    void theQueueIsBoundedAndPlacesComeBack() {
        IntStream.range(0, 8).forEach(i -> queue.add("a", "a" + i));

        assertThat(queue.isFull()).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> queue.add("b", "b"));
        assertThat(queue.remove("a", "a3")).isTrue();
        assertThat(queue.remove("a", "a3")).isFalse();
        assertThat(queue.isFull()).isFalse();
        queue.add("b", "b");
        assertThat(queue.size()).isEqualTo(8);
    }

    @Property
    void noTenantWaitsLongerThanOneTurnOfAllOthers(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 5) Integer> arrivals) {
        WaitQueue<Integer, Integer> fair = new WaitQueue<>(1000, Comparator.naturalOrder());
        List<Integer> waiting = new ArrayList<>(arrivals);
        for (int i = 0; i < arrivals.size(); i++) {
            fair.add(arrivals.get(i), i);
        }
        List<Integer> turns = new ArrayList<>();

        for (int i = 0; i < arrivals.size(); i++) {
            turns.add(arrivals.get(fair.next(waiter -> true).orElseThrow()));
        }

        // between two turns of a tenant that still waits, nobody has two
        for (int i = 0; i < turns.size(); i++) {
            int tenant = turns.get(i);
            List<Integer> rest = turns.subList(i + 1, turns.size());
            int next = rest.indexOf(tenant);
            if (next >= 0) {
                assertThat(rest.subList(0, next)).doesNotHaveDuplicates();
            }
        }
        assertThat(turns).containsExactlyInAnyOrderElementsOf(waiting);
        assertThat(fair.size()).isZero();
    }
}
