package dev.dormouse.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeptPlacesTest {

    private static final long KEPT = KeptPlaces.KEPT.toNanos();

    private final KeptPlaces<String> places = new KeptPlaces<>();

    @Test
    void whoComesBackInTimeHasWaitedAllTheWhile() {
        places.keep("a", 3, 10);

        assertThat(places.take("a", 10 + KEPT)).hasValue(3);
        assertThat(places.take("a", 10 + KEPT)).as("once").isEmpty();
    }

    @Test
    void whoComesLateIsNew() {
        places.keep("a", 3, 10);

        assertThat(places.take("a", 11 + KEPT)).isEmpty();
        assertThat(places.take("b", 11)).isEmpty();
    }

    @Test
    void noneIsKeptForThoseWhoNeverComeBack() {
        places.keep("a", 1, 10);
        places.keep("b", 2, 20);
        places.keep("a", 1, 30);

        places.keep("c", 3, 25 + KEPT);

        assertThat(places.size()).as("b left longest ago").isEqualTo(2);
        assertThat(places.take("a", 25 + KEPT)).hasValue(1);
    }
}
