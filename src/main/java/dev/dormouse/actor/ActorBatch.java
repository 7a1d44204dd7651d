package dev.dormouse.actor;

import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Batcher;
import dev.dormouse.platform.Database;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * One kind of statement over actors, run in batches. Rows are touched in the order of their keys, here and in every other statement
 * over several actors, so that two of them never wait for each other.
 *
 * @param <C> a call
 * @param <T> what is read from the row that answers it
 */
final class ActorBatch<C, T> {

    static final Comparator<ActorKey> ORDER = Comparator.comparing(ActorKey::atespace)
            .thenComparing(key -> key.id().value());

    private final Database database;
    private final SetStatement<C> statement;
    private final Function<C, ActorKey> key;
    private final Function<Row, T> read;
    private final BiConsumer<T, Row> changed;
    private final Batcher<C, Optional<T>> batcher;

    /**
     * @param claims what else, beside its actor, no other call of the batch may touch
     * @param changed told of each answer once it is committed
     */
    ActorBatch(
            Database database,
            Batcher.Limits limits,
            SetStatement<C> statement,
            Function<C, ActorKey> key,
            Function<C, List<?>> claims,
            Function<Row, T> read,
            BiConsumer<T, Row> changed) {
        this.database = database;
        this.statement = statement;
        this.key = key;
        this.read = read;
        this.changed = changed;
        this.batcher = new Batcher<>(limits, claims, Database::refusedValue, this::run);
    }

    /** The actor as the statement left it; empty when its condition did not hold. */
    Uni<Optional<T>> submit(C call) {
        return batcher.submit(call);
    }

    private Uni<List<Optional<T>>> run(List<C> calls) {
        List<C> ordered =
                calls.stream().sorted(Comparator.comparing(key, ORDER)).toList();
        return database.run(statement.sql(), statement.parameters(ordered)).map(rows -> {
            Map<ActorKey, T> answers = HashMap.newHashMap(rows.size());
            for (Row row : rows) {
                T answer = read.apply(row);
                answers.put(ActorRow.key(row), answer);
                changed.accept(answer, row);
            }
            return calls.stream()
                    .map(call -> Optional.ofNullable(answers.get(key.apply(call))))
                    .toList();
        });
    }
}
