package dev.dormouse.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How often each template was wanted lately; what happened one half-life ago counts half. Not safe for concurrent use.
 *
 * @param <K> what is wanted
 */
public final class Demand<K> {

    private static final double FORGOTTEN = 0.01;

    private final Duration halfLife;
    private final Map<K, Weight> weights = new HashMap<>();

    private record Weight(double value, Instant at) {}

    /** @param halfLife more than a millisecond */
    public Demand(Duration halfLife) {
        this.halfLife = halfLife;
    }

    /** Counts one. */
    public void wanted(K key, Instant now) {
        weights.compute(key, (k, before) -> new Weight(1 + (before == null ? 0 : faded(before, now)), now));
    }

    /** The weights now; what is all but forgotten is left out. */
    public Map<K, Double> at(Instant now) {
        weights.values().removeIf(weight -> faded(weight, now) < FORGOTTEN);
        Map<K, Double> present = new HashMap<>();
        weights.forEach((key, weight) -> present.put(key, faded(weight, now)));
        return present;
    }

    private double faded(Weight weight, Instant now) {
        double halves = (double) Duration.between(weight.at(), now).toMillis() / halfLife.toMillis();
        return weight.value() * Math.pow(0.5, Math.max(0, halves));
    }
}
