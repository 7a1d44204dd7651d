package dev.dormouse.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.name.AtespaceName;
import dev.dormouse.standalone.StoreDatabase;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Statements are planned once and their plans kept: none may read a whole table, in a new database or in a full one. */
class StatementPlansTest {

    private static StoreDatabase fresh;
    private static StoreDatabase filled;

    @BeforeAll
    static void open() {
        fresh = new StoreDatabase();
        filled = new StoreDatabase();
        filled.sql("""
                insert into actor (atespace, id, uid, template_namespace, template_name, status, version, generation, labels,
                                   worker_selector, created_at, updated_at)
                select 'default', 'a' || i, gen_random_uuid(), 'demo', 'counter', 'SUSPENDED', 1, 0, '{}', '{}', now(), now()
                from generate_series(1, 10000) i""");
        filled.sql("""
                insert into snapshot (atespace, actor_id, id, uri, scope, size_bytes, sandbox_class, sandbox_build, cpu, node, taken_at)
                select 'default', 'a' || i, gen_random_uuid(), 'file:/snapshots/' || i, 'FULL', 1, 'gvisor', 'build', 'cpu', '', now()
                from generate_series(1, 10000) i""");
        filled.sql("""
                insert into worker (uid, namespace, pool, pod, node, ip, ateom_id, address, state)
                select gen_random_uuid(), 'demo', 'pool', 'pod-' || i, 'node', '10.0.0.1', gen_random_uuid(), 'localhost:1', 'FREE'
                from generate_series(1, 300) i""");
        for (String table : List.of("actor", "snapshot", "worker")) {
            filled.sql("analyze " + table);
        }
    }

    @AfterAll
    static void close() throws Exception {
        fresh.close();
        filled.close();
    }

    static Stream<Named<SetStatement<?>>> statements() {
        return Stream.of(
                Named.of("create", RecordStatements.CREATE),
                Named.of("fork", RecordStatements.FORK),
                Named.of("find", RecordStatements.FIND),
                Named.of("patch", RecordStatements.PATCH),
                Named.of("delete", RecordStatements.DELETE),
                Named.of("claim", WakeStatements.CLAIM),
                Named.of("running", WakeStatements.RUNNING),
                Named.of("resume failed", WakeStatements.RESUME_FAILED),
                Named.of("fell", WakeStatements.FELL),
                Named.of("sleep", SleepStatements.SLEEP),
                Named.of("slept", SleepStatements.SLEPT),
                Named.of("sleep failed", SleepStatements.SLEEP_FAILED),
                Named.of("promote", SleepStatements.PROMOTE),
                Named.of("promoted", SleepStatements.PROMOTED),
                Named.of("snapshot taken", SleepStatements.TAKEN));
    }

    @ParameterizedTest
    @MethodSource("statements")
    void findsEachRowByItsKey(SetStatement<?> statement) {
        assertThat(wholeTables(fresh, statement)).as("in a new database").isEmpty();
        assertThat(wholeTables(filled, statement)).as("among sleeping actors").isEmpty();
    }

    static Stream<ActorStore.Query> lists() {
        return Stream.of(
                new ActorStore.Query(null, null, null, Map.of(), null, 100),
                new ActorStore.Query(AtespaceName.DEFAULT, null, null, Map.of(), null, 1000),
                new ActorStore.Query(null, ActorStatus.RUNNING, null, Map.of(), null, 100),
                new ActorStore.Query(null, ActorStatus.SUSPENDED, null, Map.of("a", "b"), null, 100));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void noListStartsOtherProcesses(ActorStore.Query query) {
        String sql = new ActorListing.Statement(query).sql;

        assertThat(plan(fresh, sql)).noneMatch(step -> step.contains("Gather"));
        assertThat(plan(filled, sql)).noneMatch(step -> step.contains("Gather"));
    }

    private static List<String> plan(StoreDatabase database, String sql) {
        // a plain query: the statement's parameters stay open
        List<String> plan = new ArrayList<>();
        StoreDatabase.await(Uni.createFrom()
                        .completionStage(() -> database.pool()
                                .query("explain (generic_plan, costs off) " + sql)
                                .execute()
                                .toCompletionStage()))
                .forEach(row -> plan.add(row.getString(0).strip()));
        assertThat(plan).as("the plan").isNotEmpty();
        return plan;
    }

    /** The steps of the plan that read all of a table. */
    private static List<String> wholeTables(StoreDatabase database, SetStatement<?> statement) {
        List<String> plan = plan(database, statement.sql());
        List<String> whole = new ArrayList<>();
        for (int line = 0; line < plan.size(); line++) {
            boolean unconditional =
                    line + 1 == plan.size() || !plan.get(line + 1).startsWith("Index Cond:");
            if (plan.get(line).matches(".*Seq Scan on .*|.*Materialize.*")
                    || (plan.get(line).matches(".*Index (Only )?Scan using .*") && unconditional)) {
                whole.add(plan.get(line));
            }
        }
        return whole;
    }
}
