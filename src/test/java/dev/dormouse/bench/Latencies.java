package dev.dormouse.bench;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Durations of one kind of call, and their percentiles. Safe for concurrent adding. */
final class Latencies {

    private long[] nanos = new long[1024];
    private int size;

    synchronized void add(long nanoseconds) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, size * 2);
        }
        nanos[size++] = nanoseconds;
    }

    synchronized int count() {
        return size;
    }

    /** @param percent 0 to 100; the smallest value that this share of calls did not exceed, in milliseconds */
    synchronized double millis(double percent) {
        if (size == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(nanos, size);
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(percent / 100 * size);
        return sorted[Math.max(rank, 1) - 1] / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }
}
