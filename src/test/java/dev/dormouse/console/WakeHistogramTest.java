package dev.dormouse.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WakeHistogramTest {

    @Test
    void countsEachWakeInTheFirstBarThatHoldsIt() {
        WakeHistogram histogram = WakeHistogram.of(List.of(20_000L, 20_999L, 21_000L, 5_000_000L));

        assertThat(histogram.bars().getFirst()).isEqualTo(new WakeHistogram.Bar("≤20", 2, 100));
        assertThat(histogram.bars().get(1)).isEqualTo(new WakeHistogram.Bar("≤40", 1, 50));
        assertThat(histogram.bars().getLast()).isEqualTo(new WakeHistogram.Bar("more", 1, 50));
    }

    @Test
    void percentilesAreValuesThatThisShareDidNotExceed() {
        WakeHistogram histogram = WakeHistogram.of(
                LongStream.rangeClosed(1, 100).map(ms -> ms * 1000).boxed().toList());

        assertThat(histogram.p50()).isEqualTo(50);
        assertThat(histogram.p95()).isEqualTo(95);
    }

    @Test
    void withoutWakesAllBarsAreFlat() {
        assertThat(WakeHistogram.of(List.of()).bars()).allMatch(bar -> bar.height() == 0 && bar.count() == 0);
    }
}
