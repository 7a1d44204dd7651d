package dev.dormouse.activation;

import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.Cause;
import dev.dormouse.atespace.Quotas;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.worker.Workers;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The wakes of this replica: one per actor at a time, for however many callers. */
@Singleton
class Wakes {

    final ActorStore store;
    final Records records;
    final StartPlans plans;
    final Dispatcher dispatcher;
    final Workers workers;
    final AteomCalls ateom;
    final Leases leases;
    final Sleeps sleeps;
    final ActivationMetrics metrics;
    final Traces traces;
    final Warming warming;
    final Feasibility feasibility;
    final Quotas quotas;
    private final DormouseConfig config;
    private final Map<ActorKey, Flight> flights = new ConcurrentHashMap<>();

    Wakes(
            ActorStore store,
            Records records,
            StartPlans plans,
            Dispatcher dispatcher,
            Workers workers,
            AteomCalls ateom,
            Leases leases,
            Sleeps sleeps,
            ActivationMetrics metrics,
            Traces traces,
            Warming warming,
            Quotas quotas,
            DormouseConfig config) {
        this.store = store;
        this.records = records;
        this.plans = plans;
        this.dispatcher = dispatcher;
        this.workers = workers;
        this.ateom = ateom;
        this.leases = leases;
        this.sleeps = sleeps;
        this.metrics = metrics;
        this.traces = traces;
        this.warming = warming;
        this.quotas = quotas;
        this.feasibility = new Feasibility(store, records, workers);
        this.config = config;
    }

    /** Joins the wake under way, or begins one. */
    Flight wake(ActorKey key, boolean boot, Cause cause) {
        Flight begun = new Flight();
        Flight present = flights.putIfAbsent(key, begun);
        if (present != null) {
            return present;
        }
        new Wake(this, key, boot, cause, begun)
                .run()
                .onTermination()
                .invoke(() -> flights.remove(key, begun))
                .subscribe()
                .with(begun::end, begun::fail);
        return begun;
    }

    /** The wake under way, if any. */
    @Nullable
    Flight underWay(ActorKey key) {
        return flights.get(key);
    }

    /** How long a wake waits for a worker. */
    Duration waitLimit(Cause cause) {
        Duration limit = config.scheduler().waitLimit();
        if (cause != Cause.REQUEST) {
            return limit;
        }
        // ends before the request gives up, so that its answer says what was lacking
        Duration heard = config.router().parkTimeout().multipliedBy(9).dividedBy(10);
        return heard.compareTo(limit) < 0 ? heard : limit;
    }

    /** How long a wake waits for another transition to end. */
    Duration settleLimit() {
        return config.activation().readyTimeout();
    }
}
