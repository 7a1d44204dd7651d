package dev.dormouse.snapshot;

import dev.dormouse.snapshot.SnapshotStore.Stored;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Finds and removes snapshots in the stores that no record names: what a killed process had half written, and what it had
 * written but could not record. Blocks.
 */
public final class OrphanSweep {

    private final SnapshotStores stores;
    private final InstantSource clock;

    public OrphanSweep(SnapshotStores stores, InstantSource clock) {
        this.stores = stores;
        this.clock = clock;
    }

    /** Whether a sweep deletes or only tells. */
    public enum Mode {
        /** Only tells what it would delete. */
        DRY_RUN,
        /** Deletes what it tells. */
        DELETE
    }

    /**
     * What a sweep found.
     *
     * @param orphans deleted, or with {@link Mode#DRY_RUN} what would be
     * @param failures locations or snapshots that could not be read or deleted, in words; the others were swept all the same
     */
    public record Report(List<Stored> orphans, List<String> failures) {

        /** The sum of the orphans' files. */
        public long bytes() {
            return orphans.stream().mapToLong(Stored::sizeBytes).sum();
        }
    }

    /**
     * Sweeps some locations.
     *
     * @param known gives those of some URIs that a record names. Asked after the stores were listed, so that what was recorded
     *     meanwhile is known
     * @param minAge younger ones are left alone: they may be on their way into a record. Longer than a snapshot can take
     */
    public Report sweep(Collection<String> locations, UnaryOperator<Set<String>> known, Duration minAge, Mode mode) {
        List<Stored> orphans = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        Instant limit = clock.instant().minus(minAge);
        for (String location : Set.copyOf(locations)) {
            try {
                List<Stored> found = orphans(stores.list(location), known, limit);
                for (Stored orphan : found) {
                    remove(orphan, mode, orphans, failures);
                }
            } catch (SnapshotException e) {
                failures.add(e.getMessage());
            }
        }
        return new Report(List.copyOf(orphans), List.copyOf(failures));
    }

    /** Those that are old enough and that no record names. */
    private static List<Stored> orphans(List<Stored> stored, UnaryOperator<Set<String>> known, Instant limit) {
        List<Stored> old = stored.stream()
                .filter(each -> each.lastChanged().isBefore(limit))
                .toList();
        Set<String> named = old.isEmpty()
                ? Set.of()
                : known.apply(old.stream().map(Stored::uri).collect(Collectors.toSet()));
        return old.stream().filter(each -> !named.contains(each.uri())).toList();
    }

    private void remove(Stored orphan, Mode mode, List<Stored> orphans, List<String> failures) {
        try {
            if (mode == Mode.DELETE) {
                stores.delete(orphan.uri());
            }
            orphans.add(orphan);
        } catch (SnapshotException e) {
            failures.add(e.getMessage());
        }
    }
}
