package dev.dormouse.scheduler;

import dev.dormouse.name.PoolRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All pools and workers, indexed so that a placement costs O(log workers): free ones by pool, hardware, node and prepared template.
 * Not safe for concurrent use: its owner guards it.
 */
public final class Fleet {

    private static final int REMEMBERED_QUERIES = 1024;

    private final long salt;
    private final Map<PoolRef, Pool> pools = new HashMap<>();
    private final Map<UUID, Candidate> workers = new HashMap<>();
    private final Map<PoolRef, Map<Hardware, Group>> groups = new HashMap<>();
    private final Holders holders = new Holders();
    private final Map<Need.Requirements, List<Group>> fitting = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Need.Requirements, List<Group>> eldest) {
            return size() > REMEMBERED_QUERIES;
        }
    };

    /** Workers of one pool with equal hardware. */
    private static final class Group {
        final FreeWorkers all = new FreeWorkers();
        final Map<String, FreeWorkers> byNode = new HashMap<>();
        int size;
        /** Those that take actors, now or once they are free. */
        int taking;
    }

    /** @param salt differs between replicas: of workers that are equally good, each replica prefers others */
    public Fleet(long salt) {
        this.salt = salt;
    }

    /** Replaces the pools that are known. */
    public void pools(Collection<Pool> present) {
        pools.clear();
        present.forEach(pool -> pools.put(pool.ref(), pool));
        fitting.clear();
    }

    /** Adds a worker, or replaces what was known of it. */
    public void put(Candidate worker) {
        Candidate before = workers.put(worker.uid(), worker);
        if (worker.equals(before)) {
            return;
        }
        if (before != null) {
            forget(before);
        }
        Group group = groups.computeIfAbsent(worker.pool(), pool -> new HashMap<>())
                .computeIfAbsent(worker.hardware(), hardware -> {
                    fitting.clear();
                    return new Group();
                });
        group.size++;
        group.taking += isTaking(worker) ? 1 : 0;
        if (worker.state() == Candidate.State.FREE) {
            group.all.add(worker, salt);
            group.byNode
                    .computeIfAbsent(worker.node(), node -> new FreeWorkers())
                    .add(worker, salt);
        }
    }

    /** Does nothing for an unknown one. */
    public void remove(UUID uid) {
        Candidate before = workers.remove(uid);
        if (before != null) {
            forget(before);
        }
    }

    private void forget(Candidate worker) {
        Map<Hardware, Group> ofPool = Objects.requireNonNull(groups.get(worker.pool()));
        Group group = Objects.requireNonNull(ofPool.get(worker.hardware()));
        if (worker.state() == Candidate.State.FREE) {
            group.all.remove(worker, salt);
            FreeWorkers onNode = Objects.requireNonNull(group.byNode.get(worker.node()));
            onNode.remove(worker, salt);
            if (onNode.isEmpty()) {
                group.byNode.remove(worker.node());
            }
        }
        group.taking -= isTaking(worker) ? 1 : 0;
        if (--group.size == 0) {
            ofPool.remove(worker.hardware());
            fitting.clear();
        }
    }

    private static boolean isTaking(Candidate worker) {
        return switch (worker.state()) {
            case FREE, ASSIGNED -> true;
            case DRAINING, LOST -> false;
        };
    }

    /** Replaces what is known of the snapshots in a node's cache. */
    public void cached(String node, Set<UUID> snapshots) {
        holders.put(node, snapshots);
    }

    /** Empty when it is unknown. */
    public Optional<Candidate> worker(UUID uid) {
        return Optional.ofNullable(workers.get(uid));
    }

    /** All, in no order. */
    public Collection<Candidate> workers() {
        return List.copyOf(workers.values());
    }

    /**
     * The best free worker: on the node that alone holds the actor's newest state; then where a snapshot it starts from is cached;
     * then one prepared for its template; then the least recently used.
     */
    public Placement place(Need need) {
        List<Group> fit = fitting.computeIfAbsent(need.where(), this::fittingGroups);
        Candidate best = best(fit, need);
        if (best != null) {
            return new Placement.Placed(best);
        }
        if (!fit.isEmpty()) {
            return new Placement.AllBusy();
        }
        List<PoolRef> admitted = pools.values().stream()
                .filter(need.where()::admits)
                .map(Pool::ref)
                .toList();
        if (admitted.isEmpty()) {
            return new Placement.NoPool();
        }
        return admitted.stream().noneMatch(this::mayStillFit) ? new Placement.NoHardware() : new Placement.AllBusy();
    }

    /** A pool without workers may get some that fit, and a worker that has not reported may be one. */
    private boolean mayStillFit(PoolRef pool) {
        Map<Hardware, Group> ofPool = groups.getOrDefault(pool, Map.of());
        return ofPool.isEmpty() || ofPool.containsKey(Hardware.UNKNOWN);
    }

    /**
     * What keeps all workers that take actors from going on from the memory snapshot, a sentence for the user. Empty when one can, when
     * there is none, and while one of them has not reported yet.
     */
    public Optional<String> lack(Need.Requirements where) {
        Need.Memory memory = where.memory();
        if (memory == null || offers(where)) {
            return Optional.empty();
        }
        Set<Hardware> present = new HashSet<>();
        pools.values().stream()
                .filter(where::admits)
                .forEach(pool -> groups.getOrDefault(pool.ref(), Map.of()).forEach((hardware, group) -> {
                    if (group.taking > 0) {
                        present.add(hardware);
                    }
                }));
        return present.isEmpty() || present.contains(Hardware.UNKNOWN)
                ? Optional.empty()
                : Optional.of(new HardwareGap(memory, present).sentence());
    }

    /** True when a worker that takes actors, now or once it is free, fits. */
    public boolean offers(Need.Requirements where) {
        return fitting.computeIfAbsent(where, this::fittingGroups).stream().anyMatch(group -> group.taking > 0);
    }

    /** The pools of which a further worker could serve it. */
    public Set<PoolRef> fittingPools(Need.Requirements where) {
        Set<PoolRef> fit = new HashSet<>();
        for (Pool pool : pools.values()) {
            boolean runs = mayStillFit(pool.ref())
                    || groups.getOrDefault(pool.ref(), Map.of()).keySet().stream()
                            .anyMatch(where::runsOn);
            if (runs && where.admits(pool)) {
                fit.add(pool.ref());
            }
        }
        return fit;
    }

    /** True when the worker could take it, were it free. */
    public boolean fits(Need need, UUID uid) {
        Candidate worker = workers.get(uid);
        if (worker == null || !need.where().runsOn(worker.hardware())) {
            return false;
        }
        Pool pool = pools.get(worker.pool());
        return pool != null && need.where().admits(pool);
    }

    private List<Group> fittingGroups(Need.Requirements where) {
        List<Group> fit = new ArrayList<>();
        groups.forEach((pool, byHardware) -> {
            Pool declared = pools.get(pool);
            if (declared != null && where.admits(declared)) {
                byHardware.forEach((hardware, group) -> {
                    if (where.runsOn(hardware)) {
                        fit.add(group);
                    }
                });
            }
        });
        return fit;
    }

    private @Nullable Candidate best(List<Group> fit, Need need) {
        Candidate best = need.home() == null ? null : onNode(fit, need.home(), need.digest());
        if (best == null && !need.near().isEmpty()) {
            best = nearSnapshot(fit, need);
        }
        if (best == null) {
            best = first(fit, group -> group.all.prepared(need.digest()));
        }
        return best != null ? best : first(fit, group -> group.all.any());
    }

    private @Nullable Candidate nearSnapshot(List<Group> fit, Need need) {
        Set<String> nodes = holders.of(need.near());
        if (nodes.isEmpty()) {
            return null;
        }
        Candidate best = first(fit, group -> group.all.preparedOn(need.digest(), nodes::contains));
        if (best == null) {
            best = first(fit, group -> group.all.anyOn(nodes::contains));
        }
        if (best != null) {
            return best;
        }
        for (String node : nodes) {
            best = onNode(fit, node, need.digest());
            if (best != null) {
                return best;
            }
        }
        return null;
    }

    private static @Nullable Candidate onNode(List<Group> fit, String node, String digest) {
        Candidate prepared = first(fit, group -> {
            FreeWorkers free = group.byNode.get(node);
            return free == null ? null : free.prepared(digest);
        });
        return prepared != null
                ? prepared
                : first(fit, group -> {
                    FreeWorkers free = group.byNode.get(node);
                    return free == null ? null : free.any();
                });
    }

    private static @Nullable Candidate first(List<Group> fit, Function<Group, @Nullable Candidate> choice) {
        Candidate best = null;
        for (Group group : fit) {
            Candidate candidate = choice.apply(group);
            if (candidate != null && (best == null || candidate.releasedAt().isBefore(best.releasedAt()))) {
                best = candidate;
            }
        }
        return best;
    }

    /** Why the actor would go where it goes: every pool, every worker. Costs O(workers): for people, not for placement. */
    public Explanation explain(Need need) {
        return new Explainer(need, pools, List.copyOf(workers.values()), holders, place(need)).explain();
    }
}
