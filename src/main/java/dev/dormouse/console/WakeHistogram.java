package dev.dormouse.console;

import java.util.ArrayList;
import java.util.List;

/**
 * How long the last wakes took, as bars.
 *
 * @param wakes how many it stands on
 * @param p50 median in milliseconds, 0 without wakes
 * @param p95 in milliseconds
 */
public record WakeHistogram(int wakes, long p50, long p95, List<Bar> bars) {

    /** Upper bounds in milliseconds: fine around the 100 ms that a wake should take; the last bar has none. */
    private static final List<Long> BOUNDS = List.of(20L, 40L, 60L, 80L, 100L, 125L, 150L, 200L, 300L, 500L, 1000L);

    private static final long MICROS_PER_MILLI = 1000;
    private static final int FULL_HEIGHT = 100;

    /**
     * @param label upper bound, or «more»
     * @param height 0 to 100, of the fullest bar
     */
    public record Bar(String label, int count, int height) {}

    /** @param totals durations of wakes in microseconds */
    static WakeHistogram of(List<Long> totals) {
        List<Long> millis = totals.stream()
                .map(micros -> micros / MICROS_PER_MILLI)
                .sorted()
                .toList();
        int[] counts = new int[BOUNDS.size() + 1];
        millis.forEach(value -> counts[bar(value)]++);
        int fullest = 1;
        for (int count : counts) {
            fullest = Math.max(fullest, count);
        }
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            String label = i < BOUNDS.size() ? "≤" + BOUNDS.get(i) : "more";
            bars.add(new Bar(label, counts[i], counts[i] * FULL_HEIGHT / fullest));
        }
        return new WakeHistogram(millis.size(), percentile(millis, 50), percentile(millis, 95), bars);
    }

    private static int bar(long millis) {
        int i = 0;
        while (i < BOUNDS.size() && millis > BOUNDS.get(i)) {
            i++;
        }
        return i;
    }

    private static long percentile(List<Long> sorted, int percent) {
        if (sorted.isEmpty()) {
            return 0;
        }
        int rank = (int) Math.ceil(percent / 100.0 * sorted.size());
        return sorted.get(rank - 1);
    }
}
