package dev.dormouse.actor;

import io.vertx.sqlclient.Tuple;
import java.lang.reflect.Array;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A statement over a set of calls: each column of the calls is one array parameter, and the SQL sees them as the table {@code b}.
 *
 * @param <C> a call
 */
final class SetStatement<C> {

    /** Column types, with the class whose arrays the database client takes for them. */
    enum Type {
        TEXT("text", String.class),
        UUIDS("uuid", UUID.class),
        BIGINT("bigint", Long.class),
        BOOLEAN("boolean", Boolean.class),
        TIME("timestamptz", OffsetDateTime.class),
        /** Given as text: one parse in the server, none in the client. */
        JSON("jsonb", String.class);

        private final String sql;
        private final Class<?> element;

        Type(String sql, Class<?> element) {
            this.sql = sql;
            this.element = element;
        }
    }

    private record Column<C>(String name, Type type, Function<C, @Nullable Object> value) {}

    /** Collects the columns, then the SQL that uses them. */
    static final class Builder<C> {
        private final List<Column<C>> columns = new ArrayList<>();

        Builder<C> column(String name, Type type, Function<C, @Nullable Object> value) {
            columns.add(new Column<>(name, type, value));
            return this;
        }

        /** @param body goes behind {@code with b as (…), } */
        SetStatement<C> sql(String body) {
            return new SetStatement<>(List.copyOf(columns), body);
        }
    }

    private final List<Column<C>> columns;
    private final String sql;

    private SetStatement(List<Column<C>> columns, String body) {
        this.columns = columns;
        this.sql = "with b as (select %s from unnest(%s) as u(%s)),\n%s".formatted(selected(), arrays(), names(), body);
    }

    String sql() {
        return sql;
    }

    /** The calls' values, column by column. */
    Tuple parameters(List<C> calls) {
        Tuple tuple = Tuple.tuple(new ArrayList<>(columns.size()));
        for (Column<C> column : columns) {
            Object array = Array.newInstance(column.type().element, calls.size());
            for (int i = 0; i < calls.size(); i++) {
                Array.set(array, i, column.value().apply(calls.get(i)));
            }
            tuple.addValue(array);
        }
        return tuple;
    }

    private String selected() {
        return joined(c -> c.type() == Type.JSON ? c.name() + "::jsonb as " + c.name() : c.name());
    }

    private String names() {
        return joined(Column::name);
    }

    private String arrays() {
        List<String> arrays = new ArrayList<>();
        for (Column<C> column : columns) {
            String type = column.type() == Type.JSON ? Type.TEXT.sql : column.type().sql;
            arrays.add("$%d::%s[]".formatted(arrays.size() + 1, type));
        }
        return String.join(", ", arrays);
    }

    private String joined(Function<Column<C>, String> part) {
        return String.join(", ", columns.stream().map(part).toList());
    }
}
