package dev.dormouse.snapshot;

import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Database;
import dev.dormouse.platform.Sessions;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which snapshots actors hold, and which nobody holds any more. */
@Singleton
public class SnapshotRecords {

    private static final String DELETING = """
            select g.id, g.node, g.atespace, g.actor_id, g.uri from snapshot_deleting g
            where not exists (select from snapshot s where s.id = g.id and s.node = g.node)
            order by g.dropped_at limit $1::int""";

    private static final String DELETED = """
            delete from snapshot_deleting g using unnest($1::uuid[], $2::text[]) as b(id, node)
            where g.id = b.id and g.node = b.node""";

    private static final String KNOWN = """
            select b.uri from unnest($1::uuid[], $2::text[]) as b(id, uri)
            where exists (select from snapshot s where s.id = b.id and s.uri = b.uri)
               or exists (select from snapshot_deleting g where g.id = b.id and g.uri = b.uri)
               or b.id in (select a.intent_snapshot
                           from worker w join actor a on a.atespace = w.atespace and a.id = w.actor_id
                           where a.intent_snapshot is not null)""";

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
     * @param key who let it go last
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
        return database.run(DELETED, Tuple.of(ids, nodes)).replaceWithVoid();
    }

    /**
     * Of these URIs those that a record names, or that are being written for a transition under way. One that is not known may still
     * belong to a fork under way: sweep only what has been there for hours.
     */
    public Uni<Set<String>> known(Collection<String> uris) {
        List<UUID> ids = new ArrayList<>();
        List<String> named = new ArrayList<>();
        for (String uri : uris) {
            UUID id = idOf(uri);
            if (id != null) {
                ids.add(id);
                named.add(uri);
            }
        }
        Tuple parameters = Tuple.of(ids.toArray(UUID[]::new), named.toArray(String[]::new));
        return database.run(KNOWN, parameters).map(rows -> {
            Set<String> known = new HashSet<>();
            rows.forEach(row -> known.add(row.getString(0)));
            return known;
        });
    }

    private static @Nullable UUID idOf(String uri) {
        try {
            return UUID.fromString(uri.substring(uri.lastIndexOf('/') + 1));
        } catch (IllegalArgumentException notOurs) {
            return null;
        }
    }
}
