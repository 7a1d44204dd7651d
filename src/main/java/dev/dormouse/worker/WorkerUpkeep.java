package dev.dormouse.worker;

import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.journal.ChangeFeed.ActorChange;
import dev.dormouse.journal.ChangeFeed.Change;
import dev.dormouse.journal.ChangeFeed.WorkerChange;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.ShutdownOrder;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Keeps the view of workers in step with the database, and finds those that are lost or gone. */
@Singleton
class WorkerUpkeep {

    private static final Logger LOG = Logger.getLogger(WorkerUpkeep.class);
    static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration LEAVE_LIMIT = Duration.ofSeconds(5);

    private final DormouseConfig config;
    private final Workers workers;
    private final WorkerNews news;
    private final WorkerStore store;
    private final CommandKeys keys;
    private final Liveness liveness;
    private final Occupants occupants;
    private final Ateoms ateoms;
    private final ChangeFeed feed;
    private final Vertx vertx;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private @Nullable Cancellable changes;
    private long timer = -1;

    WorkerUpkeep(
            DormouseConfig config,
            Workers workers,
            WorkerStore store,
            CommandKeys keys,
            Liveness liveness,
            Occupants occupants,
            Ateoms ateoms,
            ChangeFeed feed,
            Vertx vertx) {
        this.config = config;
        this.workers = workers;
        this.news = workers.news();
        this.store = store;
        this.keys = keys;
        this.liveness = liveness;
        this.occupants = occupants;
        this.ateoms = ateoms;
        this.feed = feed;
        this.vertx = vertx;
    }

    void start(@Observes StartupEvent started) {
        if (config.role() != DormouseConfig.Role.SERVER) {
            return;
        }
        changes =
                feed.changes().subscribe().with(this::changed, failure -> LOG.error("the change feed ended", failure));
        timer = vertx.setPeriodic(1, EVERY.toMillis(), id -> run());
    }

    void stop(@Observes @Priority(ShutdownOrder.ATEOM) ShutdownEvent stopped) {
        vertx.cancelTimer(timer);
        if (changes != null) {
            changes.cancel();
        }
    }

    /** A standalone server's ateom ended with it: one that starts soon must not place actors on what this one had. */
    void leave(@Observes @Priority(ShutdownOrder.WORKERS) ShutdownEvent stopped) {
        if (config.role() != DormouseConfig.Role.SERVER || !config.standalone().launch()) {
            return;
        }
        try {
            store.lose(workers.all().stream().map(Worker::uid).toList()).await().atMost(LEAVE_LIMIT);
        } catch (RuntimeException e) {
            // a database that is gone must not keep the server from ending
            LOG.warnf("workers that end are not marked as lost, which is noticed later: %s", e.getMessage());
        }
    }

    private void changed(Change change) {
        switch (change) {
            case WorkerChange worker -> news.changed(worker.uid(), worker.state());
            case ActorChange actor -> changed(actor);
            case ChangeFeed.CatalogChange _, ChangeFeed.CallersWaiting _ -> {}
            case ChangeFeed.Missed missed -> run();
        }
    }

    private void changed(ActorChange actor) {
        switch (actor.status()) {
            case "SUSPENDED", "PAUSED", "DELETED" -> news.vacated(actor.key(), actor.generation());
            default -> {
                if (actor.workerUid() != null) {
                    news.occupied(new Stay(actor.workerUid(), actor.key(), actor.generation()));
                }
            }
        }
    }

    private void run() {
        if (underWay.compareAndSet(false, true)) {
            load().invoke(this::sweep)
                    .chain(this::forget)
                    .onTermination()
                    .invoke(() -> underWay.set(false))
                    .subscribe()
                    .with(done -> {}, failure -> LOG.warnf("can't look after the workers: %s", failure.getMessage()));
        }
    }

    private Uni<Void> load() {
        long mark = news.mark();
        return keys.load()
                .chain(store::load)
                .invoke(rows -> news.loaded(rows, mark))
                .chain(store::ateoms)
                .invoke(seen -> seen.forEach(this::elsewhere))
                .chain(this::idleElsewhere);
    }

    /** Callers may wait here for workers that another replica hears of: those make room for them too. */
    private Uni<Void> idleElsewhere() {
        List<UUID> unheard = workers.all().stream()
                .filter(worker -> worker.stay() != null && !liveness.hearsItself(worker.ateomId()))
                .map(Worker::uid)
                .toList();
        if (unheard.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return store.idle(unheard)
                .invoke(idle -> {
                    Map<UUID, WorkerStore.IdleOccupant> byWorker = new HashMap<>();
                    idle.forEach(occupant -> byWorker.put(occupant.worker(), occupant));
                    unheard.forEach(uid -> news.look(uid, slot -> slot.idleElsewhere(byWorker.get(uid))));
                })
                .replaceWithVoid();
    }

    private void elsewhere(WorkerStore.SeenAteom ateom) {
        liveness.seenElsewhere(ateom.id(), ateom.age());
        ateom.detail()
                .slots()
                .forEach((worker, slot) -> news.look(worker, known -> {
                    // a worker that reports here is known better than from what was written a while ago
                    if (known.ateomId.equals(ateom.id()) && !liveness.hearsItself(ateom.id())) {
                        known.hardware = slot.hardware();
                        known.silent = known.silent
                                && ateom.age().compareTo(config.workers().lostAfter()) > 0;
                    }
                }));
        if (!liveness.hearsItself(ateom.id())) {
            news.cached(ateom.detail().node(), ateom.detail().cached());
        }
    }

    private void sweep() {
        Set<UUID> processes = new HashSet<>();
        Set<AteomRef> called = new HashSet<>();
        workers.all().forEach(worker -> {
            processes.add(worker.ateomId());
            called.add(worker.ateom());
        });
        ateoms.retain(called);
        for (UUID silent : liveness.silent(processes)) {
            List<UUID> empty = new ArrayList<>();
            for (UUID uid : news.servedBy(silent)) {
                news.look(uid, slot -> slot.silent = true);
                workers.find(uid).ifPresent(worker -> {
                    if (worker.stay() == null) {
                        empty.add(uid);
                    } else {
                        occupants.lost(worker.stay());
                    }
                });
            }
            store.lose(empty)
                    .subscribe()
                    .with(done -> {}, failure -> LOG.warnf("can't mark lost workers: %s", failure.getMessage()));
        }
    }

    /** Removes workers whose ateom is gone for good, or that a living ateom no longer has. */
    private Uni<Void> forget() {
        Duration limit = config.workers().forgetAfter();
        List<UUID> gone = new ArrayList<>();
        for (Worker worker : workers.all()) {
            news.look(worker.uid(), slot -> {
                boolean vanished = slot.silent && liveness.silentFor(slot.ateomId, limit);
                if (slot.stay == null && (vanished || slot.absent)) {
                    gone.add(slot.uid);
                }
            });
        }
        Uni<Void> removed = gone.isEmpty()
                ? Uni.createFrom().voidItem()
                : store.remove(gone).invoke(() -> LOG.infof("removed workers that are gone: %s", gone));
        return removed.chain(() -> store.removeAteoms(limit));
    }
}
