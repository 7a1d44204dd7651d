package dev.dormouse.platform;

import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/** Runs native statements, each a transaction of its own, with a time limit; tells what of their failures a caller may see. */
@Singleton
public class Database {

    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Duration BEFORE_RETRY = Duration.ofMillis(2);
    private static final Duration LONGEST_BEFORE_RETRY = Duration.ofMillis(100);
    private static final int RETRIES = 8;
    /** Serialization failure and deadlock: the statement was rolled back whole and may simply run again. */
    private static final Set<String> ROLLED_BACK = Set.of("40001", "40P01");

    private final Pool pool;

    public Database(Pool pool) {
        this.pool = pool;
    }

    /**
     * Runs a statement. Fails with {@link Failure} UNAVAILABLE when the database doesn't answer (whether it was carried out is then
     * unknown), with {@link PgException} when it refuses.
     */
    public Uni<RowSet<Row>> run(String sql, Tuple parameters) {
        Uni<RowSet<Row>> rows = Uni.createFrom()
                .completionStage(
                        () -> pool.preparedQuery(sql).execute(parameters).toCompletionStage())
                .onFailure(Database::rolledBack)
                .retry()
                .withBackOff(BEFORE_RETRY, LONGEST_BEFORE_RETRY)
                .atMost(RETRIES);
        return answered(rows, LIMIT);
    }

    /** The same within a time limit, and with {@link Failure} UNAVAILABLE for all that means that the database can't be reached. */
    static <T> Uni<T> answered(Uni<T> work, Duration limit) {
        return work.ifNoItem()
                .after(limit)
                .fail()
                .onFailure(Database::unreachable)
                .transform(cause -> new Failure(
                        Code.UNAVAILABLE, "the database does not answer; try again", Duration.ofSeconds(1), cause));
    }

    /** True for values the database can't take: wrong input of one call, which must not fail the others of its batch. */
    public static boolean refusedValue(Throwable failure) {
        return failure instanceof PgException e
                && e.getSqlState() != null
                && (e.getSqlState().startsWith("22") || e.getSqlState().startsWith("23"));
    }

    private static boolean rolledBack(Throwable failure) {
        return failure instanceof PgException e && ROLLED_BACK.contains(e.getSqlState());
    }

    private static boolean unreachable(Throwable failure) {
        return switch (failure) {
            case Failure known -> false;
            // 08: connection, 53: out of resources, 57: shut down, cancelled or starting
            case PgException e -> e.getSqlState() != null && e.getSqlState().matches("(08|53|57).*");
            case TimeoutException late -> true;
            case IOException broken -> true;
            // Vert.x: the connection closed while the statement was under way
            case io.vertx.core.VertxException closed -> true;
            // the connection closed before the statement was sent
            case NoStackTraceThrowable closed -> true;
            default -> false;
        };
    }
}
