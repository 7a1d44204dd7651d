package dev.dormouse.activation;

import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Database;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;

/** Snapshots that no actor holds any more and whose files are still there. */
@Singleton
class DroppedSnapshots {

    // a fork holds its origin's snapshot: its files stay until the last holder lets go
    private static final String DUE = """
            select d.id, d.node, d.atespace, d.actor_id, d.uri from snapshot_deleting d
            where not exists (select 1 from snapshot s where s.id = d.id and s.node = d.node)
            order by d.dropped_at limit $1""";

    private static final String GONE = """
            delete from snapshot_deleting d using unnest($1::uuid[], $2::text[]) g (id, node)
            where d.id = g.id and d.node = g.node""";

    private static final String HELD =
            "select id from snapshot where id = any($1) union select id from snapshot_deleting where id = any($1)";

    private final Database database;

    DroppedSnapshots(Database database) {
        this.database = database;
    }

    /** @param node that alone holds it; empty when it is durable */
    record Dropped(UUID id, String node, ActorKey actor, String uri) {}

    Uni<List<Dropped>> due(int limit) {
        return database.run(DUE, Tuple.of((long) limit))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(DroppedSnapshots::read)
                        .toList());
    }

    Uni<Void> gone(Collection<Dropped> deleted) {
        UUID[] ids = deleted.stream().map(Dropped::id).toArray(UUID[]::new);
        String[] nodes = deleted.stream().map(Dropped::node).toArray(String[]::new);
        return database.run(GONE, Tuple.of(ids, nodes)).replaceWithVoid();
    }

    /** Those of these snapshots that the database knows of, held or to be deleted. */
    Uni<List<UUID>> known(Collection<UUID> snapshots) {
        return database.run(HELD, Tuple.of(snapshots.toArray(UUID[]::new)))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(row -> row.getUUID("id"))
                        .toList());
    }

    private static Dropped read(Row row) {
        return new Dropped(
                row.getUUID("id"),
                row.getString("node"),
                ActorKey.of(row.getString("atespace"), row.getString("actor_id")),
                row.getString("uri"));
    }
}
