package dev.dormouse.worker;

import dev.dormouse.ateom.wire.WorkerRegistry;
import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.platform.Database;
import dev.dormouse.platform.DormouseConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import java.time.InstantSource;

/** One replica's side of the workers, without a container. */
public final class TestWorkers implements AutoCloseable {

    private final WorkerUpkeep upkeep;
    private final WorkerRegistry registry;

    public TestWorkers(
            DormouseConfig config,
            Workers workers,
            Database database,
            ChangeFeed feed,
            Occupants occupants,
            Ateoms ateoms,
            Vertx vertx,
            InstantSource clock) {
        WorkerStore store = new WorkerStore(database, feed);
        Liveness liveness = new Liveness(store, clock, config);
        CommandKeys keys = new CommandKeys(database);
        registry = new Heartbeats(config, workers, store, new LocalReporters(), keys, liveness, occupants, clock);
        upkeep = new WorkerUpkeep(config, workers, store, keys, liveness, occupants, ateoms, feed, vertx);
    }

    public WorkerRegistry registry() {
        return registry;
    }

    public void start() {
        upkeep.start(new StartupEvent());
    }

    @Override
    public void close() {
        upkeep.stop(new ShutdownEvent());
    }
}
