package dev.dormouse.log;

import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Database;
import dev.dormouse.platform.DormouseConfig;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.reflect.Array;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where the segments of actors' logs are. */
@Singleton
public class LogRecords {

    // the actors are locked against their deletion, which then sees what is noted here
    private static final String NOTE = """
            with b as (
              select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::int[], $7::text[], $8::bigint[],
                                   $9::bigint[], $10::timestamptz[], $11::bigint[], $12::bigint[], $13::bool[])
                as b(id, atespace, actor_id, actor_uid, generation, part, uri, first_seq, last_seq, last_at, stored_seq, bytes, held)),
            a as (
              select b.id from b join actor a on a.atespace = b.atespace and a.id = b.actor_id and a.uid = b.actor_uid
              order by a.atespace, a.id
              for key share of a),
            n as (
              insert into actor_log (atespace, actor_id, generation, part, id, actor_uid, uri, first_seq, last_seq, last_at,
                                     stored_seq, bytes, ateom_id)
              select atespace, actor_id, generation, part, id, actor_uid, uri, first_seq, last_seq, last_at, stored_seq, bytes,
                     case when held then $14::uuid end
              from b where id in (select id from a)
              on conflict (atespace, actor_id, generation, part) do update set
                id = excluded.id, actor_uid = excluded.actor_uid, uri = excluded.uri, first_seq = excluded.first_seq,
                last_seq = excluded.last_seq, last_at = excluded.last_at, stored_seq = excluded.stored_seq, bytes = excluded.bytes,
                ateom_id = excluded.ateom_id)
            select id from b where id not in (select id from a)""";

    /** Those of an actor that are too old to be kept beside the newer ones. */
    private static final String DROP = """
            with k as (
              select distinct * from unnest($1::text[], $2::text[]) as k(atespace, actor_id)),
            o as (
              select l.atespace, l.actor_id, l.generation, l.part,
                     sum(l.bytes) over (partition by l.atespace, l.actor_id order by l.generation desc, l.part desc) as bytes
              from k join actor_log l on l.atespace = k.atespace and l.actor_id = k.actor_id),
            d as (
              delete from actor_log l using o
              where o.bytes > $3::bigint and l.ateom_id is null
                and l.atespace = o.atespace and l.actor_id = o.actor_id and l.generation = o.generation and l.part = o.part
              returning l.id, l.atespace, l.actor_id, l.uri)
            insert into snapshot_deleting (id, node, atespace, actor_id, uri)
            select id, '', atespace, actor_id, uri from d on conflict do nothing""";

    private static final String STATE = """
            select a.uid, a.status, a.generation, a.worker_uid, l.id, l.uri, l.generation, l.part, l.first_seq, l.last_seq, l.last_at,
                   l.stored_seq, l.ateom_id
            from actor a left join actor_log l
              on l.atespace = a.atespace and l.actor_id = a.id and l.actor_uid = a.uid
                 and (l.generation > $3::bigint or l.generation = $3::bigint and l.last_seq > $4::bigint
                      or l.generation = $3::bigint and l.ateom_id is not null)
            where a.atespace = $1::text and a.id = $2::text
            order by l.generation, l.part""";

    private final Database database;
    private final long keepBytes;

    @Inject
    public LogRecords(Database database, DormouseConfig config) {
        this(database, config.logs().keepBytes());
    }

    /** @param keepBytes of one actor, in the store */
    public LogRecords(Database database, long keepBytes) {
        this.database = database;
        this.keepBytes = keepBytes;
    }

    /**
     * Records what a node tells of its segments, and lets go the oldest of actors that have too much. Idempotent.
     *
     * @return the ids of segments whose actor is gone
     */
    public Uni<Set<UUID>> note(UUID ateom, List<LogNote> notes) {
        Tuple parameters = Tuple.tuple()
                .addValue(column(notes, UUID.class, note -> note.segment().id()))
                .addValue(column(notes, String.class, LogRecords::atespace))
                .addValue(column(notes, String.class, LogRecords::actor))
                .addValue(column(notes, UUID.class, note -> note.segment().actorUid()))
                .addValue(column(notes, Long.class, note -> note.segment().generation()))
                .addValue(column(notes, Integer.class, note -> note.segment().part()))
                .addValue(column(notes, String.class, note -> note.segment().uri()))
                .addValue(column(notes, Long.class, LogNote::first))
                .addValue(column(notes, Long.class, LogNote::last))
                .addValue(column(
                        notes, OffsetDateTime.class, note -> note.lastAt().atOffset(ZoneOffset.UTC)))
                .addValue(column(notes, Long.class, LogNote::stored))
                .addValue(column(notes, Long.class, LogNote::bytes))
                .addValue(column(notes, Boolean.class, LogNote::held))
                .addValue(ateom);
        return database.run(NOTE, parameters)
                .map(rows -> {
                    Set<UUID> gone = new HashSet<>();
                    rows.forEach(row -> gone.add(row.getUUID(0)));
                    return gone;
                })
                .call(gone -> drop(notes.stream()
                        .filter(note -> note.stored() > 0
                                && !gone.contains(note.segment().id()))
                        .toList()));
    }

    private Uni<Void> drop(List<LogNote> grown) {
        return grown.isEmpty()
                ? Uni.createFrom().voidItem()
                : database.run(
                                DROP,
                                Tuple.of(
                                        column(grown, String.class, LogRecords::atespace),
                                        column(grown, String.class, LogRecords::actor),
                                        keepBytes))
                        .replaceWithVoid();
    }

    private static String atespace(LogNote note) {
        return note.segment().actor().atespace().value();
    }

    private static String actor(LogNote note) {
        return note.segment().actor().id().value();
    }

    @SuppressWarnings("unchecked")
    private static <T> T[] column(List<LogNote> notes, Class<T> type, Function<LogNote, T> value) {
        return notes.stream().map(value).toArray(size -> (T[]) Array.newInstance(type, size));
    }

    /**
     * Where the lines of an actor are.
     *
     * @param generation of the activation that is under way, or was the last; 0 before the first
     * @param worker of that activation; null before the first
     * @param segments those with lines behind the place that was asked for, oldest first
     */
    public record Whereabouts(
            UUID actorUid,
            boolean asleep,
            long generation,
            @Nullable UUID worker,
            List<Segment> segments) {}

    /**
     * A segment with a record.
     *
     * @param first number of its first line
     * @param last as far as is known
     * @param stored number of the last line that is in the store; 0: none is
     * @param ateom who has, or will have, lines that the store hasn't; null: the store has all
     */
    public record Segment(
            UUID id,
            String uri,
            long generation,
            int part,
            long first,
            long last,
            Instant lastAt,
            long stored,
            @Nullable UUID ateom) {

        static Segment read(Row row) {
            return new Segment(
                    row.getUUID(4),
                    row.getString(5),
                    row.getLong(6),
                    row.getInteger(7),
                    row.getLong(8),
                    row.getLong(9),
                    row.getOffsetDateTime(10).toInstant(),
                    row.getLong(11),
                    row.getUUID(12));
        }
    }

    /**
     * Where the lines behind a place are. Empty when there is no such actor.
     *
     * @param generation the activation of the last line that is known
     * @param seq the number of that line
     */
    public Uni<Optional<Whereabouts>> after(ActorKey key, long generation, long seq) {
        return database.run(STATE, Tuple.of(key.atespace().value(), key.id().value(), generation, seq))
                .map(rows -> {
                    Whereabouts found = null;
                    List<Segment> segments = new ArrayList<>();
                    for (Row row : rows) {
                        String status = row.getString(1);
                        boolean asleep = status.equals("SUSPENDED") || status.equals("PAUSED");
                        found = new Whereabouts(row.getUUID(0), asleep, row.getLong(2), row.getUUID(3), segments);
                        if (row.getUUID(4) != null) {
                            segments.add(Segment.read(row));
                        }
                    }
                    return Optional.ofNullable(found);
                });
    }
}
