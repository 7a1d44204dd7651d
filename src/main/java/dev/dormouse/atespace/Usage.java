package dev.dormouse.atespace;

import dev.dormouse.name.ActorId;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Database;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was used, as the {@link Meter} added it up, with the snapshots that are there counted until now. */
@Singleton
public class Usage {

    private static final BigDecimal MICROS_PER_SECOND = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);
    private static final int DECIMALS = 6;

    /** What a line is of; each is part of the one before. */
    enum By {
        ATESPACE(1),
        TEMPLATE(3),
        ACTOR(4);

        private static final List<String> KEY = List.of("atespace", "template_namespace", "template_name", "actor_id");

        private final int width;

        By(int width) {
            this.width = width;
        }

        List<String> key() {
            return KEY.subList(0, width);
        }
    }

    /**
     * What to add up.
     *
     * @param from the beginning of an hour
     * @param to behind the last hour
     * @param after the key of the line to go on behind; null from the start
     * @param limit lines at most
     */
    record Query(
            By by,
            @Nullable AtespaceName atespace,
            @Nullable TemplateRef template,
            @Nullable ActorId actor,
            Instant from,
            Instant to,
            @Nullable List<String> after,
            int limit) {}

    /**
     * One line.
     *
     * @param key atespace, then the template's namespace and name and the actor's id, as far as lines are told apart by them
     * @param actorSeconds on workers
     * @param wakes that began
     * @param snapshotByteHours of durable snapshots
     */
    record Line(List<String> key, BigDecimal actorSeconds, long wakes, BigDecimal snapshotByteHours) {}

    /** @param meteredTo how far activations are counted */
    record Answer(Instant meteredTo, List<Line> lines) {}

    private final Database database;

    public Usage(Database database) {
        this.database = database;
    }

    /** Sums in the order of their keys. */
    Uni<Answer> read(Query query) {
        return database.run("select metered_to from usage_cursor", Tuple.tuple())
                .map(rows -> rows.iterator().next().getOffsetDateTime(0).toInstant())
                .chain(meteredTo -> lines(query).map(lines -> new Answer(meteredTo, lines)));
    }

    private Uni<List<Line>> lines(Query query) {
        Statement statement = new Statement(query);
        return database.run(statement.sql, statement.parameters)
                .map(rows ->
                        rows.stream().map(row -> line(row, query.by().width)).toList());
    }

    private static Line line(Row row, int width) {
        List<String> key = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            key.add(row.getString(i));
        }
        return new Line(
                List.copyOf(key),
                quotient(row.getBigDecimal(width), MICROS_PER_SECOND),
                row.getBigDecimal(width + 1).longValue(),
                quotient(row.getBigDecimal(width + 2), SECONDS_PER_HOUR));
    }

    private static BigDecimal quotient(BigDecimal amount, BigDecimal unit) {
        BigDecimal quotient =
                amount.divide(unit, DECIMALS, RoundingMode.HALF_UP).stripTrailingZeros();
        return quotient.scale() < 0 ? quotient.setScale(0) : quotient;
    }

    /** SQL with the conditions that there are, so that each finds its index. */
    private static final class Statement {

        private static final String PARTS = """
                select atespace, template_namespace, template_name, actor_id, actor_us, wakes, byte_seconds
                from usage_hour where hour >= $1::timestamptz and hour < $2::timestamptz
                union all
                select atespace, template_namespace, template_name, actor_id, 0, 0,
                       bytes * extract(epoch from least(until, $2::timestamptz) - greatest(since, $1::timestamptz))
                from snapshot_past where since < $2::timestamptz and until > $1::timestamptz
                union all
                select s.atespace, a.template_namespace, a.template_name, s.actor_id, 0, 0,
                       s.size_bytes * extract(epoch from least(now(), $2::timestamptz) - greatest(s.recorded_at, $1::timestamptz))
                from snapshot s join actor a on a.atespace = s.atespace and a.id = s.actor_id
                where s.node = '' and s.recorded_at < $2::timestamptz and now() > $1::timestamptz""";

        private final List<String> conditions = new ArrayList<>();
        private final Tuple parameters;
        private final String sql;

        Statement(Query query) {
            parameters = Tuple.of(time(query.from()), time(query.to()), query.limit());
            equal("atespace", query.atespace() == null ? null : query.atespace().value());
            equal(
                    "template_namespace",
                    query.template() == null ? null : query.template().namespace());
            equal(
                    "template_name",
                    query.template() == null ? null : query.template().name());
            equal("actor_id", query.actor() == null ? null : query.actor().value());
            String key = String.join(", ", query.by().key());
            if (query.after() != null) {
                List<String> places =
                        query.after().stream().map(this::parameter).toList();
                conditions.add("(%s) > (%s)".formatted(key, String.join(", ", places)));
            }
            sql = """
                    select %s, sum(actor_us)::numeric, sum(wakes)::numeric, sum(byte_seconds)::numeric from (%s) p
                    %s
                    group by %s order by %s limit $3::bigint""".formatted(
                    key, PARTS, conditions.isEmpty() ? "" : "where " + String.join(" and ", conditions), key, key);
        }

        private void equal(String column, @Nullable String value) {
            if (value != null) {
                conditions.add(column + " = " + parameter(value));
            }
        }

        private String parameter(String value) {
            parameters.addValue(value);
            return "$%d::text".formatted(parameters.size());
        }

        private static OffsetDateTime time(Instant instant) {
            return instant.atOffset(ZoneOffset.UTC);
        }
    }
}
