package dev.dormouse.activation;

import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.journal.ChangeFeed.ActorChange;
import dev.dormouse.journal.ChangeFeed.CatalogChange;
import dev.dormouse.journal.ChangeFeed.Change;
import dev.dormouse.name.PoolRef;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.ShutdownOrder;
import dev.dormouse.scheduler.Pool;
import dev.dormouse.template.Catalog;
import dev.dormouse.worker.Workers;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What goes on beside the requests: leases, recovery, idle actors, preparation, who waits, snapshots to delete. */
@Singleton
class ActivationUpkeep {

    private static final Logger LOG = Logger.getLogger(ActivationUpkeep.class);
    private static final Duration IDLE_EVERY = Duration.ofSeconds(1);
    private static final Duration PRESSURE_EVERY = Duration.ofMillis(250);
    private static final Duration WAITING_EVERY = Duration.ofMillis(250);
    private static final Duration WARM_EVERY = Duration.ofMillis(250);
    private static final Duration DELETE_EVERY = Duration.ofSeconds(5);
    private static final Duration POOLS_EVERY = Duration.ofSeconds(5);

    private final DormouseConfig config;
    private final Vertx vertx;
    private final ChangeFeed feed;
    private final Catalog catalog;
    private final Workers workers;
    private final Records records;
    private final Leases leases;
    private final Recovery recovery;
    private final IdleActors idle;
    private final Dispatcher dispatcher;
    private final Warming warming;
    private final WaitingReport waiting;
    private final Backlog backlog;
    private final SnapshotDeletion deletion;
    private final List<Long> timers = new ArrayList<>();
    private @Nullable Cancellable changes;

    ActivationUpkeep(
            DormouseConfig config,
            Vertx vertx,
            ChangeFeed feed,
            Catalog catalog,
            Workers workers,
            Records records,
            Leases leases,
            Recovery recovery,
            IdleActors idle,
            Dispatcher dispatcher,
            Warming warming,
            WaitingReport waiting,
            Backlog backlog,
            SnapshotDeletion deletion) {
        this.config = config;
        this.vertx = vertx;
        this.feed = feed;
        this.catalog = catalog;
        this.workers = workers;
        this.records = records;
        this.leases = leases;
        this.recovery = recovery;
        this.idle = idle;
        this.dispatcher = dispatcher;
        this.warming = warming;
        this.waiting = waiting;
        this.backlog = backlog;
        this.deletion = deletion;
    }

    void start(@Observes StartupEvent started) {
        if (config.role() != DormouseConfig.Role.SERVER) {
            return;
        }
        changes =
                feed.changes().subscribe().with(this::changed, failure -> LOG.error("the change feed ended", failure));
        dispatcher.whenShort(idle::press);
        Duration perLease = config.activation().lease().dividedBy(3);
        every(perLease, "renew leases", leases::renew);
        every(perLease, "recover transitions", recovery::run);
        every(DELETE_EVERY, "delete snapshots", deletion::run);
        every(IDLE_EVERY, "suspend idle actors", run(idle::sweep));
        every(PRESSURE_EVERY, "make room", run(idle::press));
        every(WAITING_EVERY, "tell who waits", run(waiting::tell));
        every(WARM_EVERY, "prepare workers", run(warming::run));
        every(POOLS_EVERY, "read pools", run(this::pools));
    }

    void stop(@Observes @Priority(ShutdownOrder.ATEOM) ShutdownEvent stopped) {
        timers.forEach(vertx::cancelTimer);
        if (changes != null) {
            changes.cancel();
        }
    }

    private static Supplier<Uni<Void>> run(Runnable action) {
        return () -> {
            action.run();
            return Uni.createFrom().voidItem();
        };
    }

    /** At once and then regularly; never twice at the same time. */
    private void every(Duration period, String what, Supplier<Uni<Void>> action) {
        AtomicBoolean underWay = new AtomicBoolean();
        timers.add(vertx.setPeriodic(1, period.toMillis(), id -> {
            if (underWay.compareAndSet(false, true)) {
                Uni.createFrom()
                        .deferred(action::get)
                        .onTermination()
                        .invoke(() -> underWay.set(false))
                        .subscribe()
                        .with(done -> {}, failure -> LOG.warnf("can't %s now: %s", what, failure.getMessage()));
            }
        }));
    }

    private void changed(Change change) {
        switch (change) {
            case ActorChange actor -> records.changed(actor);
            case CatalogChange catalogChange -> {
                if (catalogChange.kind().equals("WorkerPool")) {
                    pools();
                }
            }
            case ChangeFeed.CallersWaiting news -> backlog.heard(news);
            case ChangeFeed.WorkerChange worker -> {}
            case ChangeFeed.Missed missed -> pools();
        }
    }

    private void pools() {
        workers.pools(catalog.pools().stream()
                .map(pool -> new Pool(
                        new PoolRef(
                                pool.getMetadata().getNamespace(),
                                pool.getMetadata().getName()),
                        pool.getSpec().effectiveSandboxClass(),
                        pool.getMetadata().getLabels() == null
                                ? Map.of()
                                : pool.getMetadata().getLabels()))
                .toList());
    }
}
