package dev.dormouse.watch;

import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.journal.ChangeFeed.Change;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One who watches. Remembers which actors, workers and declared objects changed, not each change: whoever reads slowly gets fewer events, each with
 * the newest view, and the memory and database reads spent on one watcher stay bounded.
 */
final class Watcher {

    /** Long enough for a burst to fold into one look-up and for the registry of workers to have heard it too; too short to notice. */
    static final Duration FOLD = Duration.ofMillis(20);

    private static final int MOST_PENDING = 10_000;
    private static final int BATCH = 256;

    private final Views views;
    private final @Nullable AtespaceName only;
    private final Duration heartbeat;

    private Set<ActorKey> actors = new LinkedHashSet<>();
    private Set<UUID> workers = new LinkedHashSet<>();
    private Set<WatchEvent.CatalogChanged.Key> catalog = new LinkedHashSet<>();
    private boolean missed;
    private @Nullable UniEmitter<? super Void> waiting;

    /** @param only if given, actors of this atespace and nothing else */
    Watcher(Views views, @Nullable AtespaceName only, Duration heartbeat) {
        this.views = views;
        this.only = only;
        this.heartbeat = heartbeat;
    }

    /**
     * Batches of events for as long as it is subscribed to; an empty batch when nothing changed for the length of a heartbeat. The
     * first is empty and comes once nothing can be lost any more.
     */
    Multi<List<WatchEvent>> events(ChangeFeed feed) {
        return Multi.createFrom()
                .resource(
                        () -> feed.changes().subscribe().with(this::changed),
                        subscription -> Multi.createBy()
                                .concatenating()
                                .streams(
                                        Multi.createFrom().item(List.<WatchEvent>of()),
                                        Multi.createBy()
                                                .repeating()
                                                .uni(this::next)
                                                .indefinitely()))
                .withFinalizer(Cancellable::cancel);
    }

    private void changed(Change change) {
        UniEmitter<? super Void> waiter;
        synchronized (this) {
            switch (change) {
                case ChangeFeed.ActorChange actor -> {
                    note(actor.key());
                    note(actor.workerUid());
                }
                case ChangeFeed.WorkerChange worker -> note(worker.uid());
                case ChangeFeed.CatalogChange object -> note(object);
                case ChangeFeed.CallersWaiting _ -> {}
                case ChangeFeed.Missed ignored -> missed = true;
            }
            if (missed || actors.size() + workers.size() + catalog.size() > MOST_PENDING) {
                missed = true;
                actors.clear();
                workers.clear();
                catalog.clear();
            }
            if (isQuiet()) {
                return;
            }
            waiter = waiting;
            waiting = null;
        }
        if (waiter != null) {
            waiter.complete(null);
        }
    }

    private void note(ActorKey key) {
        if (only == null || only.equals(key.atespace())) {
            actors.add(key);
        }
    }

    private void note(@Nullable UUID worker) {
        if (only == null && worker != null) {
            workers.add(worker);
        }
    }

    private void note(ChangeFeed.CatalogChange object) {
        if (only == null) {
            catalog.add(new WatchEvent.CatalogChanged.Key(object.kind(), object.namespace(), object.name()));
        }
    }

    private boolean isQuiet() {
        return !missed && actors.isEmpty() && workers.isEmpty() && catalog.isEmpty();
    }

    private Uni<List<WatchEvent>> next() {
        return Uni.createFrom()
                .<Void>emitter(this::await)
                .replaceWith(true)
                .ifNoItem()
                .after(heartbeat)
                .recoverWithItem(false)
                .chain(changed -> changed ? folded() : Uni.createFrom().item(List.of()));
    }

    private Uni<List<WatchEvent>> folded() {
        return Uni.createFrom()
                .nullItem()
                .onItem()
                .delayIt()
                .by(FOLD)
                .chain(this::take)
                // the database does not answer: what was taken is lost to this watcher, who lists again
                .onFailure()
                .recoverWithItem(() -> List.of(resync()));
    }

    private void await(UniEmitter<? super Void> emitter) {
        synchronized (this) {
            if (isQuiet()) {
                waiting = emitter;
                return;
            }
        }
        emitter.complete(null);
    }

    private Uni<List<WatchEvent>> take() {
        var look = new ArrayList<Supplier<Uni<WatchEvent>>>();
        synchronized (this) {
            if (missed) {
                missed = false;
                look.add(() -> Uni.createFrom().item(resync()));
            }
            drain(actors, look, this::actor);
            drain(workers, look, this::worker);
            drain(catalog, look, key -> Uni.createFrom().item(new WatchEvent.CatalogChanged(key)));
        }
        return Views.join(look, Supplier::get);
    }

    private static WatchEvent resync() {
        return new WatchEvent.Resync(new WatchEvent.Resync.Nothing());
    }

    private static <T> void drain(
            Set<T> pending, List<Supplier<Uni<WatchEvent>>> look, Function<T, Uni<WatchEvent>> view) {
        var each = pending.iterator();
        while (each.hasNext() && look.size() < BATCH) {
            T item = each.next();
            each.remove();
            look.add(() -> view.apply(item));
        }
    }

    private Uni<WatchEvent> actor(ActorKey key) {
        return views.actor(key)
                .map(found -> found.<WatchEvent>map(WatchEvent.ActorChanged::new)
                        .orElseGet(() -> new WatchEvent.ActorDeleted(new WatchEvent.ActorDeleted.Key(
                                key.atespace().value(), key.id().value()))));
    }

    private Uni<WatchEvent> worker(UUID uid) {
        return views.worker(uid)
                .map(found -> found.<WatchEvent>map(WatchEvent.WorkerChanged::new)
                        .orElseGet(() -> new WatchEvent.WorkerGone(new WatchEvent.WorkerGone.Key(uid))));
    }
}
