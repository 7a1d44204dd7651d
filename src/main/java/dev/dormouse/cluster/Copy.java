package dev.dormouse.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * The objects of one kind as the cluster last told them. Tidings come from a watch, from lists and from our own writes, in any order:
 * of two states of an object the one of the higher resource version counts. Safe for concurrent use; nothing here blocks.
 *
 * @param <V> an object, with whatever is kept beside it
 */
final class Copy<V> {

    private final Function<V, HasMetadata> object;
    private final Map<String, V> present = new ConcurrentHashMap<>();

    Copy(Function<V, HasMetadata> object) {
        this.object = object;
    }

    Optional<V> find(String namespace, String name) {
        return Optional.ofNullable(present.get(key(namespace, name)));
    }

    List<V> all() {
        return List.copyOf(present.values());
    }

    /** @return false when what is known is as new */
    boolean put(V value) {
        AtomicBoolean taken = new AtomicBoolean();
        present.compute(key(value), (key, known) -> {
            taken.set(known == null || !sameObject(known, value) || version(known) < version(value));
            return taken.get() ? value : known;
        });
        return taken.get();
    }

    /** As {@link #put}, of an object that we wrote ourselves: one that is gone by now doesn't come back. */
    boolean putPresent(V value) {
        AtomicBoolean taken = new AtomicBoolean();
        present.computeIfPresent(key(value), (key, known) -> {
            taken.set(sameObject(known, value) && version(known) < version(value));
            return taken.get() ? value : known;
        });
        return taken.get();
    }

    /** @return false when another of this name is there by now */
    boolean remove(V value) {
        AtomicBoolean removed = new AtomicBoolean();
        present.computeIfPresent(key(value), (key, known) -> {
            removed.set(sameObject(known, value));
            return removed.get() ? null : known;
        });
        return removed.get();
    }

    /** Forgets what was not in a list, unless it came after that. Returns what was forgotten. */
    List<V> retain(List<V> listed, long listVersion) {
        Set<String> keys = new HashSet<>();
        listed.forEach(value -> keys.add(key(value)));
        return present.values().stream()
                .filter(known -> !keys.contains(key(known)) && version(known) <= listVersion)
                .filter(this::remove)
                .toList();
    }

    private String key(V value) {
        HasMetadata metadata = object.apply(value);
        return key(metadata.getMetadata().getNamespace(), metadata.getMetadata().getName());
    }

    private static String key(String namespace, String name) {
        return namespace + "/" + name;
    }

    private boolean sameObject(V one, V other) {
        return object.apply(one)
                .getMetadata()
                .getUid()
                .equals(object.apply(other).getMetadata().getUid());
    }

    private long version(V value) {
        return Long.parseLong(object.apply(value).getMetadata().getResourceVersion());
    }
}
