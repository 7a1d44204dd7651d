package dev.dormouse.scheduler;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The places in a queue of those whose wait ended in vain: who comes again soon has waited all the while, and isn't overtaken by
 * newcomers for ever. Times are those of {@link System#nanoTime}. Not safe for concurrent use: its owner guards it.
 *
 * @param <W> waiter
 */
public final class KeptPlaces<W> {

    /** Callers are told to come again after 1 s; the slower ones double that, and add some. */
    static final Duration KEPT = Duration.ofSeconds(5);

    private record Place(long number, long leftAt) {}

    /** The one that left longest ago comes first. */
    private final Map<W, Place> places = new LinkedHashMap<>();

    /** For one that leaves now. */
    public void keep(W waiter, long place, long now) {
        forgetLate(now);
        places.remove(waiter);
        places.put(waiter, new Place(place, now));
    }

    /** Its place, which is not kept any more; empty when it left none, or too long ago. */
    public OptionalLong take(W waiter, long now) {
        forgetLate(now);
        Place place = places.remove(waiter);
        return place == null ? OptionalLong.empty() : OptionalLong.of(place.number());
    }

    int size() {
        return places.size();
    }

    private void forgetLate(long now) {
        Iterator<Place> oldest = places.values().iterator();
        while (oldest.hasNext() && now - oldest.next().leftAt() > KEPT.toNanos()) {
            oldest.remove();
        }
    }
}
