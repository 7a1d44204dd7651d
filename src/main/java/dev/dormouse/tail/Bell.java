package dev.dormouse.tail;

import dev.dormouse.journal.ChangeFeed.ActorChange;
import dev.dormouse.journal.ChangeFeed.Change;
import dev.dormouse.journal.ChangeFeed.Missed;
import dev.dormouse.name.ActorKey;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rings when an actor changes, for one who waits for that, and remembers where it ran meanwhile. */
final class Bell {

    private final ActorKey key;
    private final NavigableMap<Long, UUID> stays = new TreeMap<>();
    private boolean rung;
    private @Nullable UniEmitter<? super Void> waiting;

    Bell(ActorKey key) {
        this.key = key;
    }

    /** Takes news of anybody. Doesn't block. */
    void hear(Change change) {
        UniEmitter<? super Void> waiter;
        synchronized (this) {
            if (change instanceof ActorChange news && news.key().equals(key)) {
                if (news.workerUid() != null) {
                    stays.put(news.generation(), news.workerUid());
                }
            } else if (!(change instanceof Missed)) {
                return;
            }
            rung = true;
            waiter = waiting;
            waiting = null;
        }
        if (waiter != null) {
            waiter.complete(null);
        }
    }

    /** The workers of the activations that were heard of, by generation; those up to one are forgotten. */
    synchronized Map<Long, UUID> staysAfter(long generation) {
        stays.headMap(generation, true).clear();
        return Map.copyOf(stays);
    }

    /** Until it has rung since the last time, but no longer than this. */
    Uni<Void> await(Duration most) {
        return Uni.createFrom()
                .<Void>emitter(this::await)
                .ifNoItem()
                .after(most)
                .recoverWithItem((Void) null)
                .invoke(this::silence);
    }

    private void await(UniEmitter<? super Void> emitter) {
        synchronized (this) {
            if (!rung) {
                waiting = emitter;
                return;
            }
        }
        emitter.complete(null);
    }

    private synchronized void silence() {
        rung = false;
    }
}
