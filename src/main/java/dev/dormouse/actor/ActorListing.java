package dev.dormouse.actor;

import dev.dormouse.actor.ActorStore.Page;
import dev.dormouse.actor.ActorStore.Query;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Database;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Pages of actors in the order of their keys. A page reads a bounded number of rows whatever the filter: where few match, it is
 * short and names the key to go on behind.
 */
final class ActorListing {

    static final int LARGEST_PAGE = 1000;
    /** Rows read for one page at most, beside those it returns. */
    private static final int SCAN = 1000;

    private static final Set<ActorStatus> AT_REST = EnumSet.of(ActorStatus.SUSPENDED, ActorStatus.PAUSED);

    /** Of very many that failed some are shown, and so many read. */
    private static final String FAILED = """
            select %s from (select * from actor where last_error is not null and atespace <> $2 limit %d) a
            order by a.updated_at desc limit $1""".formatted(ActorRow.columnsOf("a"), SCAN);

    private final Database database;

    ActorListing(Database database) {
        this.database = database;
    }

    Uni<Page> list(Query query) {
        Statement statement = new Statement(query);
        return database.run(statement.sql, Tuple.tuple(statement.parameters)).map(rows -> statement.page(rows));
    }

    /** Golden actors are the templates' matter. */
    Uni<List<Actor>> failed(int limit) {
        return database.run(FAILED, Tuple.of(limit, AtespaceName.GOLDEN.value()))
                .map(rows -> rows.stream().map(ActorRow::read).toList());
    }

    /** One of few shapes, by which filters are given: each is prepared once per connection. */
    static final class Statement {
        private final List<Object> parameters = new ArrayList<>();
        private final int limit;
        private final int scan;
        final String sql;

        Statement(Query query) {
            this.limit = Math.clamp(query.limit(), 1, LARGEST_PAGE);
            String filter = filter(query);
            // without a filter the first row behind the page is all there is to look at
            this.scan = filter.isEmpty() ? limit + 1 : Math.max(SCAN, limit + 1);
            boolean held = query.status() != null && !AT_REST.contains(query.status());
            String source = held ? heldByWorkers(query) : inOrder(query);
            this.sql = filter.isEmpty()
                    ? "select %s, false from (%s) a".formatted(ActorRow.columnsOf("a"), source)
                    : matching(filter, source);
        }

        private String inOrder(Query query) {
            return "select a.* from actor a where " + keyRange("a.atespace", "a.id", query)
                    + templateRange(query.template()) + " order by a.atespace, a.id limit " + parameter(scan);
        }

        /** Matches first, then the last row looked at, if there may be more behind it. */
        private String matching(String filter, String source) {
            return """
                    with s as materialized (%s)
                    select * from (select %s, false from s a where true%s order by a.atespace, a.id limit %s) p
                    union all
                    select * from (select %s, true from s a where (select count(*) from s) = %s
                                   order by a.atespace desc, a.id desc limit 1) e""".formatted(
                            source,
                            ActorRow.columnsOf("a"),
                            filter,
                            parameter(limit + 1),
                            ActorRow.columnsOf("a"),
                            parameter(scan));
        }

        private String keyRange(String atespace, String id, Query query) {
            ActorKey after = query.after();
            if (query.atespace() != null) {
                String from = after == null || !after.atespace().equals(query.atespace())
                        ? ""
                        : after.id().value();
                return "%s = %s and %s > %s"
                        .formatted(atespace, parameter(query.atespace().value()), id, parameter(from));
            }
            return "(%s, %s) > (%s, %s)"
                    .formatted(
                            atespace,
                            id,
                            parameter(after == null ? "" : after.atespace().value()),
                            parameter(after == null ? "" : after.id().value()));
        }

        private String templateRange(@Nullable TemplateRef template) {
            return template == null
                    ? ""
                    : " and a.template_namespace = %s and a.template_name = %s"
                            .formatted(parameter(template.namespace()), parameter(template.name()));
        }

        /** What is awake hangs on a worker, or on a promotion: far fewer rows than there are actors. */
        private String heldByWorkers(Query query) {
            String workers = "select w.atespace, w.actor_id from worker w where w.atespace is not null and "
                    + keyRange("w.atespace", "w.actor_id", query);
            String promotions = "select p.atespace, p.actor_id from promotion p where "
                    + keyRange("p.atespace", "p.actor_id", query);
            return """
                    select a.* from (select * from (%s union all %s) h order by 1, 2 limit %s) h
                    join actor a on a.atespace = h.atespace and a.id = h.actor_id""".formatted(workers, promotions, parameter(scan));
        }

        private String filter(Query query) {
            StringBuilder filter = new StringBuilder();
            if (query.status() != null) {
                filter.append(" and a.status = ")
                        .append(parameter(query.status().name()));
            }
            // the index finds the template of those at rest
            if (query.status() != null && !AT_REST.contains(query.status())) {
                filter.append(templateRange(query.template()));
            }
            if (!query.labels().isEmpty()) {
                JsonObject labels = new JsonObject();
                query.labels().forEach(labels::put);
                filter.append(" and a.labels @> ").append(parameter(labels));
            }
            return filter.toString();
        }

        private String parameter(Object value) {
            parameters.add(value);
            return "$" + parameters.size()
                    + (value instanceof Integer ? "::int" : value instanceof String ? "::text" : "::jsonb");
        }

        Page page(RowSet<Row> rows) {
            List<Actor> actors = new ArrayList<>(rows.size());
            // where the look for matches ended, if it ended before the rows did
            ActorKey end = null;
            for (Row row : rows) {
                if (row.getBoolean(row.size() - 1)) {
                    end = ActorRow.key(row);
                } else {
                    actors.add(ActorRow.read(row));
                }
            }
            if (actors.size() > limit) {
                return new Page(
                        List.copyOf(actors.subList(0, limit)),
                        actors.get(limit - 1).key());
            }
            return new Page(List.copyOf(actors), end);
        }
    }
}
