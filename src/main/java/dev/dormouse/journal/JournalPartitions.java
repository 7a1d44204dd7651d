package dev.dormouse.journal;

import dev.dormouse.platform.DormouseConfig;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A partition of the journal for each day (UTC): made some days ahead, dropped when older than the retention. Both need the table for
 * an instant; when it is in use they give way and try again at the next round.
 */
@Singleton
public class JournalPartitions {

    private static final Logger LOG = Logger.getLogger(JournalPartitions.class.getName());
    private static final Duration ROUND = Duration.ofHours(1);
    private static final int DAYS_AHEAD = 3;
    private static final String PREFIX = "actor_event_day_";
    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;
    /** Wakes write to the journal: they must not queue up behind us for longer. */
    private static final String LOCK_LIMIT = "set local lock_timeout = '500ms'";

    private final Vertx vertx;
    private final Pool pool;
    private final InstantSource clock;
    private final DormouseConfig config;

    public JournalPartitions(Vertx vertx, Pool pool, InstantSource clock, DormouseConfig config) {
        this.vertx = vertx;
        this.pool = pool;
        this.clock = clock;
        this.config = config;
    }

    void start(@Observes StartupEvent started) {
        if (config.role() == DormouseConfig.Role.SERVER) {
            round();
            vertx.setPeriodic(ROUND.toMillis(), timer -> round());
        }
    }

    private void round() {
        maintain(config.journal().retention())
                .subscribe()
                .with(
                        done -> LOG.fine("the journal's partitions are up to date"),
                        failure -> LOG.log(
                                Level.WARNING, "the journal's partitions are kept up at the next round", failure));
    }

    /** Makes what is missing, drops what is too old. */
    Uni<Void> maintain(Duration retention) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        LocalDate oldest = today.minusDays(Math.max(1, retention.toDays()));
        return existing().chain(days -> {
            List<Uni<Void>> steps = new ArrayList<>();
            today.datesUntil(today.plusDays(DAYS_AHEAD + 1L))
                    .filter(day -> !days.contains(day))
                    .forEach(day -> steps.add(alone(create(day))));
            days.stream()
                    .filter(day -> day.isBefore(oldest))
                    .forEach(day -> steps.add(alone("drop table if exists " + table(day))));
            // what fell outside of all partitions ages as well
            steps.add(alone("delete from actor_event_default where at < '%sT00:00Z'".formatted(oldest)));
            return Uni.join()
                    .all(steps)
                    .usingConcurrencyOf(1)
                    .andCollectFailures()
                    .replaceWithVoid();
        });
    }

    private Uni<List<LocalDate>> existing() {
        String children = "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
                + " where i.inhparent = 'actor_event'::regclass";
        return Uni.createFrom()
                .completionStage(() -> pool.query(children).execute().toCompletionStage())
                .map(rows -> {
                    List<LocalDate> days = new ArrayList<>();
                    for (Row row : rows) {
                        String name = row.getString(0);
                        if (name.startsWith(PREFIX)) {
                            days.add(LocalDate.parse(name.substring(PREFIX.length()), DAY));
                        }
                    }
                    return days;
                });
    }

    /** In a transaction of its own: one that has to give way doesn't take the others along. */
    private Uni<Void> alone(String statement) {
        return Uni.createFrom()
                .completionStage(() -> pool.withTransaction(connection ->
                                step(connection, LOCK_LIMIT).compose(limited -> step(connection, statement)))
                        .toCompletionStage())
                .replaceWithVoid();
    }

    private static io.vertx.core.Future<Void> step(SqlConnection connection, String statement) {
        return connection.query(statement).execute().mapEmpty();
    }

    private static String create(LocalDate day) {
        return "create table if not exists %s partition of actor_event for values from ('%sT00:00Z') to ('%sT00:00Z')"
                .formatted(table(day), day, day.plusDays(1));
    }

    private static String table(LocalDate day) {
        return PREFIX + DAY.format(day);
    }
}
