package dev.dormouse.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.dormouse.journal.ChangeFeed.Change;
import dev.dormouse.journal.TestFeed;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.flywaydb.core.Flyway;

/** A catalog on a database of its own. */
final class CatalogFixture implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    final List<Change> published = new CopyOnWriteArrayList<>();
    private final TestFeed feed = new TestFeed();
    final ManifestCatalog catalog;
    private final Vertx vertx = Vertx.vertx();
    private final Pool pool;

    CatalogFixture() {
        feed.changes().subscribe().with(published::add);
        TestDatabase.Fresh database = TestDatabase.fresh();
        Flyway.configure()
                .dataSource(database.jdbcUrl(), database.user(), database.password())
                .load()
                .migrate();
        pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(4))
                .connectingTo(new PgConnectOptions()
                        .setHost("localhost")
                        .setPort(database.port())
                        .setDatabase(database.name())
                        .setUser(database.user())
                        .setPassword(database.password()))
                .using(vertx)
                .build();
        catalog = another();
    }

    /** One more replica on the same database, hearing the same changes. */
    ManifestCatalog another() {
        ManifestCatalog replica = new ManifestCatalog(pool, feed);
        replica.start();
        return replica;
    }

    List<String> apply(String yaml) throws ManifestException {
        return results(await(catalog.apply(ManifestReader.read(yaml.getBytes(UTF_8)))));
    }

    static List<String> results(List<ManifestResult> results) {
        return results.stream()
                .map(r -> r.kind() + " " + r.namespace() + "/" + r.name() + " " + r.result())
                .toList();
    }

    static <T> T await(Uni<T> uni) {
        return uni.await().atMost(LIMIT);
    }

    void insertActor(String atespace, String id, String templateNamespace, String templateName) {
        await(io.vertx.mutiny.sqlclient.Pool.newInstance(pool)
                .preparedQuery("""
                        insert into actor (atespace, id, uid, template_namespace, template_name, status, version, generation,
                            labels, worker_selector, created_at, updated_at)
                        values ($1, $2, $3, $4, $5, 'SUSPENDED', 1, 0, '{}', '{}', now(), now())""")
                .execute(Tuple.of(atespace, id, UUID.randomUUID(), templateNamespace, templateName)));
    }

    void removeActors() {
        await(io.vertx.mutiny.sqlclient.Pool.newInstance(pool)
                .query("delete from actor")
                .execute());
    }

    long count(String sql) {
        return await(io.vertx.mutiny.sqlclient.Pool.newInstance(pool).query(sql).execute())
                .iterator()
                .next()
                .getLong(0);
    }

    @Override
    public void close() {
        catalog.stop();
        await(Uni.createFrom().completionStage(() -> pool.close().toCompletionStage()));
        await(Uni.createFrom().completionStage(() -> vertx.close().toCompletionStage()));
    }

    static String pool(String name, int replicas) {
        return """
                apiVersion: ate.dev/v1alpha1
                kind: WorkerPool
                metadata: {name: %s, namespace: demo, labels: {b: x, a: y}}
                spec: {replicas: %d, ateomImage: ateom}
                """.formatted(name, replicas);
    }

    static String template(String name, String image) {
        return """
                apiVersion: ate.dev/v1alpha1
                kind: ActorTemplate
                metadata: {name: %s, namespace: demo}
                spec:
                  pauseImage: pause@sha256:00
                  containers: [{name: main, image: "%s@sha256:00"}]
                  snapshotsConfig: {location: "file:///s"}
                """.formatted(name, image);
    }

    static String sandboxConfig(String name, boolean isDefault) {
        return """
                apiVersion: ate.dev/v1alpha1
                kind: SandboxConfig
                metadata: {name: %s}
                spec: {default: %s}
                """.formatted(name, isDefault);
    }

    static String secret(String value) {
        return """
                apiVersion: v1
                kind: Secret
                metadata: {name: keys, namespace: demo}
                stringData: {token: %s}
                """.formatted(value);
    }
}
