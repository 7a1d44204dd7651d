package dev.dormouse.atespace;

import dev.dormouse.name.AtespaceName;
import dev.dormouse.platform.Database;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Refuses wakes that a quota wouldn't let through, before they take a worker or wait for one. The claim decides; this is to say no at once.
 * Which atespaces are limited is remembered for a second, so that all others are let through without a question.
 */
@Singleton
public class Quotas {

    private static final Logger LOG = Logger.getLogger(Quotas.class.getName());
    private static final Duration REMEMBERED = Duration.ofSeconds(1);

    private static final String LIMITED = """
            select name from atespace
            where quota_running_actors is not null or quota_snapshot_bytes is not null or quota_wakes_per_minute is not null""";

    private static final String LOOK =
            "select quota, most, used, retry_ms from room_for_wakes($1::text, 0) where quota is not null";

    private final Database database;
    private final QuotaMetrics metrics;
    private final AtomicLong readAt = new AtomicLong(System.nanoTime() - REMEMBERED.toNanos());
    private volatile Set<AtespaceName> limited = Set.of();

    public Quotas(Database database, QuotaMetrics metrics) {
        this.database = database;
        this.metrics = metrics;
    }

    /** Fails RESOURCE_EXHAUSTED when the atespace has no room for one more wake. */
    public Uni<Void> admitWake(AtespaceName atespace) {
        refresh();
        return limited.contains(atespace) ? look(atespace) : Uni.createFrom().voidItem();
    }

    private Uni<Void> look(AtespaceName atespace) {
        return database.run(LOOK, Tuple.of(atespace.value()))
                .invoke(rows -> {
                    for (Row row : rows) {
                        QuotaReached reached = QuotaReached.read(row, 0);
                        if (reached != null) {
                            metrics.refused(reached);
                            throw reached.failure(atespace);
                        }
                    }
                })
                .replaceWithVoid();
    }

    /** Beside the caller, who goes by what was read before. */
    private void refresh() {
        long last = readAt.get();
        long now = System.nanoTime();
        if (now - last >= REMEMBERED.toNanos() && readAt.compareAndSet(last, now)) {
            database.run(LIMITED, Tuple.tuple())
                    .map(Quotas::names)
                    .subscribe()
                    .with(
                            names -> limited = names,
                            failure -> LOG.log(Level.FINE, "which atespaces are limited is read again soon", failure));
        }
    }

    private static Set<AtespaceName> names(RowSet<Row> rows) {
        return rows.stream().map(row -> new AtespaceName(row.getString(0))).collect(Collectors.toUnmodifiableSet());
    }
}
