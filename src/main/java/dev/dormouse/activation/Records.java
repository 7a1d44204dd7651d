package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.journal.ChangeFeed.ActorChange;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The records of actors seen last, so that a wake needs no reading before its claim. A record that is behind does no harm: a claim
 * names the version it rests on. Also lets callers wait for the end of a transition, whoever carries it out.
 */
@Singleton
class Records {

    private static final int REMEMBERED = 100_000;
    /** Notifications of other replicas may get lost. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final ActorStore store;
    private final Map<ActorKey, Actor> seen = new LinkedHashMap<>(1024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ActorKey, Actor> eldest) {
            return size() > REMEMBERED;
        }
    };
    private final Map<ActorKey, List<CompletableFuture<Void>>> settling = new ConcurrentHashMap<>();

    Records(ActorStore store) {
        this.store = store;
    }

    void saw(Actor actor) {
        synchronized (seen) {
            seen.merge(actor.key(), actor, (known, now) -> isNewer(now, known) ? now : known);
        }
    }

    private static boolean isNewer(Actor now, Actor known) {
        // a record deleted and created again begins with version 1
        return now.version() >= known.version() || !now.uid().equals(known.uid());
    }

    void forget(ActorKey key) {
        synchronized (seen) {
            seen.remove(key);
        }
    }

    @Nullable
    Actor last(ActorKey key) {
        synchronized (seen) {
            return seen.get(key);
        }
    }

    /** The record: as seen last if that was asleep, else as the database has it. Fails NOT_FOUND. */
    Uni<Actor> forWake(ActorKey key) {
        Actor known = last(key);
        boolean asleep =
                known != null && (known.status() == ActorStatus.SUSPENDED || known.status() == ActorStatus.PAUSED);
        return asleep ? Uni.createFrom().item(known) : read(key);
    }

    /** The record as the database has it now. Fails NOT_FOUND. */
    Uni<Actor> read(ActorKey key) {
        return store.find(key).map(found -> {
            if (found.isEmpty()) {
                forget(key);
                throw notFound(key);
            }
            saw(found.get());
            return found.get();
        });
    }

    static Failure notFound(ActorKey key) {
        return new Failure(Code.NOT_FOUND, "Actor %s not found in atespace %s".formatted(key.id(), key.atespace()));
    }

    /** The record once no transition is under way. Fails ABORTED when that takes longer than {@code limit}. */
    Uni<Actor> settled(ActorKey key, Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            return Uni.createFrom()
                    .failure(new Failure(Code.ABORTED, "another operation is in progress for this actor"));
        }
        CompletableFuture<Void> news = new CompletableFuture<>();
        settling.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>()).add(news);
        Duration pause = LOOK_AGAIN.compareTo(limit) < 0 ? LOOK_AGAIN : limit;
        // reading after subscribing: a change in between is not missed
        return read(key)
                .chain(actor -> actor.status().inTransition()
                        ? Flight.follow(news.completeOnTimeout(null, pause.toMillis(), TimeUnit.MILLISECONDS))
                                .chain(() -> settled(key, limit.minus(pause)))
                        : Uni.createFrom().item(actor))
                .onTermination()
                .invoke(() -> leave(key, news));
    }

    private void leave(ActorKey key, CompletableFuture<Void> news) {
        settling.computeIfPresent(key, (k, waiting) -> {
            waiting.remove(news);
            return waiting.isEmpty() ? null : waiting;
        });
    }

    void changed(ActorChange change) {
        synchronized (seen) {
            Actor known = seen.get(change.key());
            if (known != null
                    && (change.version() > known.version() || change.status().equals("DELETED"))) {
                seen.remove(change.key());
            }
        }
        boolean rests = switch (change.status()) {
            case "RESUMING", "SUSPENDING", "PAUSING" -> false;
            default -> true;
        };
        List<CompletableFuture<Void>> waiting = rests ? settling.get(change.key()) : null;
        if (waiting != null) {
            // away from the thread of the feed, which has others to tell
            waiting.forEach(news -> Infrastructure.getDefaultWorkerPool().execute(() -> news.complete(null)));
        }
    }
}
