package dev.dormouse.worker;

import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.platform.Database;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.StreamSupport;

/** The rows of workers and of the ateoms that serve them. Which actor holds a worker is the actor store's to write. */
@Singleton
class WorkerStore {

    private static final String COLUMNS =
            "uid, namespace, pool, pod, node, ip, ateom_id, address, state, atespace, actor_id, generation, released_at";

    private static final String LOAD = "select " + COLUMNS + " from worker";

    private static final String DROP_NAMESAKES = """
            delete from worker w using unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) n (uid, namespace, pool, pod)
            where (w.namespace, w.pool, w.pod) = (n.namespace, n.pool, n.pod) and w.uid <> n.uid and w.actor_id is null""";

    // a row that an actor holds keeps its state, but for draining, which outlasts the actor
    private static final String REPORT = """
            insert into worker as w (uid, namespace, pool, pod, node, ip, ateom_id, address, state)
            select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::text[])
            on conflict (uid) do update set
                namespace = excluded.namespace, pool = excluded.pool, pod = excluded.pod, node = excluded.node, ip = excluded.ip,
                ateom_id = excluded.ateom_id, address = excluded.address,
                state = case when w.actor_id is null or excluded.state = 'DRAINING' then excluded.state
                             when w.state = 'DRAINING' then 'ASSIGNED' else w.state end
            returning %s""".formatted(COLUMNS.replaceAll("(\\w+)", "w.$1"));

    private static final String IDLE = """
            select w.uid, w.generation, a.idle_since from worker w join actor a on a.atespace = w.atespace and a.id = w.actor_id
            where w.uid = any($1) and a.generation = w.generation and a.idle_since is not null""";

    private static final String LOSE = """
            update worker set state = 'LOST' where uid = any($1) and actor_id is null and state <> 'LOST' returning uid""";

    private static final String REMOVE = "delete from worker where uid = any($1) and actor_id is null returning uid";

    private static final String SEEN = """
            insert into ateom (id, detail) values ($1, $2)
            on conflict (id) do update set last_seen = now(), detail = excluded.detail""";

    private static final String ATEOMS =
            "select id, detail, extract(epoch from now() - last_seen)::float8 as age from ateom";

    private static final String REMOVE_ATEOMS = """
            delete from ateom a where a.last_seen < now() - $1 * interval '1 second'
                and not exists (select 1 from worker w where w.ateom_id = a.id)""";

    private final Database database;
    private final ChangeFeed feed;

    WorkerStore(Database database, ChangeFeed feed) {
        this.database = database;
        this.feed = feed;
    }

    /** @param age since its last report */
    record SeenAteom(UUID id, Duration age, AteomDetail detail) {}

    /** A worker as its ateom reports it; {@code state} is FREE, DRAINING or LOST and counts where no actor holds it. */
    record Reported(
            UUID uid, PoolRef pool, String pod, String node, String ip, UUID ateomId, String address, String state) {}

    Uni<List<WorkerRow>> load() {
        return database.run(LOAD, Tuple.tuple())
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(WorkerStore::row)
                        .toList());
    }

    /** Since when the actor of a worker has been idle. */
    record IdleOccupant(UUID worker, long generation, Instant since) {}

    /** Those of the workers whose actors are idle, as a replica wrote that hears of them. */
    Uni<List<IdleOccupant>> idle(Collection<UUID> workers) {
        return database.run(IDLE, Tuple.of(workers.toArray(UUID[]::new)))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(row -> new IdleOccupant(
                                row.getUUID("uid"),
                                row.getLong("generation"),
                                row.getOffsetDateTime("idle_since").toInstant()))
                        .toList());
    }

    /** Adds or updates workers; gives their rows. Rows of other workers of the same name go, unless an actor holds them. */
    Uni<List<WorkerRow>> report(List<Reported> workers) {
        Tuple names = Tuple.of(
                column(workers, UUID[]::new, Reported::uid),
                column(workers, String[]::new, worker -> worker.pool().namespace()),
                column(workers, String[]::new, worker -> worker.pool().name()),
                column(workers, String[]::new, Reported::pod));
        Tuple all = Tuple.tuple();
        for (int i = 0; i < names.size(); i++) {
            all.addValue(names.getValue(i));
        }
        all.addValue(column(workers, String[]::new, Reported::node));
        all.addValue(column(workers, String[]::new, Reported::ip));
        all.addValue(column(workers, UUID[]::new, Reported::ateomId));
        all.addValue(column(workers, String[]::new, Reported::address));
        all.addValue(column(workers, String[]::new, Reported::state));
        return database.run(DROP_NAMESAKES, names)
                .chain(() -> database.run(REPORT, all))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(WorkerStore::row)
                        .toList())
                .invoke(rows -> rows.forEach(row -> feed.publish(new ChangeFeed.WorkerChange(row.uid(), row.state()))));
    }

    /** Takes workers that no actor holds out of placement. */
    Uni<Void> lose(Collection<UUID> workers) {
        return published(LOSE, workers, "LOST");
    }

    /** Removes workers that no actor holds. */
    Uni<Void> remove(Collection<UUID> workers) {
        return published(REMOVE, workers, "GONE");
    }

    Uni<Void> seen(UUID ateom, AteomDetail detail) {
        return database.run(SEEN, Tuple.of(ateom, detail.toJson())).replaceWithVoid();
    }

    Uni<List<SeenAteom>> ateoms() {
        return database.run(ATEOMS, Tuple.tuple())
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(WorkerStore::ateom)
                        .toList());
    }

    /** Removes ateoms that serve no worker and were not heard of for so long. */
    Uni<Void> removeAteoms(Duration silentFor) {
        return database.run(REMOVE_ATEOMS, Tuple.of((double) silentFor.toSeconds()))
                .replaceWithVoid();
    }

    private Uni<Void> published(String sql, Collection<UUID> workers, String state) {
        return database.run(sql, Tuple.of(workers.toArray(UUID[]::new)))
                .invoke(rows ->
                        rows.forEach(row -> feed.publish(new ChangeFeed.WorkerChange(row.getUUID("uid"), state))))
                .replaceWithVoid();
    }

    private static <T> T[] column(List<Reported> workers, IntFunction<T[]> array, Function<Reported, T> value) {
        return workers.stream().map(value).toArray(array);
    }

    private static SeenAteom ateom(Row row) {
        Duration age = Duration.ofMillis((long) (row.getDouble("age") * 1000));
        return new SeenAteom(row.getUUID("id"), age, AteomDetail.of(row.get(JsonObject.class, "detail")));
    }

    private static WorkerRow row(Row row) {
        String atespace = row.getString("atespace");
        Long generation = row.getLong("generation");
        return new WorkerRow(
                row.getUUID("uid"),
                new PoolRef(row.getString("namespace"), row.getString("pool")),
                row.getString("pod"),
                row.getString("node"),
                row.getString("ip"),
                row.getUUID("ateom_id"),
                row.getString("address"),
                row.getString("state"),
                atespace == null ? null : ActorKey.of(atespace, row.getString("actor_id")),
                generation == null ? 0 : generation,
                row.getOffsetDateTime("released_at").toInstant());
    }
}
