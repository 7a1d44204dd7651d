package dev.dormouse.worker;

import dev.dormouse.ateom.wire.WorkerRegistry;
import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.log.LogRecords;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.platform.Database;
import dev.dormouse.platform.DormouseConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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
        registry = new Heartbeats(
                config,
                workers,
                store,
                (token, report) -> Uni.createFrom().voidItem(),
                keys,
                liveness,
                occupants,
                new LogRecords(database, config),
                clock);
        upkeep = new WorkerUpkeep(config, workers, store, keys, liveness, occupants, ateoms, feed, vertx);
    }

    /** The view has read the database, and there was nothing. */
    public static void known(Workers workers) {
        workers.news().loaded(List.of(), workers.news().mark());
    }

    /** One that the view no longer knows. */
    public static void remove(Workers workers, String pod) {
        workers.news().changed(uid(pod), "GONE");
    }

    private static UUID uid(String pod) {
        return UUID.nameUUIDFromBytes(pod.getBytes(StandardCharsets.UTF_8));
    }

    /** One that the view knows from now on, without an ateom. */
    public static void put(Workers workers, PoolRef pool, String pod, @Nullable ActorKey actor) {
        UUID uid = uid(pod);
        String state = actor == null ? "FREE" : "ASSIGNED";
        workers.news()
                .written(List.of(new WorkerRow(
                        uid, pool, pod, "node-1", "10.0.0.1", uid, "10.0.0.1:8081", state, actor, 1, Instant.EPOCH)));
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
