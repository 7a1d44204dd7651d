package dev.dormouse.actor;

import dev.dormouse.atespace.QuotaReached;
import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Batcher;
import dev.dormouse.platform.Database;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRecords;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.standalone.StoreDatabase;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The store on a database of its own, with the steps that tests take. Waits for answers: not for event loops. */
final class StoreFixture implements AutoCloseable {

    static final TemplateRef TEMPLATE = new TemplateRef("demo", "counter");
    static final Phases PHASES = new Phases(1, 2, 3, 4, 5, 6, 7);
    static final UUID OWNER = UUID.randomUUID();
    static final Duration LEASE = Duration.ofSeconds(30);
    static final int KEEP = 2;

    final Queue<ChangeFeed.Change> changes = new ConcurrentLinkedQueue<>();
    final Queue<QuotaReached> refusals = new ConcurrentLinkedQueue<>();
    final ActorStore store;
    private final StoreDatabase database = new StoreDatabase();

    StoreFixture() {
        this(new Batcher.Limits(256, 1));
    }

    StoreFixture(Batcher.Limits limits) {
        store = new PostgresActorStore(database.database(), feed(), limits, refusals::add);
    }

    /** Another replica's store on the same database. */
    ActorStore another() {
        return new PostgresActorStore(
                new Database(database.newPool()), feed(), new Batcher.Limits(256, 1), refusals::add);
    }

    private ChangeFeed feed() {
        return new ChangeFeed() {
            @Override
            public Multi<Change> changes() {
                return Multi.createFrom().iterable(changes);
            }

            @Override
            public void publish(Change change) {
                changes.add(change);
            }

            @Override
            public void publishHere(Change change) {
                publish(change);
            }
        };
    }

    static <T> T await(Uni<T> uni) {
        return StoreDatabase.await(uni);
    }

    List<Row> sql(String sql, Object... parameters) {
        return database.sql(sql, parameters);
    }

    long count(String sql, Object... parameters) {
        return database.count(sql, parameters);
    }

    static ActorKey key(String id) {
        return ActorKey.of("default", id);
    }

    static ActorStore.NewActor newActor(ActorKey key) {
        return new ActorStore.NewActor(key, TEMPLATE, Map.of(), Map.of(), null, null);
    }

    Actor create(String id) {
        return await(store.create(newActor(key(id))));
    }

    UUID worker() {
        UUID uid = UUID.randomUUID();
        sql("""
                insert into worker (uid, namespace, pool, pod, node, ip, ateom_id, address, state)
                values ($1, 'demo', 'pool', $2, 'node-1', '10.0.0.1', $1, 'localhost:1', 'FREE')""", uid, "pod-" + uid);
        return uid;
    }

    String workerState(UUID uid) {
        return sql("select state from worker where uid = $1", uid).getFirst().getString(0);
    }

    Uni<ActorStore.ClaimOutcome> claim(Actor actor, UUID worker) {
        return store.claim(new ActorStore.Claim(actor.key(), actor.version(), worker, Cause.REQUEST, OWNER, LEASE, 17));
    }

    Actor claimed(Actor actor, UUID worker) {
        return ((ActorStore.Claimed) await(claim(actor, worker))).actor();
    }

    Actor running(Actor actor, UUID worker) {
        Actor resuming = claimed(actor, worker);
        return await(store.running(
                        resuming.key(),
                        resuming.generation(),
                        new Actor.Endpoint("10.0.0.1", Map.of(80, 31000)),
                        PHASES))
                .orElseThrow();
    }

    Uni<ActorStore.ClaimOutcome> sleep(Actor actor, ActorStatus to, @Nullable Instant idleBefore) {
        return store.sleep(
                new ActorStore.Sleep(actor.key(), to, Cause.API, UUID.randomUUID(), OWNER, LEASE, idleBefore));
    }

    Actor suspending(Actor actor) {
        return ((ActorStore.Claimed) await(sleep(actor, ActorStatus.SUSPENDING, null))).actor();
    }

    Actor pausing(Actor actor) {
        return ((ActorStore.Claimed) await(sleep(actor, ActorStatus.PAUSING, null))).actor();
    }

    Actor suspended(Actor running) {
        Actor suspending = suspending(running);
        return await(store.slept(suspending.key(), suspending.generation(), durable(suspending), KEEP, PHASES))
                .orElseThrow();
    }

    Actor paused(Actor running) {
        Actor pausing = pausing(running);
        return await(store.slept(pausing.key(), pausing.generation(), local(pausing), KEEP, PHASES))
                .orElseThrow();
    }

    /** The snapshot that a sleeping actor's intent speaks of. */
    static SnapshotRef durable(Actor actor) {
        return actor.intent() == null || actor.intent().snapshotId() == null
                ? durable(actor.key())
                : durable(actor.key(), actor.intent().snapshotId());
    }

    static SnapshotRef durable(ActorKey key) {
        return durable(key, UUID.randomUUID());
    }

    private static SnapshotRef durable(ActorKey key, UUID id) {
        return snapshot(id, "file:/snapshots/" + key + "/" + id, null);
    }

    static SnapshotRef local(Actor actor) {
        UUID id = actor.intent().snapshotId();
        return snapshot(id, "local:" + id, "node-1");
    }

    static SnapshotRef snapshot(UUID id, String uri, @Nullable String node) {
        return new SnapshotRef(
                id,
                uri,
                Scope.FULL,
                4096,
                "gvisor",
                "abc",
                "amd64/f00",
                node,
                Instant.now().truncatedTo(ChronoUnit.MILLIS));
    }

    /** The snapshots, as id and node, whose files the next round of deletion would remove. */
    List<String> deletable() {
        SnapshotRecords records = new SnapshotRecords(database.database(), database.sessions());
        return await(records.deleting(Integer.MAX_VALUE)).stream()
                .map(dropped -> dropped.id() + "@" + (dropped.node() == null ? "" : dropped.node()))
                .toList();
    }

    /** The snapshots, as id and node, that some actor holds. */
    List<String> held() {
        return sql("select id || '@' || node from snapshot").stream()
                .map(row -> row.getString(0))
                .toList();
    }

    List<String> events(String id) {
        return sql(
                        "select type, from_status, to_status from actor_event where atespace = 'default' and actor_id = $1 order by seq",
                        id)
                .stream()
                .map(row -> "%s %s>%s".formatted(row.getString(0), row.getString(1), row.getString(2)))
                .toList();
    }

    List<UUID> snapshots(String id) {
        return sql("select id from snapshot where actor_id = $1 order by recorded_at", id).stream()
                .map(row -> row.getUUID(0))
                .toList();
    }

    List<UUID> deleting() {
        return sql("select id from snapshot_deleting order by dropped_at").stream()
                .map(row -> row.getUUID(0))
                .toList();
    }

    /** Those whose files may go. */
    List<UUID> removable() {
        return await(new SnapshotRecords(database.database(), database.sessions()).deleting(1000)).stream()
                .map(SnapshotRecords.Dropped::id)
                .toList();
    }

    @Override
    public void close() throws Exception {
        database.close();
    }
}
