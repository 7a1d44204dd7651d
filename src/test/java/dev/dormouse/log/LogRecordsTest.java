package dev.dormouse.log;

import static dev.dormouse.standalone.StoreDatabase.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.log.LogRecords.Segment;
import dev.dormouse.name.ActorKey;
import dev.dormouse.standalone.StoreDatabase;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogRecordsTest {

    private static final Instant AT = Instant.parse("2026-08-05T12:00:00.123456Z");
    private static final ActorKey KEY = ActorKey.of("default", "a");

    private final UUID ateom = UUID.randomUUID();
    private final UUID uid = UUID.randomUUID();
    private StoreDatabase database;
    private LogRecords records;

    @BeforeEach
    void open() {
        database = new StoreDatabase();
        records = new LogRecords(database.database(), 1000);
        insertActor(uid);
    }

    @AfterEach
    void close() throws Exception {
        database.close();
    }

    private void insertActor(UUID actorUid) {
        database.sql("""
                insert into actor (atespace, id, uid, template_namespace, template_name, status, version, generation, labels,
                                   worker_selector, worker_uid, created_at, updated_at)
                values ('default', 'a', $1, 'demo', 'counter', 'SUSPENDED', 1, 5, '{}', '{}', $2, now(), now())""", actorUid, ateom);
    }

    private LogSegment segment(long generation, int part) {
        UUID id = UUID.nameUUIDFromBytes((generation + "-" + part).getBytes());
        return new LogSegment(id, KEY, uid, generation, part, "file:///store");
    }

    private List<Segment> segments() {
        return await(records.after(KEY, 0, 0)).orElseThrow().segments();
    }

    private List<UUID> deleting() {
        return database.sql("select id from snapshot_deleting order by dropped_at, id").stream()
                .map(row -> row.getUUID(0))
                .toList();
    }

    @Test
    void whatANodeTellsOfASegmentIsFoundAndReplacedByWhatItTellsLater() {
        LogSegment first = segment(1, 0);
        assertThat(await(records.note(ateom, List.of(new LogNote(first, 1, 3, AT, 0, 50, true)))))
                .isEmpty();
        assertThat(segments()).containsExactly(new Segment(first.id(), first.uri(), 1, 0, 1, 3, AT, 0, ateom));

        await(records.note(ateom, List.of(new LogNote(first, 1, 8, AT, 8, 90, false))));
        await(records.note(ateom, List.of(new LogNote(first, 1, 8, AT, 8, 90, false))));

        assertThat(segments()).containsExactly(new Segment(first.id(), first.uri(), 1, 0, 1, 8, AT, 8, null));
    }

    @Test
    void onlySegmentsBehindThePlaceAreGiven() {
        await(records.note(
                ateom,
                List.of(
                        new LogNote(segment(1, 0), 1, 3, AT, 3, 50, false),
                        new LogNote(segment(2, 0), 1, 4, AT, 4, 50, false),
                        new LogNote(segment(2, 1), 5, 9, AT, 0, 50, true))));

        assertThat(await(records.after(KEY, 2, 4)).orElseThrow().segments())
                .extracting(Segment::part)
                .containsExactly(1);
        assertThat(await(records.after(KEY, 1, 3)).orElseThrow().segments()).hasSize(2);
        assertThat(await(records.after(KEY, 2, 9)).orElseThrow().segments())
                .as("the node has more, or will")
                .hasSize(1);
        var found = await(records.after(KEY, 0, 0)).orElseThrow();
        assertThat(found.generation()).isEqualTo(5);
        assertThat(found.asleep()).isTrue();
        assertThat(found.worker()).isEqualTo(ateom);
        assertThat(await(records.after(ActorKey.of("default", "nobody"), 0, 0))).isEmpty();
    }

    @Test
    void theOldestGoWhenAnActorHasTooMuch() {
        await(records.note(ateom, List.of(new LogNote(segment(1, 0), 1, 3, AT, 3, 600, false))));
        await(records.note(ateom, List.of(new LogNote(segment(2, 0), 1, 3, AT, 3, 600, false))));

        assertThat(segments()).extracting(Segment::generation).containsExactly(2L);
        assertThat(deleting()).containsExactly(segment(1, 0).id());
    }

    @Test
    void theSegmentsOfADeletedActorAreDeletedAndLaterOnesRefused() {
        await(records.note(ateom, List.of(new LogNote(segment(1, 0), 1, 3, AT, 3, 60, false))));
        database.sql("delete from actor where id = 'a'");

        assertThat(deleting()).containsExactly(segment(1, 0).id());
        assertThat(await(records.note(ateom, List.of(new LogNote(segment(1, 1), 4, 5, AT, 5, 60, false)))))
                .containsExactly(segment(1, 1).id());
        assertThat(database.count("select count(*) from actor_log")).isZero();
    }

    @Test
    void anotherActorOfTheSameNameHasNothingOfIt() {
        await(records.note(ateom, List.of(new LogNote(segment(1, 0), 1, 3, AT, 3, 60, false))));
        database.sql("delete from actor where id = 'a'");
        insertActor(UUID.randomUUID());

        assertThat(await(records.note(ateom, List.of(new LogNote(segment(1, 0), 1, 3, AT, 3, 60, false)))))
                .hasSize(1);
        assertThat(segments()).isEmpty();
    }

    @Test
    void noSegmentOutlivesItsActorHoweverTheyMeet() throws Exception {
        for (int i = 1; i <= 20; i++) {
            int part = i;
            CompletableFuture<?> noting = CompletableFuture.runAsync(() ->
                    await(records.note(ateom, List.of(new LogNote(segment(part, 0), 1, 3, AT, 3, 60, false)))));
            CompletableFuture<?> deleting =
                    CompletableFuture.runAsync(() -> database.sql("delete from actor where id = 'a'"));
            CompletableFuture.allOf(noting, deleting).get();

            assertThat(database.count("select count(*) from actor_log")).isZero();
            insertActor(uid);
        }
    }
}
