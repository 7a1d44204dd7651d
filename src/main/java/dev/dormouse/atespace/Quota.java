package dev.dormouse.atespace;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an atespace may be limited in. */
public enum Quota {
    /** Actors that there are, asleep or awake. */
    ACTORS("actors"),
    /** Actors that hold a worker, those on their way to sleep or awake included. */
    RUNNING_ACTORS("runningActors"),
    /** Bytes of durable snapshots. Known once they are taken: sleeping always works, and what is full wakes nobody. */
    SNAPSHOT_BYTES("snapshotBytes"),
    /** Wakes that begin within one minute of the database's clock. */
    WAKES_PER_MINUTE("wakesPerMinute");

    /** The largest whole number that every JSON parser reads as it is. */
    private static final long LARGEST = (1L << 53) - 1;

    private final String wireName;

    Quota(String wireName) {
        this.wireName = wireName;
    }

    /** As callers write it. */
    public String wireName() {
        return wireName;
    }

    /** @throws Failure INVALID_ARGUMENT */
    static Quota of(String wireName) {
        Optional<Quota> named = Arrays.stream(values())
                .filter(quota -> quota.wireName.equals(wireName))
                .findFirst();
        return named.orElseThrow(() -> new Failure(
                Code.INVALID_ARGUMENT,
                "quotas: there is none of that name; there are "
                        + Arrays.stream(values()).map(Quota::wireName).collect(Collectors.joining(", "))));
    }

    /**
     * The present limits with the changes: a null limit is removed.
     *
     * @throws Failure INVALID_ARGUMENT for an unknown name or a limit that is negative or too large
     */
    static Map<Quota, Long> merged(Map<Quota, Long> present, Map<String, @Nullable Long> changes) {
        Map<Quota, Long> merged = new EnumMap<>(Quota.class);
        merged.putAll(present);
        changes.forEach((name, limit) -> {
            Quota quota = of(name);
            if (limit == null) {
                merged.remove(quota);
            } else {
                merged.put(quota, quota.checked(limit));
            }
        });
        return Map.copyOf(merged);
    }

    private long checked(long limit) {
        if (limit < 0 || limit > LARGEST) {
            throw new Failure(
                    Code.INVALID_ARGUMENT, "quotas: %s must be a number from 0 to %d".formatted(wireName, LARGEST));
        }
        return limit;
    }
}
