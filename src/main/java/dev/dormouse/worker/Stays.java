package dev.dormouse.worker;

import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Database;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.stream.StreamSupport;

/** The activations that hold workers, as the database has them now. */
@Singleton
public class Stays {

    private static final String FIND = """
            select uid, atespace, actor_id, generation from worker
            where actor_id is not null and ($1::uuid is null or uid = $1) and ($2 = '' or actor_id = $2)""";

    private final Database database;

    Stays(Database database) {
        this.database = database;
    }

    /** @param actorId of the actors; empty for any */
    public Uni<List<Stay>> under(Mandate mandate, String actorId) {
        return database.run(FIND, Tuple.of(mandate.only(), actorId))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(Stays::stay)
                        .toList());
    }

    private static Stay stay(Row row) {
        return new Stay(
                row.getUUID("uid"),
                ActorKey.of(row.getString("atespace"), row.getString("actor_id")),
                row.getLong("generation"));
    }
}
