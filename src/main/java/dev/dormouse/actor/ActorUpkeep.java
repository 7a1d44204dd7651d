package dev.dormouse.actor;

import static dev.dormouse.actor.SetStatement.Type.BIGINT;
import static dev.dormouse.actor.SetStatement.Type.TIME;
import static dev.dormouse.actor.SetStatement.Type.UUIDS;

import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Database;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What goes on beside the transitions: leases, and what workers and routers report of the awake. Always over many actors at once. */
final class ActorUpkeep {

    private record Report(
            ActorKey key, long generation, @Nullable Instant since) {}

    private record Busy(ActorKey key, Instant until) {}

    private record Renewal(ActorKey key, long generation, UUID owner, long leaseMillis) {}

    private static final String HELD = """
            (select w.atespace, w.actor_id from worker w where w.atespace is not null
             union all select p.atespace, p.actor_id from promotion p) h""";

    private static final String TAKE_OVER = """
            with b as (
              select a.atespace, a.id
              from %s join actor a on a.atespace = h.atespace and a.id = h.actor_id
              where a.intent_deadline < now()
              order by a.atespace, a.id
              limit $1::int
              for update of a skip locked)
            update actor a
            set intent_owner = $2::uuid, intent_deadline = now() + $3::bigint * interval '1 millisecond'
            from b
            where %s
            returning %s""".formatted(HELD, Fragments.KEY, ActorRow.columnsOf("a"));

    private static final SetStatement<Renewal> RENEW = WakeStatements.<Renewal>keyed(Renewal::key)
            .column("generation", BIGINT, Renewal::generation)
            .column("owner", UUIDS, Renewal::owner)
            .column("lease_ms", BIGINT, Renewal::leaseMillis)
            .sql("""
                a as (
                  update actor a set intent_deadline = now() + b.lease_ms * interval '1 millisecond'
                  from b
                  where %s and a.generation = b.generation and a.intent_owner = b.owner
                  returning a.atespace, a.id)
                select atespace, id from a""".formatted(Fragments.KEY));

    private static final String AWAKE = """
            select %s from worker w join actor a on a.atespace = w.atespace and a.id = w.actor_id
            where a.status = 'RUNNING' and a.generation = w.generation""".formatted(ActorRow.columnsOf("a"));

    private static final SetStatement<Report> IDLE = WakeStatements.<Report>keyed(Report::key)
            .column("generation", BIGINT, Report::generation)
            .column("since", TIME, r -> ActorRow.time(r.since()))
            .sql("""
                a as (
                  update actor a set idle_since = b.since
                  from b
                  where %s and a.generation = b.generation and a.status not in ('SUSPENDED', 'PAUSED')
                    and (a.idle_since is null <> (b.since is null)
                         or a.idle_since not between b.since - interval '1 second' and b.since + interval '1 second')
                  returning 1)
                select count(*) from a""".formatted(Fragments.KEY));

    private static final SetStatement<Busy> BUSY = WakeStatements.<Busy>keyed(Busy::key)
            .column("until", TIME, b -> ActorRow.time(b.until()))
            .sql("""
                a as (
                  update actor a set busy_until = b.until
                  from b
                  where %s and a.status not in ('SUSPENDED', 'PAUSED') and (a.busy_until is null or a.busy_until < b.until)
                  returning 1)
                select count(*) from a""".formatted(Fragments.KEY));

    private static final String ADD_PORT = """
            update actor a
            set endpoint = jsonb_set(a.endpoint, array['ports', $4::text], to_jsonb($5::int)), version = a.version + 1, updated_at = now()
            where a.atespace = $1::text and a.id = $2::text and a.generation = $3::bigint and a.endpoint is not null
            returning %s""".formatted(ActorRow.columnsOf("a"));

    private static final String REFUSED = """
            with a as (
              update actor a
              set last_error = $4::text, cause = $5::text, %s
              where a.atespace = $1::text and a.id = $2::text and a.version = $3::bigint
                and a.status in ('SUSPENDED', 'PAUSED') and a.last_error is distinct from $4::text
              returning a.*),
            %s
            select %s from a""".formatted(
                    Fragments.CHANGED,
                    Fragments.Event.of("'ResumeFailed'", "a.status")
                            .message("a.last_error")
                            .journaled(),
                    ActorRow.columnsOf("a"));

    private final Database database;
    private final Consumer<Actor> changed;

    ActorUpkeep(Database database, Consumer<Actor> changed) {
        this.database = database;
        this.changed = changed;
    }

    Uni<List<Actor>> takeOverExpired(UUID owner, Duration lease, int limit) {
        return database.run(TAKE_OVER, Tuple.of(limit, owner, lease.toMillis())).map(ActorUpkeep::actors);
    }

    Uni<List<ActorKey>> renew(UUID owner, Map<ActorKey, Long> generations, Duration lease) {
        List<Renewal> renewals = new ArrayList<>();
        ordered(generations)
                .forEach((key, generation) -> renewals.add(new Renewal(key, generation, owner, lease.toMillis())));
        return renewals.isEmpty()
                ? Uni.createFrom().item(List.of())
                : run(RENEW, renewals).map(rows -> {
                    Set<ActorKey> ours = rows.stream().map(ActorRow::key).collect(Collectors.toSet());
                    return generations.keySet().stream()
                            .filter(key -> !ours.contains(key))
                            .toList();
                });
    }

    Uni<List<Actor>> awake() {
        return database.run(AWAKE, Tuple.tuple()).map(ActorUpkeep::actors);
    }

    Uni<Void> reportIdle(Map<ActorKey, ActorStore.Idle> reports) {
        List<Report> ordered = new ArrayList<>();
        ordered(reports).forEach((key, idle) -> ordered.add(new Report(key, idle.generation(), idle.since())));
        return ordered.isEmpty()
                ? Uni.createFrom().voidItem()
                : run(IDLE, ordered).replaceWithVoid();
    }

    Uni<Void> reportBusy(List<ActorKey> keys, Instant until) {
        List<Busy> ordered = keys.stream()
                .distinct()
                .sorted(ActorBatch.ORDER)
                .map(key -> new Busy(key, until))
                .toList();
        return ordered.isEmpty()
                ? Uni.createFrom().voidItem()
                : run(BUSY, ordered).replaceWithVoid();
    }

    Uni<Void> addPort(ActorKey key, long generation, int actorPort, int endpointPort) {
        Tuple parameters =
                Tuple.of(key.atespace().value(), key.id().value(), generation, String.valueOf(actorPort), endpointPort);
        return database.run(ADD_PORT, parameters)
                .invoke(rows -> actors(rows).forEach(changed))
                .replaceWithVoid();
    }

    Uni<Optional<Actor>> refused(ActorKey key, long seenVersion, String error, Cause cause) {
        Tuple parameters =
                Tuple.of(key.atespace().value(), key.id().value(), seenVersion, ErrorText.safe(error), cause.name());
        return database.run(REFUSED, parameters)
                .map(rows -> actors(rows).stream().findFirst())
                .invoke(actor -> actor.ifPresent(changed));
    }

    private <C> Uni<RowSet<Row>> run(SetStatement<C> statement, List<C> calls) {
        return database.run(statement.sql(), statement.parameters(calls));
    }

    private static <V> Map<ActorKey, V> ordered(Map<ActorKey, V> map) {
        Map<ActorKey, V> ordered = new TreeMap<>(ActorBatch.ORDER);
        ordered.putAll(map);
        return ordered;
    }

    private static List<Actor> actors(RowSet<Row> rows) {
        return rows.stream().map(ActorRow::read).toList();
    }
}
