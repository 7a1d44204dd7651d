package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.TestStores;
import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.journal.TestFeed;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Database;
import dev.dormouse.platform.DatabasePool;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.sim.SimulatedAteom;
import dev.dormouse.sim.SimulatedStorage;
import dev.dormouse.snapshot.TestSnapshotStores;
import dev.dormouse.standalone.TestDatabase;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.context.spi.ContextManagerProvider;
import org.flywaydb.core.Flyway;

/** A database, ateoms that report every 100 ms to the replica that lives, and replicas that come and go. */
final class World implements AutoCloseable {

    private static final Duration BEAT = Duration.ofMillis(100);

    static {
        // two threads that make the first one at once would each refuse the other's; Quarkus makes it as it starts
        ContextManagerProvider.instance();
    }

    final Vertx vertx = Vertx.vertx();
    final TestFeed feed = new TestFeed();
    final TestCatalog catalog = new TestCatalog();
    final SimulatedStorage storage = new SimulatedStorage();
    final Map<String, SimulatedAteom> ateoms = new ConcurrentHashMap<>();
    final Map<String, Boolean> mute = new ConcurrentHashMap<>();
    final Database database;
    /** For looking at what the replicas did. */
    final ActorStore truth;

    final TemplateRef template;
    private final Pool pool;
    private final DormouseConfig config;
    private final List<Replica> replicas = new ArrayList<>();
    private final long heart;
    volatile Replica replica;

    /** @param settings dormouse.* settings that differ from the defaults */
    World(Map<String, String> settings) {
        this(settings, BEAT);
    }

    World(Map<String, String> settings, Duration beat) {
        TestDatabase.Fresh fresh = TestDatabase.fresh();
        Flyway.configure()
                .dataSource(fresh.jdbcUrl(), fresh.user(), fresh.password())
                .load()
                .migrate();
        pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(8))
                .connectingTo(DatabasePool.prepare(new PgConnectOptions()
                        .setHost("localhost")
                        .setPort(fresh.port())
                        .setDatabase(fresh.name())
                        .setUser(fresh.user())
                        .setPassword(fresh.password())))
                .using(vertx)
                .build();
        database = new Database(pool);
        config = config(settings);
        truth = TestStores.on(database, feed);
        template = catalog.template("counter", (String) null);
        catalog.pool("pool", Map.of());
        storage.write(TestCatalog.GOLDEN_URI, null, 0);
        replica = start();
        heart = vertx.setPeriodic(1, beat.toMillis(), id -> beat());
    }

    static DormouseConfig config(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.putIfAbsent("dormouse.data-dir", System.getProperty("java.io.tmpdir"));
        return new SmallRyeConfigBuilder()
                .withMapping(DormouseConfig.class)
                .withValidateUnknown(false)
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .build()
                .getConfigMapping(DormouseConfig.class);
    }

    /** One more server process; the ateoms report to the latest. */
    Replica start() {
        Replica started = unbegun();
        started.begin();
        replicas.add(started);
        replica = started;
        return started;
    }

    /** A server process at its very start: it has read nothing yet. */
    Replica unbegun() {
        return new Replica(config, vertx, database, feed, catalog, TestSnapshotStores.none(), ateoms::get);
    }

    /** The server is killed and started again. */
    Replica restart() {
        replica.kill();
        return start();
    }

    SimulatedAteom ateom(String name, int workers) {
        return ateom(name, SimulatedAteom.slots("demo", "pool", workers));
    }

    SimulatedAteom ateom(String name, Collection<Slot> slots) {
        SimulatedAteom ateom = new SimulatedAteom(name + ":1", name, storage, slots);
        ateoms.put(ateom.address(), ateom);
        return ateom;
    }

    /** The ateom runs on and nobody hears of it. */
    void mute(SimulatedAteom ateom, boolean now) {
        mute.put(ateom.address(), now);
    }

    private void beat() {
        Replica to = replica;
        ateoms.forEach((address, ateom) -> {
            if (!mute.getOrDefault(address, false) && !to.life.isDead()) {
                to.registry()
                        .heartbeat(ateom.report())
                        .subscribe()
                        .with(
                                response -> response.getOrphansList()
                                        .forEach(orphan -> ateom.orphan(orphan.getActor(), orphan.getGeneration())),
                                failure -> {});
            }
        });
    }

    static <T> T await(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(60));
    }

    ActorKey create(String id) {
        return create("default", id, template);
    }

    ActorKey create(String atespace, String id, TemplateRef of) {
        ActorKey key = ActorKey.of(atespace, id);
        await(truth.create(new ActorStore.NewActor(key, of, Map.of(), Map.of(), null, null)));
        return key;
    }

    Actor record(ActorKey key) {
        return await(truth.find(key)).orElseThrow();
    }

    ActorStatus status(ActorKey key) {
        return record(key).status();
    }

    List<Row> sql(String sql, Object... parameters) {
        List<Row> rows = new ArrayList<>();
        await(database.run(sql, Tuple.from(parameters))).forEach(rows::add);
        return rows;
    }

    List<String> events(ActorKey key) {
        return sql(
                        "select type from actor_event where atespace = $1 and actor_id = $2 order by seq",
                        key.atespace().value(),
                        key.id().value())
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }

    /** The actor's number, raised by one, at the worker that the record names. */
    long work(ActorKey key) {
        Actor actor = record(key);
        return ateoms.values().stream()
                .flatMap(ateom -> ateom.work(key, actor.generation()).stream())
                .findFirst()
                .orElseThrow(() -> new AssertionError(key + " runs nowhere: " + actor));
    }

    @Override
    public void close() {
        vertx.cancelTimer(heart);
        replicas.forEach(Replica::close);
        pool.close().toCompletionStage().toCompletableFuture().join();
        vertx.close();
    }
}
