package dev.dormouse.router;

import dev.dormouse.actor.ActorStatus;
import dev.dormouse.journal.ChangeFeed.ActorChange;
import dev.dormouse.name.ActorKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the running actors are, as far as this replica knows: read without a lock on each request. A stale entry does no harm, as
 * the port of an activation is closed with it; entries are dropped early all the same, for it saves a failed connect.
 */
final class RouteTable {

    /** The routes to one activation, by the actor's port. Never changed: a new one takes its place. */
    private record Activation(long generation, Map<Integer, Backend> ports) {}

    private final ConcurrentHashMap<ActorKey, Activation> activations = new ConcurrentHashMap<>();
    private final Consumer<Backend> dropped;

    /** @param dropped hears of each backend that leaves the table; called while its entry is locked, so it must only pass it on */
    RouteTable(Consumer<Backend> dropped) {
        this.dropped = dropped;
    }

    @Nullable
    Backend find(ActorAddress address) {
        Activation activation = activations.get(address.key());
        return activation == null ? null : activation.ports().get(address.port());
    }

    /** Adds a route; one of an older generation than the known is left out. */
    void put(ActorAddress address, Backend backend) {
        long generation = backend.route().generation();
        activations.compute(address.key(), (_, known) -> {
            if (known != null && known.generation() > generation) {
                return known;
            }
            Map<Integer, Backend> ports = new HashMap<>();
            if (known != null && known.generation() == generation) {
                ports.putAll(known.ports());
            } else if (known != null) {
                known.ports().values().forEach(dropped);
            }
            ports.put(address.port(), backend);
            return new Activation(generation, Map.copyOf(ports));
        });
    }

    /** Takes out this very route, which nobody answers at. A newer one in its place stays. */
    void drop(ActorAddress address, Backend backend) {
        activations.computeIfPresent(address.key(), (_, known) -> {
            if (!backend.equals(known.ports().get(address.port()))) {
                return known;
            }
            Map<Integer, Backend> rest = new HashMap<>(known.ports());
            rest.remove(address.port());
            return rest.isEmpty() ? null : new Activation(known.generation(), Map.copyOf(rest));
        });
        dropped.accept(backend);
    }

    /** An activation that ended, or was followed by another, takes its routes with it. */
    void on(ActorChange change) {
        boolean running = ActorStatus.RUNNING.name().equals(change.status());
        activations.computeIfPresent(change.key(), (_, known) -> {
            boolean newer = known.generation() > change.generation();
            boolean runsOn = running && known.generation() == change.generation();
            if (newer || runsOn) {
                return known;
            }
            known.ports().values().forEach(dropped);
            return null;
        });
    }

    /** After changes were missed nothing here can be trusted. */
    void clear() {
        for (ActorKey key : List.copyOf(activations.keySet())) {
            Activation gone = activations.remove(key);
            if (gone != null) {
                gone.ports().values().forEach(dropped);
            }
        }
    }

    /** Actors with a route. */
    int size() {
        return activations.size();
    }
}
