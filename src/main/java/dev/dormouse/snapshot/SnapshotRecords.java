package dev.dormouse.snapshot;

import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Database;
import dev.dormouse.platform.Sessions;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which snapshots actors hold, and which nobody holds any more. */
@Singleton
public class SnapshotRecords {

    private static final String DELETING = """
            select g.id, g.node, g.atespace, g.actor_id, g.uri from snapshot_deleting g
            where not exists (select from snapshot s
                              where s.atespace = g.atespace and s.actor_id = g.actor_id and s.id = g.id and s.node = g.node)
              and not exists (select from snapshot s where s.id = g.id and s.node = g.node and s.owner_id is not null)
            order by g.dropped_at limit $1::int""";

    private static final String DELETED = """
            delete from snapshot_deleting g using unnest($1::uuid[], $2::text[]) as b(id, node)
            where g.id = b.id and g.node = b.node""";

    private static final String KNOWN = """
            select b.uri
            from unnest($1::text[], $2::text[], $3::uuid[], $4::text[]) as b(atespace, actor_id, id, uri)
            where exists (select from snapshot s
                          where s.atespace = b.atespace and s.actor_id = b.actor_id and s.id = b.id and s.node = '')
               or exists (select from snapshot s where s.id = b.id and s.node = '' and s.owner_id is not null)
               or exists (select from snapshot_deleting g where g.id = b.id and g.node = '')
               or exists (select from actor_log l
                          where l.atespace = b.atespace and l.actor_id = b.actor_id and l.id = b.id)
               or exists (select from actor a
                          where a.atespace = b.atespace and a.id = b.actor_id and a.intent_snapshot = b.id)""";

    private final Database database;
    private final Sessions sessions;

    public SnapshotRecords(Database database, Sessions sessions) {
        this.database = database;
        this.sessions = sessions;
    }

    /** The snapshots that an actor holds, newest first; local ones too. */
    public Uni<List<SnapshotRef>> of(ActorKey key) {
        return sessions.inTransaction(session -> session.createSelectionQuery(
                                "from Snapshot where atespace = :atespace and actorId = :id order by recordedAt desc, id",
                                SnapshotRow.class)
                        .setParameter("atespace", key.atespace().value())
                        .setParameter("id", key.id().value())
                        .getResultList())
                .map(rows -> rows.stream().map(SnapshotRow::ref).toList());
    }

    /**
     * A snapshot that no actor holds any more.
     *
     * @param key the actor it was taken of
     * @param node the node that alone has it; null when it is durable
     */
    public record Dropped(
            UUID id, ActorKey key, String uri, @Nullable String node) {}

    /** Snapshots whose files may be removed, oldest first. Whoever has removed them says so by {@link #deleted}. */
    public Uni<List<Dropped>> deleting(int limit) {
        return database.run(DELETING, Tuple.of(limit)).map(rows -> {
            List<Dropped> dropped = new ArrayList<>(rows.size());
            for (Row row : rows) {
                String node = row.getString(1);
                ActorKey key = ActorKey.of(row.getString(2), row.getString(3));
                dropped.add(new Dropped(row.getUUID(0), key, row.getString(4), node.isEmpty() ? null : node));
            }
            return dropped;
        });
    }

    /** The files of these are gone. Idempotent. */
    public Uni<Void> deleted(Collection<Dropped> gone) {
        UUID[] ids = gone.stream().map(Dropped::id).toArray(UUID[]::new);
        String[] nodes = gone.stream()
                .map(Dropped::node)
                .map(node -> node == null ? "" : node)
                .toArray(String[]::new);
        return database.run(DELETED, Tuple.tuple().addValue(ids).addValue(nodes))
                .replaceWithVoid();
    }

    /**
     * Of these URIs, of snapshots and segments of logs, those that a record names, or that are being written for a transition under way. One that is not known may still
     * belong to a fork under way: sweep only what has been there for hours.
     */
    public Uni<Set<String>> known(Collection<String> uris) {
        List<Located> located =
                uris.stream().map(Located::at).flatMap(Optional::stream).toList();
        Tuple parameters = Tuple.of(
                column(located, String.class, at -> at.key().atespace().value()),
                column(located, String.class, at -> at.key().id().value()),
                column(located, UUID.class, Located::id),
                column(located, String.class, Located::uri));
        return database.run(KNOWN, parameters).map(rows -> {
            Set<String> known = new HashSet<>();
            rows.forEach(row -> known.add(row.getString(0)));
            return known;
        });
    }

    @SuppressWarnings("unchecked")
    private static <T> T[] column(List<Located> located, Class<T> type, Function<Located, T> value) {
        return located.stream().map(value).toArray(size -> (T[]) Array.newInstance(type, size));
    }

    /** What {@code <location>/<atespace>/<actor>/<snapshot-id>} says. */
    private record Located(ActorKey key, UUID id, String uri) {

        static Optional<Located> at(String uri) {
            String[] parts = uri.split("/");
            int last = parts.length - 1;
            try {
                return last < 2
                        ? Optional.empty()
                        : Optional.of(new Located(
                                ActorKey.of(parts[last - 2], parts[last - 1]), UUID.fromString(parts[last]), uri));
            } catch (IllegalArgumentException notOurs) {
                return Optional.empty();
            }
        }
    }
}
