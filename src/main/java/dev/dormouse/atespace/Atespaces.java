package dev.dormouse.atespace;

import dev.dormouse.name.AtespaceName;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Database;
import dev.dormouse.platform.Failure;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The tenant boundaries there are. Fails with {@link Failure}. */
@ApplicationScoped
public class Atespaces {

    private static final Duration LIMIT = Duration.ofSeconds(15);

    private static final String INSERT =
            "insert into atespace (name) values ($1) on conflict do nothing returning name, uid, created_at";
    private static final String FIND = "select name, uid, created_at from atespace where name = $1";
    private static final String LIST =
            "select name, uid, created_at from atespace where name > $1 order by name limit $2";
    private static final String LOCK = "select name from atespace where name = $1 for update";
    private static final String DELETE =
            "delete from atespace where name = $1 and not exists (select from actor where atespace = $1)";

    private final Database database;
    private final Pool pool;

    Atespaces(Database database, Pool pool) {
        this.database = database;
        this.pool = pool;
    }

    /** Fails ALREADY_EXISTS. */
    public Uni<Atespace> create(AtespaceName name) {
        return database.run(INSERT, Tuple.of(name.value())).map(rows -> {
            if (rows.size() == 0) {
                throw new Failure(Code.ALREADY_EXISTS, "Atespace " + name + " already exists");
            }
            return read(rows.iterator().next());
        });
    }

    /** Fails NOT_FOUND. */
    public Uni<Atespace> get(AtespaceName name) {
        return database.run(FIND, Tuple.of(name.value())).map(rows -> {
            if (rows.size() == 0) {
                throw notFound(name);
            }
            return read(rows.iterator().next());
        });
    }

    /**
     * Some atespaces in the order of their names.
     *
     * @param after the name to go on behind; null from the start
     */
    public Uni<List<Atespace>> list(@Nullable AtespaceName after, int limit) {
        return database.run(LIST, Tuple.of(after == null ? "" : after.value(), limit))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(Atespaces::read)
                        .toList());
    }

    /** Fails NOT_FOUND; FAILED_PRECONDITION when it holds actors or is one of those that always exist. */
    public Uni<Void> delete(AtespaceName name) {
        if (name.equals(AtespaceName.DEFAULT) || name.equals(AtespaceName.GOLDEN)) {
            throw new Failure(Code.FAILED_PRECONDITION, "Atespace " + name + " always exists and can't be deleted");
        }
        return Uni.createFrom()
                .completionStage(() -> pool.withTransaction(connection -> delete(connection, name))
                        .toCompletionStage())
                .ifNoItem()
                .after(LIMIT)
                .fail();
    }

    private static Future<@Nullable Void> delete(SqlConnection connection, AtespaceName name) {
        Tuple parameters = Tuple.of(name.value());
        // creating an actor shares a lock of this row: after ours, the delete sees every actor there is and no new one
        // comes
        return connection
                .preparedQuery(LOCK)
                .execute(parameters)
                .compose(locked -> locked.size() == 0
                        ? Future.failedFuture(notFound(name))
                        : connection.preparedQuery(DELETE).execute(parameters))
                .compose(deleted ->
                        deleted.rowCount() == 1 ? Future.succeededFuture() : Future.failedFuture(notEmpty(name)));
    }

    private static Atespace read(Row row) {
        return new Atespace(
                new AtespaceName(row.getString("name")),
                row.getUUID("uid"),
                row.get(OffsetDateTime.class, "created_at").toInstant());
    }

    private static Failure notFound(AtespaceName name) {
        return new Failure(Code.NOT_FOUND, "Atespace " + name + " not found");
    }

    private static Failure notEmpty(AtespaceName name) {
        return new Failure(Code.FAILED_PRECONDITION, "Atespace " + name + " is not empty");
    }
}
