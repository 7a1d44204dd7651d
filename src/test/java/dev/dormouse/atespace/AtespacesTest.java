package dev.dormouse.atespace;

import static dev.dormouse.standalone.StoreDatabase.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.name.AtespaceName;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.standalone.StoreDatabase;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.SqlConnection;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AtespacesTest {

    private static StoreDatabase database;
    private static Atespaces atespaces;

    @BeforeAll
    static void open() {
        database = new StoreDatabase();
        atespaces = new Atespaces(database.sessions(AtespaceRow.class), database.database(), InstantSource.system());
    }

    @AfterAll
    static void close() throws Exception {
        database.close();
    }

    @Test
    void createdAtespaceIsFound() {
        Atespace created = await(atespaces.create(new AtespaceName("team-a")));

        assertThat(await(atespaces.get(new AtespaceName("team-a")))).isEqualTo(created);
    }

    @Test
    void ownerLabelsAndQuotasAreKeptAndMerged() {
        AtespaceName name = new AtespaceName("rich");
        var created = await(atespaces.create(
                name,
                new Atespaces.Merge(
                        " a@example.com ",
                        Map.of("tier", "gold", "old", "x"),
                        Map.of("actors", 3L, "snapshotBytes", 0L),
                        null)));
        Map<String, String> labels = new HashMap<>(Map.of("tier", "silver"));
        labels.put("old", null);
        Map<String, Long> quotas = new HashMap<>(Map.of("wakesPerMinute", 60L));
        quotas.put("actors", null);

        Atespace changed = await(atespaces.merge(name, new Atespaces.Merge(null, labels, quotas, 1L)));

        assertThat(created.owner()).isEqualTo("a@example.com");
        assertThat(created.quotas()).isEqualTo(Map.of(Quota.ACTORS, 3L, Quota.SNAPSHOT_BYTES, 0L));
        assertThat(changed.owner()).isEqualTo("a@example.com");
        assertThat(changed.labels()).isEqualTo(Map.of("tier", "silver"));
        assertThat(changed.quotas()).isEqualTo(Map.of(Quota.WAKES_PER_MINUTE, 60L, Quota.SNAPSHOT_BYTES, 0L));
        assertThat(changed.version()).isEqualTo(2);
        assertThat(await(atespaces.get(name))).isEqualTo(changed);
        assertThat(await(atespaces.merge(name, new Atespaces.Merge("", null, null, null)))
                        .owner())
                .isNull();
    }

    @Test
    void changesAtOnceAreAllKept() {
        AtespaceName name = new AtespaceName("busy");
        await(atespaces.create(name));

        await(Uni.join()
                .all(IntStream.range(0, 4)
                        .mapToObj(i ->
                                atespaces.merge(name, new Atespaces.Merge(null, Map.of("l" + i, "x"), null, null)))
                        .toList())
                .andFailFast());

        Atespace changed = await(atespaces.get(name));
        assertThat(changed.labels()).hasSize(4);
        assertThat(changed.version()).isEqualTo(5);
    }

    @Test
    void aChangeOfAnOlderVersionIsRefused() {
        AtespaceName name = new AtespaceName("old");
        await(atespaces.create(name));
        await(atespaces.merge(name, new Atespaces.Merge("one", null, null, 1L)));

        assertFails(
                Code.ABORTED,
                "concurrent update conflict, please retry",
                () -> await(atespaces.merge(name, new Atespaces.Merge("other", null, null, 1L))));
    }

    @Test
    void deletionWaitsForACreationUnderWay() throws Exception {
        AtespaceName name = new AtespaceName("filling");
        await(atespaces.create(name));
        SqlConnection creator = database.pool()
                .getConnection()
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        step(creator, "begin");
        step(creator, "select from atespace where name = 'filling' for key share");

        var deletion = atespaces.delete(name).subscribeAsCompletionStage();
        step(creator, """
                insert into actor (atespace, id, uid, template_namespace, template_name, status, version, generation, labels,
                                   worker_selector, created_at, updated_at)
                values ('filling', 'a', gen_random_uuid(), 'demo', 'counter', 'SUSPENDED', 1, 0, '{}', '{}', now(), now())""");
        Thread.sleep(200);
        step(creator, "commit");
        creator.close();

        assertThatThrownBy(() -> deletion.get(30, TimeUnit.SECONDS)).hasMessageContaining("is not empty");
    }

    private static void step(SqlConnection connection, String sql) throws Exception {
        connection
                .query(sql)
                .execute()
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }

    @Test
    void secondCreationIsRefused() {
        await(atespaces.create(new AtespaceName("twice")));

        assertFails(
                Code.ALREADY_EXISTS,
                "Atespace twice already exists",
                () -> await(atespaces.create(new AtespaceName("twice"))));
    }

    @Test
    void unknownAtespaceIsNotFound() {
        assertFails(
                Code.NOT_FOUND, "Atespace nobody not found", () -> await(atespaces.get(new AtespaceName("nobody"))));
        assertFails(
                Code.NOT_FOUND, "Atespace nobody not found", () -> await(atespaces.delete(new AtespaceName("nobody"))));
    }

    @Test
    void pagesFollowEachOtherByName() {
        List<AtespaceName> names = IntStream.range(0, 5)
                .mapToObj(i -> new AtespaceName("page-" + i))
                .toList();
        names.forEach(name -> await(atespaces.create(name)));

        List<Atespace> first = await(atespaces.list(new AtespaceName("page"), 3));
        List<Atespace> second = await(atespaces.list(first.getLast().name(), 2));

        assertThat(first).extracting(Atespace::name).isEqualTo(names.subList(0, 3));
        assertThat(second).extracting(Atespace::name).isEqualTo(names.subList(3, 5));
    }

    @Test
    void emptyAtespaceIsRemoved() {
        AtespaceName name = new AtespaceName("empty");
        await(atespaces.create(name));

        await(atespaces.delete(name));

        assertFails(Code.NOT_FOUND, "Atespace empty not found", () -> await(atespaces.get(name)));
    }

    @Test
    void atespaceWithAnActorStays() {
        AtespaceName name = new AtespaceName("full");
        await(atespaces.create(name));
        database.sql("""
                insert into actor (atespace, id, uid, template_namespace, template_name, status, version, generation, labels,
                                   worker_selector, created_at, updated_at)
                values ('full', 'a', gen_random_uuid(), 'demo', 'counter', 'SUSPENDED', 1, 0, '{}', '{}', now(), now())""");

        assertFails(Code.FAILED_PRECONDITION, "Atespace full is not empty", () -> await(atespaces.delete(name)));

        assertThat(await(atespaces.get(name)).name()).isEqualTo(name);
    }

    @Test
    void defaultAndGoldenCannotBeDeleted() {
        assertFails(
                Code.FAILED_PRECONDITION,
                "Atespace default always exists and can't be deleted",
                () -> await(atespaces.delete(AtespaceName.DEFAULT)));
        assertFails(
                Code.FAILED_PRECONDITION,
                "Atespace ate-golden always exists and can't be deleted",
                () -> await(atespaces.delete(AtespaceName.GOLDEN)));
    }

    @Test
    void manyCallersAtOnceGetOneAtespace() {
        List<Uni<Atespace>> creations = IntStream.range(0, 20)
                .mapToObj(i -> atespaces.create(new AtespaceName("rush")))
                .toList();

        Uni<Long> created = Uni.join()
                .all(creations.stream()
                        .map(creation -> creation.replaceWith(1L)
                                .onFailure(Failure.class)
                                .recoverWithItem(0L))
                        .toList())
                .andFailFast()
                .map(each -> each.stream().mapToLong(Long::longValue).sum());

        assertThat(await(created)).isOne();
    }

    private static void assertFails(Code code, String detail, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.code()).isEqualTo(code);
            assertThat(failure.detail()).isEqualTo(detail);
        });
    }
}
