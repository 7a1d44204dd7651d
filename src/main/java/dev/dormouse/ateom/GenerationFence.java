package dev.dormouse.ateom;

import dev.dormouse.name.ActorKey;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the newest generation seen of each actor, and the newest that ended, so that late commands of an earlier claim change
 * nothing. One fence serves all slots of the node: a claim elsewhere on the node makes the earlier one stale too.
 */
final class GenerationFence {

    /** Late commands come within minutes, so the actors touched last are enough; about 15 MB when full. */
    private static final int REMEMBERED = 100_000;

    private record Seen(long newest, long ended) {}

    private static final Seen NEVER = new Seen(Long.MIN_VALUE, Long.MIN_VALUE);

    private final Map<ActorKey, Seen> seen = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.@Nullable Entry<ActorKey, Seen> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** True when an activation of this generation may start; older ones are stale from then on. */
    synchronized boolean admit(ActorKey actor, long generation) {
        Seen last = seen.getOrDefault(actor, NEVER);
        if (generation < last.newest || generation <= last.ended) {
            return false;
        }
        seen.put(actor, new Seen(generation, last.ended));
        return true;
    }

    /** True when a newer generation was seen. */
    synchronized boolean isStale(ActorKey actor, long generation) {
        return generation < seen.getOrDefault(actor, NEVER).newest;
    }

    /** No activation of this generation or an older one starts any more. */
    synchronized void end(ActorKey actor, long generation) {
        Seen last = seen.getOrDefault(actor, NEVER);
        seen.put(actor, new Seen(Math.max(last.newest, generation), Math.max(last.ended, generation)));
    }
}
