package dev.dormouse.scheduler;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Free workers that are interchangeable but for what is prepared on them, least recently used first; every step is O(log n). */
final class FreeWorkers {

    /**
     * How far down the order a preference is looked for. Where many workers have it, one is near the top; where few have it, the
     * caller goes by its own index.
     */
    private static final int LOOK_AHEAD = 32;

    private final NavigableSet<Entry> byUse = new TreeSet<>(Entry.ORDER);
    private final Map<String, NavigableSet<Entry>> byPrepared = new HashMap<>();

    /**
     * @param second when it was released, coarse: within one second the replicas' different spreads decide, so that they don't
     *     all pick the same one
     */
    private record Entry(long second, long spread, Candidate worker) {
        static final Comparator<Entry> ORDER = Comparator.comparingLong(Entry::second)
                .thenComparingLong(Entry::spread)
                .thenComparing(entry -> entry.worker.uid());

        static Entry of(Candidate worker, long salt) {
            Instant released = worker.releasedAt();
            return new Entry(released.getEpochSecond(), spread(worker.uid(), salt), worker);
        }

        private static long spread(UUID uid, long salt) {
            long mixed = (uid.getMostSignificantBits() ^ salt) * 0x9E3779B97F4A7C15L + uid.getLeastSignificantBits();
            return (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
        }
    }

    void add(Candidate worker, long salt) {
        Entry entry = Entry.of(worker, salt);
        byUse.add(entry);
        if (!worker.prepared().isEmpty()) {
            byPrepared
                    .computeIfAbsent(worker.prepared(), digest -> new TreeSet<>(Entry.ORDER))
                    .add(entry);
        }
    }

    void remove(Candidate worker, long salt) {
        Entry entry = Entry.of(worker, salt);
        byUse.remove(entry);
        NavigableSet<Entry> prepared = byPrepared.get(worker.prepared());
        if (prepared != null) {
            prepared.remove(entry);
            if (prepared.isEmpty()) {
                byPrepared.remove(worker.prepared());
            }
        }
    }

    boolean isEmpty() {
        return byUse.isEmpty();
    }

    @Nullable
    Candidate any() {
        return byUse.isEmpty() ? null : byUse.first().worker();
    }

    @Nullable
    Candidate prepared(String digest) {
        NavigableSet<Entry> prepared = byPrepared.get(digest);
        return prepared == null ? null : prepared.first().worker();
    }

    @Nullable
    Candidate preparedOn(String digest, Predicate<String> node) {
        return firstOn(byPrepared.getOrDefault(digest, Collections.emptyNavigableSet()), node);
    }

    @Nullable
    Candidate anyOn(Predicate<String> node) {
        return firstOn(byUse, node);
    }

    private static @Nullable Candidate firstOn(Collection<Entry> entries, Predicate<String> node) {
        int looked = 0;
        for (Entry entry : entries) {
            if (node.test(entry.worker().node())) {
                return entry.worker();
            }
            if (++looked == LOOK_AHEAD) {
                break;
            }
        }
        return null;
    }
}
