package dev.dormouse.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Which template each free worker of one kind should stand prepared for: shares by recent demand, changed only where it matters.
 * A prepared worker is given to another template only when that one has none at all or lacks two or more, so that demand that
 * wavers doesn't make sandboxes come and go.
 */
public final class WarmPlan {

    private WarmPlan() {}

    /**
     * @param prepared free workers, interchangeable, with the digest each is prepared for (empty: none)
     * @param demand weight of each digest that these workers could run
     * @return what to prepare where; workers that are to stay as they are are left out
     */
    public static Map<UUID, String> changes(Map<UUID, String> prepared, Map<String, Double> demand) {
        if (demand.isEmpty() || prepared.isEmpty()) {
            return Map.of();
        }
        Map<String, Integer> missing = shares(prepared.size(), demand);
        List<UUID> unused = new ArrayList<>();
        List<UUID> surplus = new ArrayList<>();
        Map<String, Integer> standing = new HashMap<>();
        prepared.forEach((worker, digest) -> {
            if (missing.getOrDefault(digest, 0) > 0) {
                missing.merge(digest, -1, Integer::sum);
                standing.merge(digest, 1, Integer::sum);
            } else if (demand.containsKey(digest)) {
                surplus.add(worker);
            } else {
                unused.add(worker);
            }
        });
        Map<UUID, String> changes = new LinkedHashMap<>();
        Map.copyOf(missing).forEach((digest, count) -> {
            for (int i = 0; i < count && !unused.isEmpty(); i++) {
                changes.put(unused.removeLast(), digest);
                standing.merge(digest, 1, Integer::sum);
                missing.merge(digest, -1, Integer::sum);
            }
        });
        missing.forEach((digest, count) -> {
            boolean matters = count >= 2 || (count == 1 && !standing.containsKey(digest));
            for (int i = 0; matters && i < count && !surplus.isEmpty(); i++) {
                changes.put(surplus.removeLast(), digest);
            }
        });
        return changes;
    }

    /** Splits {@code workers} by weight: each next one to whoever has most weight per worker it would then have. */
    private static Map<String, Integer> shares(int workers, Map<String, Double> demand) {
        Map<String, Integer> shares = new LinkedHashMap<>();
        List<String> byWeight = demand.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
        byWeight.forEach(digest -> shares.put(digest, 0));
        for (int i = 0; i < workers; i++) {
            String neediest = byWeight.getFirst();
            for (String digest : byWeight) {
                if (perWorker(digest, shares, demand) > perWorker(neediest, shares, demand)) {
                    neediest = digest;
                }
            }
            shares.merge(neediest, 1, Integer::sum);
        }
        return shares;
    }

    private static double perWorker(String digest, Map<String, Integer> shares, Map<String, Double> demand) {
        return demand.getOrDefault(digest, 0.0) / (shares.getOrDefault(digest, 0) + 1);
    }
}
