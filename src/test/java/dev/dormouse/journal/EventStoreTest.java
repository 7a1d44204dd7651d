package dev.dormouse.journal;

import static dev.dormouse.standalone.StoreDatabase.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.name.ActorKey;
import dev.dormouse.standalone.StoreDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventStoreTest {

    private static final ActorKey KEY = ActorKey.of("default", "a");

    private StoreDatabase database;
    private EventStore events;

    @BeforeEach
    void open() {
        database = new StoreDatabase();
        events = new EventStore(database.sessions(EventRow.class));
    }

    @AfterEach
    void close() throws Exception {
        database.close();
    }

    private void write(String id, Instant at, String type) {
        database.sql("""
                insert into actor_event (at, atespace, actor_id, actor_uid, type, to_status, generation, phases)
                values ($1, 'default', $2, gen_random_uuid(), $3, 'RUNNING', 4, '{"restore": 61000}')""", at.atOffset(ZoneOffset.UTC), id, type);
    }

    private JournalPartitions partitions(Instant now) {
        return new JournalPartitions(database.vertx(), database.pool(), InstantSource.fixed(now), null);
    }

    @Test
    void eventsOfAnActorComeInPagesOldestFirst() {
        for (int i = 0; i < 5; i++) {
            write("a", Instant.now(), "E" + i);
            write("b", Instant.now(), "other");
        }

        EventStore.Page first = await(events.events(KEY, 0, 3));
        write("a", Instant.now(), "E5");
        EventStore.Page second = await(events.events(KEY, first.next(), 10));

        assertThat(first.events()).extracting(Event::type).containsExactly("E0", "E1", "E2");
        assertThat(second.events()).extracting(Event::type).containsExactly("E3", "E4", "E5");
        assertThat(second.next()).isNull();
        assertThat(first.events().getFirst().phases()).isEqualTo(Map.of("restore", 61000L));
        assertThat(first.events().getFirst().key()).isEqualTo(KEY);
        assertThat(first.events().getFirst().from()).isNull();
    }

    @Test
    void latestEventsComeNewestFirst() {
        write("a", Instant.now(), "first");
        write("b", Instant.now(), "second");
        write("a", Instant.now(), "third");

        assertThat(await(events.latest(2))).extracting(Event::type).containsExactly("third", "second");
    }

    @Test
    void eachDayHasItsPartitionAndEventsGoThere() {
        Instant now = Instant.now();

        await(partitions(now).maintain(Duration.ofDays(30)));
        write("a", now, "today");

        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        assertThat(days())
                .containsExactly(
                        "actor_event_day_" + today.toString().replace("-", ""),
                        "actor_event_day_" + today.plusDays(1).toString().replace("-", ""),
                        "actor_event_day_" + today.plusDays(2).toString().replace("-", ""),
                        "actor_event_day_" + today.plusDays(3).toString().replace("-", ""));
        assertThat(database.count("select count(*) from actor_event_default")).isZero();
        assertThat(await(events.events(KEY, 0, 10)).events()).hasSize(1);
    }

    @Test
    void maintainingTwiceIsTheSameAsOnce() {
        await(partitions(Instant.now()).maintain(Duration.ofDays(30)));
        List<String> once = days();

        await(partitions(Instant.now()).maintain(Duration.ofDays(30)));

        assertThat(days()).isEqualTo(once);
    }

    @Test
    void partitionsOlderThanTheRetentionAreDropped() {
        Instant then = Instant.now();
        await(partitions(then).maintain(Duration.ofDays(30)));
        write("a", then, "old");
        write("a", then.minus(Duration.ofDays(9)), "outside of any partition");
        Instant later = then.plus(Duration.ofDays(32));

        await(partitions(later).maintain(Duration.ofDays(30)));
        write("a", later, "new");

        assertThat(await(events.events(KEY, 0, 10)).events())
                .extracting(Event::type)
                .containsExactly("new");
    }

    @Test
    void aDayWhoseEventsFellOutsideDoesNotKeepTheOthersFromTheirPartitions() {
        write("a", Instant.now(), "before the first partition");

        partitions(Instant.now())
                .maintain(Duration.ofDays(30))
                .onFailure()
                .recoverWithNull()
                .await()
                .atMost(Duration.ofSeconds(30));

        assertThat(days()).hasSize(3);
        assertThat(await(events.events(KEY, 0, 10)).events()).hasSize(1);
    }

    private List<String> days() {
        return database
                .sql(
                        "select relname::text from pg_class where relname like 'actor\\_event\\_day\\_%' and relkind = 'r' order by 1")
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }
}
