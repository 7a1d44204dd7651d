package dev.dormouse.scheduler;

import dev.dormouse.name.PoolRef;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Puts each caller that waits down to one of the pools that would serve it, so that no two pools grow for it. */
public final class WaitingShares {

    private static final Comparator<PoolRef> BY_NAME =
            Comparator.comparing(PoolRef::namespace).thenComparing(PoolRef::name);

    /** How many more busy workers each pool may have. */
    private final Map<PoolRef, Integer> room = new TreeMap<>(BY_NAME);

    private final Map<PoolRef, Integer> shares = new HashMap<>();

    private WaitingShares(Map<PoolRef, Integer> room) {
        this.room.putAll(room);
    }

    /**
     * The callers of each pool; pools without any are left out.
     *
     * @param room how many more busy workers each pool may have; callers that none of these serves are left out
     * @param callers how many there are by the pools that would serve them; pools are filled by name, and whom none has room for is put
     *     down to the first
     */
    public static Map<PoolRef, Integer> of(Map<PoolRef, Integer> room, Map<Set<PoolRef>, Integer> callers) {
        WaitingShares shares = new WaitingShares(room);
        callers.forEach(shares::add);
        return Map.copyOf(shares.shares);
    }

    private void add(Set<PoolRef> fitting, int callers) {
        List<PoolRef> pools = room.keySet().stream().filter(fitting::contains).toList();
        int left = callers;
        for (PoolRef pool : pools) {
            left -= give(pool, Math.min(left, Math.max(0, room.getOrDefault(pool, 0))));
        }
        if (left > 0 && !pools.isEmpty()) {
            give(pools.getFirst(), left);
        }
    }

    private int give(PoolRef pool, int callers) {
        if (callers > 0) {
            room.merge(pool, -callers, Integer::sum);
            shares.merge(pool, callers, Integer::sum);
        }
        return callers;
    }
}
