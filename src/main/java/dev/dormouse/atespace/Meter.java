package dev.dormouse.atespace;

import dev.dormouse.platform.DormouseConfig;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Adds up what actors used, from the journal, once a minute. A round is one transaction that moves the cursor as well: whatever dies in
 * between, each event counts once. Of several replicas the one that gets the cursor meters; it makes no difference which.
 */
@Singleton
public class Meter {

    private static final Logger LOG = Logger.getLogger(Meter.class.getName());
    private static final Duration ROUND = Duration.ofMinutes(1);
    /**
     * Events get their numbers before they are committed, so younger ones may still come in between. A statement ends after 30 s.
     */
    private static final Duration SETTLED = Duration.ofMinutes(1);

    private static final int AT_ONCE = 10_000;

    private static final String CURSOR = "select seq from usage_cursor for update skip locked";

    private final Vertx vertx;
    private final Pool pool;
    private final DormouseConfig.Role role;
    private final Duration retention;
    private final Duration settled;
    private final int atOnce;

    @Inject
    Meter(Vertx vertx, Pool pool, DormouseConfig config) {
        this(vertx, pool, config.role(), config.usage().retention(), SETTLED, AT_ONCE);
    }

    /**
     * @param settled events of this age are all there
     * @param atOnce events and snapshots in one round at most
     */
    Meter(Vertx vertx, Pool pool, DormouseConfig.Role role, Duration retention, Duration settled, int atOnce) {
        this.vertx = vertx;
        this.pool = pool;
        this.role = role;
        this.retention = retention;
        this.settled = settled;
        this.atOnce = atOnce;
    }

    void start(@Observes StartupEvent started) {
        if (role == DormouseConfig.Role.SERVER) {
            vertx.setPeriodic(1, ROUND.toMillis(), timer -> round());
        }
    }

    private void round() {
        meter().subscribe()
                .with(
                        more -> {
                            if (more) {
                                round();
                            }
                        },
                        failure -> LOG.log(Level.WARNING, "usage is metered at the next round", failure));
    }

    /** One round; gives whether there is more to do at once. */
    Uni<Boolean> meter() {
        return Uni.createFrom()
                .completionStage(() -> pool.withTransaction(connection -> run(connection, CURSOR, Tuple.tuple())
                                .compose(cursor -> cursor.size() == 0
                                        ? Future.succeededFuture(false)
                                        : goOn(
                                                connection,
                                                cursor.iterator().next().getLong(0))))
                        .toCompletionStage());
    }

    private Future<Boolean> goOn(SqlConnection connection, long from) {
        return run(connection, MeterStatements.BOUND, Tuple.of(from, settled.toMillis(), atOnce))
                .map(rows -> rows.iterator().next())
                .compose(bound -> addUp(connection, from, bound).map(!bound.getBoolean("caught_up")));
    }

    private Future<Void> addUp(SqlConnection connection, long from, Row bound) {
        Tuple events = Tuple.of(from, bound.getLong("upto"));
        Tuple now = Tuple.of(bound.getOffsetDateTime("metered_to"));
        return run(connection, MeterStatements.BEGUN, events)
                .compose(begun -> run(connection, MeterStatements.ENDED, events))
                // beyond what was read an activation may have ended already
                .compose(ended -> bound.getBoolean("caught_up")
                        ? run(connection, MeterStatements.GONE_ON, now)
                        : Future.succeededFuture(ended))
                .compose(goneOn -> run(connection, MeterStatements.SNAPSHOTS, Tuple.of(atOnce, retention.toSeconds())))
                .compose(snapshots -> run(connection, MeterStatements.OLD, Tuple.of(retention.toSeconds())))
                .compose(old -> run(
                        connection,
                        MeterStatements.MOVED,
                        Tuple.of(bound.getLong("upto"), bound.getOffsetDateTime("metered_to"))))
                .mapEmpty();
    }

    private static Future<RowSet<Row>> run(SqlConnection connection, String sql, Tuple parameters) {
        return connection.preparedQuery(sql).execute(parameters);
    }
}
