package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.KubernetesDuration;
import dev.dormouse.platform.LogFields;
import dev.dormouse.scheduler.Eviction;
import dev.dormouse.scheduler.Need;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.Catalog;
import dev.dormouse.worker.Worker;
import dev.dormouse.worker.Workers;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Lays idle actors to sleep: after the time their template allows, or sooner when others wait for a worker. */
@Singleton
class IdleActors {

    private static final Logger LOG = Logger.getLogger(IdleActors.class);

    private final Workers workers;
    private final Dispatcher dispatcher;
    private final ActorStore store;
    private final Sleeps sleeps;
    private final Records records;
    private final Catalog catalog;
    private final Drowsiness drowsiness;
    private final InstantSource clock;
    private final DormouseConfig config;
    private final Set<ActorKey> pressed = ConcurrentHashMap.newKeySet();

    IdleActors(
            Workers workers,
            Dispatcher dispatcher,
            ActorStore store,
            Sleeps sleeps,
            Records records,
            Catalog catalog,
            Drowsiness drowsiness,
            InstantSource clock,
            DormouseConfig config) {
        this.workers = workers;
        this.dispatcher = dispatcher;
        this.store = store;
        this.sleeps = sleeps;
        this.records = records;
        this.catalog = catalog;
        this.drowsiness = drowsiness;
        this.clock = clock;
        this.config = config;
    }

    /** Suspends those whose time is over. To be called about each second. */
    void sweep() {
        Instant now = clock.instant();
        for (Worker worker : idle()) {
            ActorKey key = actor(worker);
            Instant since = Objects.requireNonNull(worker.idleSince());
            template(key)
                    .subscribe()
                    .with(
                            template -> {
                                Duration timeout = timeout(template);
                                boolean over = !timeout.isZero()
                                        && !since.plus(timeout).isAfter(now);
                                if (over) {
                                    suspend(worker, Cause.IDLE, now.minus(timeout));
                                }
                            },
                            failure -> LOG.debugf("%s is idle, but: %s", key, failure.getMessage()));
        }
    }

    /** When somebody waits: suspends those idle longest that leave a fitting worker, one for each who waits. */
    void press() {
        List<Need> waiting = dispatcher.needs();
        if (waiting.size() <= pressed.size()) {
            return;
        }
        Map<UUID, Worker> workersOfIdle = new HashMap<>();
        List<Eviction.Idle> idle = new ArrayList<>();
        for (Worker worker : idle()) {
            ActorKey key = actor(worker);
            if (!pressed.contains(key)) {
                workersOfIdle.put(worker.uid(), worker);
                idle.add(new Eviction.Idle(worker.uid(), Objects.requireNonNull(worker.idleSince())));
            }
        }
        Instant now = clock.instant();
        Duration enough = config.scheduler().pressureIdle();
        List<Need> unserved = waiting.subList(pressed.size(), waiting.size());
        Eviction.choose(idle, unserved, now, enough, workers::fits).forEach(chosen -> {
            Worker worker = Objects.requireNonNull(workersOfIdle.get(chosen.worker()));
            pressed.add(actor(worker));
            suspend(worker, Cause.PRESSURE, now.minus(enough));
        });
    }

    private List<Worker> idle() {
        return workers.all().stream()
                .filter(worker -> worker.idleSince() != null && worker.stay() != null)
                // the golden reconciler decides when those sleep
                .filter(worker -> !actor(worker).atespace().equals(AtespaceName.GOLDEN))
                .filter(worker -> drowsiness.mayTry(actor(worker)) && !sleeps.isUnderWay(actor(worker)))
                .toList();
    }

    private static ActorKey actor(Worker worker) {
        return Objects.requireNonNull(worker.stay()).actor();
    }

    private void suspend(Worker worker, Cause cause, Instant idleBefore) {
        ActorKey key = actor(worker);
        sleeps.sleep(key, ActorStatus.SUSPENDING, cause, idleBefore)
                .onTermination()
                .invoke(() -> pressed.remove(key))
                .subscribe()
                .with(actor -> noteIfAwake(actor, worker), failure -> {
                    drowsiness.failed(key);
                    fields(key)
                            .log(() ->
                                    LOG.warnf("idle actor %s could not be suspended: %s", key, failure.getMessage()));
                });
    }

    /** The record may not say that it is idle, as a report of it got lost: it is told again. */
    private void noteIfAwake(Actor actor, Worker worker) {
        if (actor.status() != ActorStatus.RUNNING) {
            return;
        }
        var idle = new ActorStore.Idle(Objects.requireNonNull(worker.stay()).generation(), worker.idleSince());
        store.reportIdle(Map.of(actor.key(), idle))
                .subscribe()
                .with(
                        written -> {},
                        failure -> LOG.debugf("idle time of %s not written: %s", actor.key(), failure.getMessage()));
    }

    private LogFields fields(ActorKey key) {
        Actor known = records.last(key);
        return known == null ? LogFields.of(key) : Traces.fields(known);
    }

    private Uni<ActorTemplate> template(ActorKey key) {
        Actor known = records.last(key);
        Uni<Actor> actor = known == null ? records.read(key) : Uni.createFrom().item(known);
        return actor.map(found -> catalog.template(found.template())
                .orElseThrow(() -> new Failure(
                        Code.FAILED_PRECONDITION, "ActorTemplate %s not found".formatted(found.template()))));
    }

    private Duration timeout(ActorTemplate template) {
        var lifecycle = template.getSpec().lifecycle();
        return lifecycle == null || lifecycle.idleTimeout() == null
                ? config.activation().idleTimeout()
                : KubernetesDuration.parse(lifecycle.idleTimeout());
    }
}
