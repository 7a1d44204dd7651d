package dev.dormouse.scheduler;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Which nodes hold which snapshots in their cache. */
final class Holders {

    private final Map<String, Set<UUID>> byNode = new HashMap<>();
    private final Map<UUID, Set<String>> bySnapshot = new HashMap<>();

    void put(String node, Set<UUID> snapshots) {
        Set<UUID> before = byNode.getOrDefault(node, Set.of());
        if (before.equals(snapshots)) {
            return;
        }
        for (UUID gone : before) {
            if (!snapshots.contains(gone)) {
                bySnapshot.computeIfPresent(gone, (id, nodes) -> {
                    nodes.remove(node);
                    return nodes.isEmpty() ? null : nodes;
                });
            }
        }
        for (UUID id : snapshots) {
            bySnapshot.computeIfAbsent(id, snapshot -> new HashSet<>()).add(node);
        }
        if (snapshots.isEmpty()) {
            byNode.remove(node);
        } else {
            byNode.put(node, Set.copyOf(snapshots));
        }
    }

    /** The nodes that hold the first of these that any node holds. */
    Set<String> of(List<UUID> snapshots) {
        for (UUID id : snapshots) {
            Set<String> nodes = bySnapshot.get(id);
            if (nodes != null) {
                return nodes;
            }
        }
        return Set.of();
    }

    boolean holdsAny(String node, List<UUID> snapshots) {
        Set<UUID> held = byNode.getOrDefault(node, Set.of());
        return snapshots.stream().anyMatch(held::contains);
    }
}
