package dev.dormouse.atespace;

import static dev.dormouse.standalone.StoreDatabase.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.name.AtespaceName;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.standalone.StoreDatabase;
import io.smallrye.mutiny.Uni;
import java.time.InstantSource;
import java.util.List;
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
        atespaces = new Atespaces(database.sessions(AtespaceRow.class), InstantSource.system());
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
