package dev.dormouse.standalone;

import dev.dormouse.platform.Database;
import dev.dormouse.platform.DatabasePool;
import dev.dormouse.platform.Sessions;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.reactive.mutiny.Mutiny;
import org.hibernate.reactive.provider.ReactiveServiceRegistryBuilder;
import org.hibernate.reactive.vertx.VertxInstance;
import org.hibernate.reactive.vertx.impl.ProvidedVertxInstance;

/** A database of its own with our tables, and what stores stand on, without booting the application. */
public final class StoreDatabase implements AutoCloseable {

    private static final int CONNECTIONS = 10;

    private final TestDatabase.Fresh fresh;
    private final Vertx vertx = Vertx.vertx();
    private final Pool pool;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private long postmaster;

    public StoreDatabase() {
        this(TestDatabase.fresh());
    }

    private StoreDatabase(TestDatabase.Fresh fresh) {
        this.fresh = fresh;
        Flyway.configure()
                .dataSource(fresh.jdbcUrl(), fresh.user(), fresh.password())
                .load()
                .migrate();
        pool = newPool();
    }

    /** On a server of its own that waits for the disk, as in production; it ends with this database. */
    public static StoreDatabase durable() throws IOException {
        EmbeddedDatabase server = EmbeddedDatabase.open(Files.createTempDirectory("dormouse-bench-db"));
        URI address = URI.create(server.settings().get("quarkus.datasource.reactive.url"));
        StoreDatabase database = new StoreDatabase(new TestDatabase.Fresh(
                address.getPort(),
                address.getPath().substring(1),
                server.settings().get("quarkus.datasource.username"),
                server.settings().get("quarkus.datasource.password"),
                server.settings()));
        database.postmaster = server.pid().orElseThrow();
        database.opened.addFirst(server::stop);
        return database;
    }

    /** The server's processes below /proc, for their CPU time; only of a {@link #durable} one. */
    public List<Path> processes() {
        return ProcessHandle.of(postmaster)
                .orElseThrow()
                .children()
                .map(process -> Path.of("/proc", Long.toString(process.pid())))
                .toList();
    }

    public Vertx vertx() {
        return vertx;
    }

    public Pool pool() {
        return pool;
    }

    public Database database() {
        return new Database(pool);
    }

    /** Another pool on the same database: another replica. */
    public Pool newPool() {
        PgConnectOptions options = DatabasePool.prepare(new PgConnectOptions()
                .setHost("localhost")
                .setPort(fresh.port())
                .setDatabase(fresh.name())
                .setUser(fresh.user())
                .setPassword(fresh.password()));
        Pool created = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(CONNECTIONS))
                .connectingTo(options)
                .using(vertx)
                .build();
        opened.add(created::close);
        return created;
    }

    /** Hibernate Reactive with these entities. */
    public Sessions sessions(Class<?>... entities) {
        Configuration configuration = new Configuration();
        for (Class<?> entity : entities) {
            configuration.addAnnotatedClass(entity);
        }
        configuration.setProperty(
                "jakarta.persistence.jdbc.url", "postgresql://localhost:" + fresh.port() + "/" + fresh.name());
        configuration.setProperty("jakarta.persistence.jdbc.user", fresh.user());
        configuration.setProperty("jakarta.persistence.jdbc.password", fresh.password());
        SessionFactory factory = configuration.buildSessionFactory(new ReactiveServiceRegistryBuilder()
                .applySettings(configuration.getProperties())
                .addService(VertxInstance.class, new ProvidedVertxInstance(vertx))
                .build());
        opened.add(factory);
        return new Sessions(factory.unwrap(Mutiny.SessionFactory.class), vertx);
    }

    public List<Row> sql(String sql, Object... parameters) {
        List<Row> rows = new ArrayList<>();
        await(Uni.createFrom()
                        .completionStage(() -> pool.preparedQuery(sql)
                                .execute(Tuple.from(parameters))
                                .toCompletionStage()))
                .forEach(rows::add);
        return rows;
    }

    public long count(String sql, Object... parameters) {
        return sql(sql, parameters).getFirst().getLong(0);
    }

    public static <T> T await(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
        vertx.close();
    }
}
