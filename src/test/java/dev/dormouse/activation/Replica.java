package dev.dormouse.activation;

import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.TestStores;
import dev.dormouse.ateom.wire.Ateom;
import dev.dormouse.ateom.wire.WorkerRegistry;
import dev.dormouse.atespace.QuotaMetrics;
import dev.dormouse.atespace.Quotas;
import dev.dormouse.journal.TestFeed;
import dev.dormouse.platform.Database;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Sessions;
import dev.dormouse.snapshot.SnapshotRecords;
import dev.dormouse.snapshot.SnapshotStores;
import dev.dormouse.worker.Ateoms;
import dev.dormouse.worker.TestWorkers;
import dev.dormouse.worker.Workers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;

/** One server process: everything of activation and worker, on the database it shares with others. It can be killed. */
final class Replica implements AutoCloseable {

    final Mortal life = new Mortal();
    final ActorStore store;
    final Workers workers;
    final Activations activations;
    final Dispatcher dispatcher;
    final IdleActors idle;
    final Leases leases;
    final Recovery recovery;
    final Backlog backlog;
    private final TestWorkers registry;
    private final ActivationUpkeep upkeep;

    Replica(
            DormouseConfig config,
            Vertx vertx,
            Database database,
            TestFeed feed,
            TestCatalog catalog,
            SnapshotStores snapshots,
            Function<String, Ateom> ateomAt) {
        InstantSource clock = InstantSource.system();
        store = life.limits(ActorStore.class, TestStores.on(database, feed));
        workers = new Workers(clock);
        Ateoms ateoms = new Ateoms(address -> life.limits(Ateom.class, ateomAt.apply(address)));
        AteomCalls calls = new AteomCalls(ateoms, config);
        ActivationMetrics metrics = new ActivationMetrics(new SimpleMeterRegistry(), workers);
        Traces traces = new Traces(OpenTelemetry.noop().getTracer("test"));
        Records records = new Records(store);
        Workloads workloads = new Workloads(catalog, clock);
        StartPlans plans = new StartPlans(workloads, workers);
        dispatcher = new Dispatcher(workers, config, metrics);
        leases = new Leases(store, config, clock);
        Sleeps sleeps = new Sleeps(store, records, workers, workloads, calls, leases, metrics, traces, clock, config);
        Warming warming = new Warming(workers, dispatcher, workloads, catalog, calls, clock);
        Quotas quotas = new Quotas(database, new QuotaMetrics(new SimpleMeterRegistry()));
        Wakes wakes = new Wakes(
                store,
                records,
                plans,
                dispatcher,
                workers,
                calls,
                leases,
                sleeps,
                metrics,
                traces,
                warming,
                quotas,
                config);
        Forks forks = new Forks(store, records, workers, workloads, calls, sleeps, clock, config);
        activations = new Activations(wakes, sleeps, forks, new Ports(store, workers, calls), records, plans, workers);
        Drowsiness drowsiness = new Drowsiness(clock);
        Reconciler reconciler = new Reconciler(store, records, workers, calls, sleeps, leases, drowsiness);
        idle = new IdleActors(workers, dispatcher, store, sleeps, records, catalog, drowsiness, clock, config);
        registry = new TestWorkers(config, workers, database, feed, reconciler, ateoms, vertx, clock);
        // deletion reads rows, no entities
        SnapshotRecords dropped = new SnapshotRecords(database, new Sessions((Mutiny.SessionFactory) null, vertx));
        recovery = new Recovery(store, records, plans, workers, calls, sleeps, leases, metrics);
        backlog = new Backlog(clock);
        upkeep = new ActivationUpkeep(
                config,
                vertx,
                feed,
                catalog,
                workers,
                records,
                leases,
                recovery,
                idle,
                dispatcher,
                warming,
                new WaitingReport(dispatcher, workers, catalog, feed, clock),
                backlog,
                new SnapshotDeletion(dropped, snapshots, workers, calls));
    }

    /** From now on it does by itself what is to be done regularly. */
    void begin() {
        registry.start();
        upkeep.start(new StartupEvent());
    }

    WorkerRegistry registry() {
        return registry.registry();
    }

    /** Kill -9. */
    void kill() {
        life.die();
        close();
    }

    @Override
    public void close() {
        upkeep.stop(new ShutdownEvent());
        registry.close();
    }
}
