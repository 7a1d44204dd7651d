package dev.dormouse.standalone;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.standalone.ManifestObject.Key;
import dev.dormouse.standalone.ManifestResult.Outcome;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The table {@code manifest}: the truth of what is declared. Each change is one transaction, and they follow one another. */
final class ManifestTable {

    private static final Duration LIMIT = Duration.ofSeconds(15);
    // writers only: rules that look at several objects hold under concurrent changes
    private static final String ONE_AT_A_TIME = "lock table manifest in share row exclusive mode";
    private static final String SELECT = "select " + ManifestRow.COLUMNS + " from manifest ";
    private static final String ACTORS_OF_TEMPLATE = """
            select count(*) from actor
            where template_namespace = $1 and template_name = $2 and atespace <> 'ate-golden'""";

    private final Pool pool;

    ManifestTable(Pool pool) {
        this.pool = pool;
    }

    /** All but Secrets. */
    Uni<List<ManifestRow>> all() {
        return limited(pool.preparedQuery(SELECT + "where kind <> 'Secret' order by kind, namespace, name")
                .execute()
                .map(ManifestTable::rows));
    }

    /** Applies all objects or, failing with {@link ManifestException}, none. */
    Uni<List<ManifestResult>> apply(String source, List<ManifestObject> objects) {
        return transaction(connection -> connection
                .preparedQuery(SELECT)
                .execute()
                .map(ManifestTable::rows)
                .chain(present -> {
                    try {
                        return carryOut(connection, source, ManifestChange.plan(objects, byKey(present)));
                    } catch (ManifestException e) {
                        return Uni.createFrom().failure(e);
                    }
                }));
    }

    /** Fails NOT_FOUND; FAILED_PRECONDITION while actors use the template. */
    Uni<ManifestResult> delete(Key key) {
        return transaction(connection -> remove(connection, key));
    }

    /** What became of the objects that a source no longer declares. */
    record Pruned(List<ManifestResult> deleted, List<String> refused) {}

    /** Deletes what came from {@code source} and is not among {@code keep}; templates with actors stay. */
    Uni<Pruned> prune(String source, Set<Key> keep) {
        return transaction(connection -> connection
                .preparedQuery(SELECT + "where source = $1")
                .execute(Tuple.of(source))
                .chain(rows -> {
                    List<ManifestResult> deleted = new ArrayList<>();
                    List<String> refused = new ArrayList<>();
                    List<Key> gone = rows(rows).stream()
                            .map(ManifestRow::key)
                            .filter(key -> !keep.contains(key))
                            .toList();
                    return Multi.createFrom()
                            .iterable(gone)
                            .onItem()
                            .transformToUniAndConcatenate(key -> remove(connection, key)
                                    .invoke(deleted::add)
                                    .onFailure(Failure.class)
                                    .recoverWithItem(refusal -> {
                                        refused.add(refusal.getMessage());
                                        return null;
                                    }))
                            .collect()
                            .asList()
                            .replaceWith(new Pruned(deleted, refused));
                }));
    }

    /** Sources of the form {@code file:…} that declare something. */
    Uni<Set<String>> fileSources() {
        return limited(pool.preparedQuery("select distinct source from manifest where source like 'file:%'")
                .execute()
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(row -> row.getString(0))
                        .collect(Collectors.toSet())));
    }

    /** @return false unless the row is still of that uid and version */
    Uni<Boolean> status(Key key, UUID uid, long version, String status, @Nullable String golden) {
        return limited(pool.preparedQuery("""
                        update manifest set status = $4::text::json, golden = $5::text::json, version = version + 1
                        where kind = $1 and namespace = $2 and name = $3 and uid = $6 and version = $7""")
                .execute(Tuple.tuple()
                        .addValue(key.kind().kind())
                        .addValue(key.namespace())
                        .addValue(key.name())
                        .addValue(status)
                        .addValue(golden)
                        .addValue(uid)
                        .addValue(version))
                .map(rows -> rows.rowCount() == 1));
    }

    /** Of any version; a row that is gone is no error. */
    Uni<Void> status(Key key, String status) {
        return limited(pool.preparedQuery("""
                        update manifest set status = $4::text::json, version = version + 1
                        where kind = $1 and namespace = $2 and name = $3""")
                .execute(Tuple.of(key.kind().kind(), key.namespace(), key.name(), status))
                .replaceWithVoid());
    }

    /** The spec of one object as JSON. */
    Uni<Optional<String>> spec(Key key) {
        return limited(
                pool.preparedQuery("select spec::text from manifest where kind = $1 and namespace = $2 and name = $3")
                        .execute(Tuple.of(key.kind().kind(), key.namespace(), key.name()))
                        .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                                .map(row -> row.getString(0))
                                .findFirst()));
    }

    private Uni<List<ManifestResult>> carryOut(SqlConnection connection, String source, List<ManifestChange> changes) {
        return Multi.createFrom()
                .iterable(changes)
                .onItem()
                .transformToUniAndConcatenate(change -> write(connection, source, change)
                        .replaceWith(ManifestResult.of(change.object().key(), change.outcome())))
                .collect()
                .asList();
    }

    private static Uni<Void> write(SqlConnection connection, String source, ManifestChange change) {
        ManifestRow present = change.present();
        if (change.outcome() == Outcome.UNCHANGED && present != null && source.equals(present.source())) {
            return Uni.createFrom().voidItem();
        }
        Key key = change.object().key();
        return connection
                .preparedQuery("""
                        insert into manifest as m (kind, namespace, name, source, labels, annotations, spec)
                        values ($1, $2, $3, $4, $5::text::json, $6::text::json, $7::text::json)
                        on conflict (kind, namespace, name) do update set
                            source = excluded.source, labels = excluded.labels, annotations = excluded.annotations,
                            spec = excluded.spec, version = m.version + 1,
                            generation = m.generation + case when $8 then 1 else 0 end""")
                .execute(Tuple.tuple()
                        .addValue(key.kind().kind())
                        .addValue(key.namespace())
                        .addValue(key.name())
                        .addValue(source)
                        .addValue(change.labels())
                        .addValue(change.annotations())
                        .addValue(change.spec())
                        .addValue(change.newSpec()))
                .replaceWithVoid();
    }

    private static Uni<ManifestResult> remove(SqlConnection connection, Key key) {
        return refuseUsed(connection, key)
                .chain(() -> connection
                        .preparedQuery("delete from manifest where kind = $1 and namespace = $2 and name = $3")
                        .execute(Tuple.of(key.kind().kind(), key.namespace(), key.name())))
                .map(rows -> {
                    if (rows.rowCount() == 0) {
                        throw new Failure(Code.NOT_FOUND, key + " not found");
                    }
                    return ManifestResult.of(key, Outcome.DELETED);
                });
    }

    private static Uni<Void> refuseUsed(SqlConnection connection, Key key) {
        if (key.kind() != ManifestKind.ACTOR_TEMPLATE) {
            return Uni.createFrom().voidItem();
        }
        return connection
                .preparedQuery(ACTORS_OF_TEMPLATE)
                .execute(Tuple.of(key.namespace(), key.name()))
                .invoke(rows -> {
                    long actors = rows.iterator().next().getLong(0);
                    if (actors > 0) {
                        throw new Failure(
                                Code.FAILED_PRECONDITION,
                                "%s is used by %d actor%s; delete %s first"
                                        .formatted(key, actors, actors == 1 ? "" : "s", actors == 1 ? "it" : "them"));
                    }
                })
                .replaceWithVoid();
    }

    private <T> Uni<T> transaction(Function<SqlConnection, Uni<T>> work) {
        return limited(pool.withTransaction(
                connection -> connection.query(ONE_AT_A_TIME).execute().chain(() -> work.apply(connection))));
    }

    private static <T> Uni<T> limited(Uni<T> work) {
        return work.ifNoItem()
                .after(LIMIT)
                .failWith(() -> new Failure(
                        Code.UNAVAILABLE, "the database does not answer; try again", Duration.ofSeconds(1), null));
    }

    private static List<ManifestRow> rows(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(ManifestRow::of)
                .toList();
    }

    private static Map<Key, ManifestRow> byKey(List<ManifestRow> rows) {
        return rows.stream().collect(Collectors.toMap(ManifestRow::key, Function.identity()));
    }
}
