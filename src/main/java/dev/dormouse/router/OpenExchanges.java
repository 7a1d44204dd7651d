package dev.dormouse.router;

import dev.dormouse.name.ActorKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The requests of one event loop that are not over, oldest first. Used on that loop only, but for {@link #count}. */
final class OpenExchanges {

    private final LinkedHashSet<Exchange> exchanges = new LinkedHashSet<>();
    private volatile int count;

    void add(Exchange exchange) {
        exchanges.add(exchange);
        count = exchanges.size();
    }

    void remove(Exchange exchange) {
        exchanges.remove(exchange);
        count = exchanges.size();
    }

    /** Lets each see whether its time is over. */
    void tick(long now) {
        for (Exchange exchange : List.copyOf(exchanges)) {
            exchange.tick(now);
        }
    }

    /** Ends those that an activation of this generation, or an older one, held. */
    void activationEnded(ActorKey key, long generation) {
        List.copyOf(exchanges).stream()
                .filter(exchange -> exchange.target().address().key().equals(key))
                .forEach(exchange -> exchange.activationEnded(generation));
    }

    /** Adds the actors that have been at work on a request since before {@code nanoTime}. */
    void collectHeldSince(long nanoTime, Set<ActorKey> into) {
        for (Exchange exchange : exchanges) {
            if (exchange.holdsActorSince(nanoTime)) {
                into.add(exchange.target().address().key());
            }
        }
    }

    /** Readable from any thread; may lag behind. */
    int count() {
        return count;
    }
}
