package dev.dormouse.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.scheduler.Sizing.Bounds;
import dev.dormouse.scheduler.Sizing.Decision;
import dev.dormouse.scheduler.Sizing.Limit;
import dev.dormouse.scheduler.Sizing.Load;
import dev.dormouse.scheduler.Sizing.Trend;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizingTest {

    private static final Duration QUIET = Duration.ofMinutes(5);
    private static final Bounds BOUNDS = new Bounds(1, 10, 0);

    private final Sizing sizing = new Sizing(QUIET);
    private Instant now = Instant.EPOCH;
    private Trend trend;

    /** A look one second after the last. */
    private Decision look(Bounds bounds, Load load) {
        now = now.plusSeconds(1);
        Decision decision = sizing.decide(bounds, load, trend, now);
        trend = decision.trend();
        return decision;
    }

    private Decision lookTwice(Bounds bounds, Load load) {
        look(bounds, load);
        return look(bounds, load);
    }

    private static Load load(int present, int busy, int waiting) {
        return new Load(present, present, Math.max(0, present - busy), busy, waiting);
    }

    @Test
    void aWorkerIsAddedForEachCallerThatWaits() {
        Decision decision = lookTwice(BOUNDS, load(2, 2, 3));

        assertThat(decision.replicas()).isEqualTo(5);
        assertThat(decision.reason()).isEqualTo("3 callers wait, 2 workers are busy");
    }

    @ParameterizedTest
    @CsvSource({"0, MIN", "1, NONE", "10, NONE", "11, MAX"})
    void theBoundThatHoldsItIsTold(int callers, Limit limit) {
        assertThat(look(BOUNDS, load(1, 0, callers)).limit()).isEqualTo(limit);
    }

    @Test
    void workersThatStartAreNotAskedForAgain() {
        assertThat(lookTwice(BOUNDS, load(2, 2, 3)).replicas()).isEqualTo(5);

        Decision decision = look(BOUNDS, new Load(5, 2, 0, 2, 3));

        assertThat(decision.replicas()).isEqualTo(5);
        assertThat(decision.reason()).isEqualTo("3 callers wait, 2 workers are busy, 3 not ready yet");
    }

    @Test
    void whoWaitsForAMomentNeedsNoWorker() {
        assertThat(look(BOUNDS, load(2, 2, 3)).replicas()).isEqualTo(2);
        assertThat(look(BOUNDS, load(2, 2, 0)).replicas()).isEqualTo(2);
        assertThat(look(BOUNDS, load(2, 2, 1)).replicas()).isEqualTo(2);
    }

    @Test
    void aReportThatIsBehindCountsNobodyTwice() {
        lookTwice(BOUNDS, load(2, 2, 3));

        // the three hold workers by now, and the report of them is from before
        assertThat(look(BOUNDS, load(5, 5, 3)).replicas()).isEqualTo(5);
        assertThat(look(BOUNDS, load(5, 5, 0)).replicas()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 2", "1, 0, 3", "4, 0, 6", "4, 2, 8", "9, 0, 10", "9, 5, 10"})
    void someWorkersAreKeptFree(int busy, int waiting, int wanted) {
        Bounds bounds = new Bounds(1, 10, 2);
        int present = Math.max(1, busy);

        assertThat(lookTwice(bounds, load(present, busy, waiting)).replicas()).isEqualTo(wanted);
    }

    @Test
    void theReasonSaysHowManyFreeOnesAreMissing() {
        assertThat(lookTwice(new Bounds(1, 10, 2), load(4, 3, 0)).reason())
                .isEqualTo("3 workers are busy, 1 free of the 2 of targetFree");
    }

    @Test
    void aPoolGrowsFromZero() {
        assertThat(lookTwice(new Bounds(0, 3, 0), load(0, 0, 1)).replicas()).isEqualTo(1);
    }

    @Test
    void noPoolOutgrowsItsBounds() {
        Decision decision = lookTwice(BOUNDS, load(4, 4, 4096));

        assertThat(decision.replicas()).isEqualTo(10);
        assertThat(decision.reason()).isEqualTo("4096 callers wait, 4 workers are busy; maxReplicas is 10");
    }

    @Test
    void whatIsOutsideTheBoundsIsBroughtBackAtOnce() {
        assertThat(look(new Bounds(3, 10, 0), load(1, 0, 0)).replicas()).isEqualTo(3);
        assertThat(look(new Bounds(1, 10, 0), load(50, 50, 0)).replicas()).isEqualTo(10);
    }

    @Test
    void aPoolOfWhichNobodySaidItsSizeBeginsWithTheLeast() {
        Decision decision = look(new Bounds(0, 3, 2), load(-1, 0, 0));

        assertThat(decision.replicas()).isZero();
        assertThat(decision.reason()).isEqualTo("minReplicas is 0");
    }

    @Test
    void aPoolShrinksAfterAQuietTime() {
        look(BOUNDS, load(8, 2, 0));
        now = now.plus(QUIET).minusSeconds(2);
        assertThat(look(BOUNDS, load(8, 2, 0)).replicas()).isEqualTo(8);

        Decision decision = look(BOUNDS, load(8, 2, 0));

        assertThat(decision.replicas()).isEqualTo(2);
        assertThat(decision.reason()).isEqualTo("for 5 min no more than 2 workers were needed");
    }

    @Test
    void itKeepsTheMostThatWereNeededInThatTime() {
        look(BOUNDS, load(8, 2, 0));
        look(BOUNDS, load(8, 5, 1));
        now = now.plus(QUIET);

        assertThat(look(BOUNDS, load(8, 1, 0)).replicas()).isEqualTo(6);

        // and what is too many of these is found in the next quiet time
        assertThat(look(BOUNDS, load(6, 1, 0)).replicas()).isEqualTo(6);
        now = now.plus(QUIET);
        assertThat(look(BOUNDS, load(6, 1, 0)).replicas()).isEqualTo(1);
    }

    @Test
    void theQuietTimeBeginsAnewWhenAllAreNeeded() {
        look(BOUNDS, load(8, 2, 0));
        now = now.plus(QUIET).minusSeconds(10);
        look(BOUNDS, load(8, 8, 0));
        look(BOUNDS, load(8, 2, 0));
        now = now.plusSeconds(60);

        assertThat(look(BOUNDS, load(8, 2, 0)).replicas()).isEqualTo(8);
    }

    @Test
    void aPoolThatWasTakenToFewerMeanwhileIsLeftThere() {
        look(BOUNDS, load(8, 5, 0));
        now = now.plus(QUIET);

        assertThat(look(BOUNDS, load(3, 1, 0)).replicas()).isEqualTo(3);
    }

    @Test
    void theFirstLookOfALeaderChangesNothingWithinTheBounds() {
        assertThat(look(BOUNDS, load(2, 2, 5)).replicas()).isEqualTo(2);
    }

    @Test
    void whateverHappensItStaysWithinItsBoundsAndKeepsWhatIsBusy() {
        Random random = new Random(7);
        int present = 1;
        for (int i = 0; i < 20_000; i++) {
            Bounds bounds = new Bounds(1, 10, random.nextInt(3));
            int busy = random.nextInt(present + 1);
            now = now.plusSeconds(random.nextInt(200));

            int wanted = look(bounds, load(present, busy, random.nextInt(10) == 0 ? random.nextInt(5) : 0))
                    .replicas();

            assertThat(wanted).isBetween(1, 10).isGreaterThanOrEqualTo(busy);
            present = wanted;
        }
    }

    @Test
    void boundsThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> new Bounds(2, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Bounds(0, 1, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
