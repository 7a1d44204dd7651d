package dev.dormouse.scheduler;

import dev.dormouse.name.PoolRef;
import java.util.Map;

/** What placement knows of a WorkerPool. */
public record Pool(PoolRef ref, String sandboxClass, Map<String, String> labels) {
    public Pool {
        labels = Map.copyOf(labels);
    }
}
