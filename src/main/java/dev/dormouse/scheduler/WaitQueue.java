package dev.dormouse.scheduler;

import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Who waits for a worker: in the order of waiters within a tenant, and round robin over tenants, so that a tenant with many waiters
 * doesn't hold up one with few. Not safe for concurrent use: its owner guards it.
 *
 * @param <T> tenant
 * @param <W> waiter
 */
public final class WaitQueue<T, W> {

    private final int limit;
    private final Comparator<? super W> order;
    /** In the order of turns: the tenant that was served last stands last. */
    private final Map<T, SortedSet<W>> tenants = new LinkedHashMap<>();

    private int size;

    /**
     * @param limit how many may wait at once
     * @param order who comes first; no two waiters are the same in it
     */
    public WaitQueue(int limit, Comparator<? super W> order) {
        this.limit = limit;
        this.order = order;
    }

    public boolean isFull() {
        return size >= limit;
    }

    /** @throws IllegalStateException when the queue is full */
    public void add(T tenant, W waiter) {
        if (isFull()) {
            throw new IllegalStateException("%d wait already".formatted(size));
        }
        if (tenants.computeIfAbsent(tenant, t -> new TreeSet<>(order)).add(waiter)) {
            size++;
        }
    }

    /** False when it does not wait. */
    public boolean remove(T tenant, W waiter) {
        SortedSet<W> waiters = tenants.get(tenant);
        if (waiters == null || !waiters.remove(waiter)) {
            return false;
        }
        size--;
        if (waiters.isEmpty()) {
            tenants.remove(tenant);
        }
        return true;
    }

    /** How many wait, over all tenants. */
    public int size() {
        return size;
    }

    /** Takes the first, in the order of turns, that can be served now; its tenant's next turn comes after all others'. */
    public Optional<W> next(Predicate<W> servable) {
        for (Map.Entry<T, SortedSet<W>> tenant : tenants.entrySet()) {
            Iterator<W> waiters = tenant.getValue().iterator();
            while (waiters.hasNext()) {
                W waiter = waiters.next();
                if (servable.test(waiter)) {
                    waiters.remove();
                    size--;
                    moveLast(tenant.getKey(), tenant.getValue());
                    return Optional.of(waiter);
                }
            }
        }
        return Optional.empty();
    }

    /** In the order of turns, tenant by tenant. */
    public void forEach(Consumer<W> action) {
        tenants.values().forEach(waiters -> waiters.forEach(action));
    }

    private void moveLast(T tenant, SortedSet<W> waiters) {
        tenants.remove(tenant);
        if (!waiters.isEmpty()) {
            tenants.put(tenant, waiters);
        }
    }
}
