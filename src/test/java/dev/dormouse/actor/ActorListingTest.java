package dev.dormouse.actor;

import static dev.dormouse.actor.StoreFixture.TEMPLATE;
import static dev.dormouse.actor.StoreFixture.await;
import static dev.dormouse.actor.StoreFixture.newActor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.actor.ActorStore.NewActor;
import dev.dormouse.actor.ActorStore.Page;
import dev.dormouse.actor.ActorStore.Query;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.TemplateRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ActorListingTest {

    private static final TemplateRef OTHER = new TemplateRef("demo", "other");

    private StoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = new StoreFixture();
        fixture.sql("insert into atespace (name) values ('a'), ('b')");
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private Actor create(String atespace, String id, TemplateRef template, Map<String, String> labels) {
        return await(
                fixture.store.create(new NewActor(ActorKey.of(atespace, id), template, labels, Map.of(), null, null)));
    }

    private static Query query(
            @Nullable String atespace,
            @Nullable ActorStatus status,
            @Nullable TemplateRef template,
            Map<String, String> labels,
            @Nullable ActorKey after,
            int limit) {
        return new Query(atespace == null ? null : new AtespaceName(atespace), status, template, labels, after, limit);
    }

    /** Follows the pages to the end. */
    private List<String> all(Query query) {
        List<String> keys = new ArrayList<>();
        Page page = await(fixture.store.list(query));
        page.actors().forEach(actor -> keys.add(actor.key().toString()));
        while (page.next() != null) {
            page = await(fixture.store.list(new Query(
                    query.atespace(), query.status(), query.template(), query.labels(), page.next(), query.limit())));
            page.actors().forEach(actor -> keys.add(actor.key().toString()));
        }
        return keys;
    }

    @Test
    void pagesFollowEachOtherByKeyOverAllPartitions() {
        IntStream.range(0, 25).forEach(i -> create(i % 2 == 0 ? "a" : "b", "n" + i, TEMPLATE, Map.of()));
        List<String> expected = IntStream.range(0, 25)
                .mapToObj(i -> (i % 2 == 0 ? "a" : "b") + "/n" + i)
                .sorted()
                .toList();

        assertThat(all(query(null, null, null, Map.of(), null, 4))).isEqualTo(expected);
        assertThat(all(query(null, null, null, Map.of(), null, 25))).isEqualTo(expected);
        assertThat(all(query("b", null, null, Map.of(), null, 5)))
                .isEqualTo(expected.stream().filter(key -> key.startsWith("b/")).toList());
        assertThat(await(fixture.store.list(query(null, null, null, Map.of(), null, 25)))
                        .next())
                .isNull();
    }

    @Test
    void actorsCreatedMeanwhileNeitherRepeatNorHideOthers() {
        IntStream.range(0, 10).forEach(i -> create("a", "m" + i, TEMPLATE, Map.of()));
        Page first = await(fixture.store.list(query(null, null, null, Map.of(), null, 5)));

        create("a", "a-before", TEMPLATE, Map.of());
        create("a", "m7-after", TEMPLATE, Map.of());
        Page rest = await(fixture.store.list(query(null, null, null, Map.of(), first.next(), 100)));

        assertThat(rest.actors())
                .extracting(actor -> actor.key().id().value())
                .containsExactly("m5", "m6", "m7", "m7-after", "m8", "m9");
    }

    @Test
    void filtersByTemplateAndLabels() {
        create("a", "one", TEMPLATE, Map.of("tier", "gold", "x", "1"));
        create("a", "two", OTHER, Map.of("tier", "gold"));
        create("b", "three", OTHER, Map.of("tier", "iron"));
        create("b", "four", OTHER, Map.of());

        assertThat(all(query(null, null, OTHER, Map.of(), null, 2))).containsExactly("a/two", "b/four", "b/three");
        assertThat(all(query(null, null, null, Map.of("tier", "gold"), null, 1)))
                .containsExactly("a/one", "a/two");
        assertThat(all(query("a", null, OTHER, Map.of("tier", "gold"), null, 10)))
                .containsExactly("a/two");
        assertThat(all(query(null, null, null, Map.of("tier", "gold", "x", "2"), null, 10)))
                .isEmpty();
    }

    @Test
    void filtersByStatus() {
        create("a", "asleep", TEMPLATE, Map.of());
        Actor running = fixture.running(create("a", "running", TEMPLATE, Map.of()), fixture.worker());
        Actor paused = fixture.paused(fixture.running(create("b", "paused", TEMPLATE, Map.of()), fixture.worker()));
        Actor uploading = fixture.paused(fixture.running(create("b", "uploading", OTHER, Map.of()), fixture.worker()));
        await(fixture.store.promote(uploading.key(), Cause.API, StoreFixture.OWNER, StoreFixture.LEASE));
        fixture.suspending(fixture.running(create("a", "suspending", OTHER, Map.of()), fixture.worker()));

        assertThat(all(query(null, ActorStatus.SUSPENDED, null, Map.of(), null, 10)))
                .containsExactly("a/asleep");
        assertThat(all(query(null, ActorStatus.RUNNING, null, Map.of(), null, 10)))
                .containsExactly(running.key().toString());
        assertThat(all(query(null, ActorStatus.PAUSED, null, Map.of(), null, 10)))
                .containsExactly(paused.key().toString());
        assertThat(all(query(null, ActorStatus.SUSPENDING, null, Map.of(), null, 1)))
                .containsExactly("a/suspending", "b/uploading");
        assertThat(all(query("b", ActorStatus.SUSPENDING, OTHER, Map.of(), null, 1)))
                .containsExactly("b/uploading");
        assertThat(all(query("a", ActorStatus.RUNNING, OTHER, Map.of(), null, 1)))
                .isEmpty();
    }

    @Test
    void aRareMatchIsFoundThroughShortPages() {
        fixture.sql("""
                insert into actor (atespace, id, uid, template_namespace, template_name, status, version, generation, labels,
                                   worker_selector, created_at, updated_at)
                select 'a', 'n' || lpad(i::text, 5, '0'), gen_random_uuid(), 'demo', 'counter', 'SUSPENDED', 1, 0, '{}', '{}', now(), now()
                from generate_series(1, 3500) i""");
        create("b", "needle", TEMPLATE, Map.of("needle", "yes"));

        Page first = await(fixture.store.list(query(null, null, null, Map.of("needle", "yes"), null, 10)));

        assertThat(first.actors()).isEmpty();
        assertThat(first.next()).isEqualTo(ActorKey.of("a", "n01000"));
        assertThat(all(query(null, null, null, Map.of("needle", "yes"), null, 10)))
                .containsExactly("b/needle");
        assertThat(all(query("a", null, null, Map.of(), null, 1000)))
                .hasSize(3500)
                .satisfies(keys -> assertThat(new HashSet<>(keys)).hasSize(3500));
    }

    @Test
    void nothingIsAnEmptyPage() {
        Page page = await(fixture.store.list(query("a", null, null, Map.of(), null, 10)));

        assertThat(page.actors()).isEmpty();
        assertThat(page.next()).isNull();
        await(fixture.store.create(newActor(ActorKey.of("a", "x"))));
        assertThat(all(query("b", null, null, Map.of(), null, 10))).isEmpty();
    }
}
