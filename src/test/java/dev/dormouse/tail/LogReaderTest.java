package dev.dormouse.tail;

import static dev.dormouse.standalone.StoreDatabase.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.journal.ChangeFeed.ActorChange;
import dev.dormouse.journal.TestFeed;
import dev.dormouse.log.LogLine;
import dev.dormouse.log.LogLine.Stream;
import dev.dormouse.log.LogNote;
import dev.dormouse.log.LogRecords;
import dev.dormouse.log.LogSegment;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.platform.Failure;
import dev.dormouse.sim.SimulatedAteom;
import dev.dormouse.sim.SimulatedStorage;
import dev.dormouse.snapshot.SnapshotException;
import dev.dormouse.snapshot.SnapshotStores;
import dev.dormouse.snapshot.TestStores;
import dev.dormouse.snapshot.Verifier;
import dev.dormouse.standalone.StoreDatabase;
import dev.dormouse.worker.Ateoms;
import dev.dormouse.worker.TestWorkers;
import dev.dormouse.worker.Workers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {

    private static final ActorKey KEY = ActorKey.of("default", "a");
    private static final Instant NOON = Instant.parse("2026-08-05T12:00:00Z");
    private static final UUID WORKER = UUID.nameUUIDFromBytes("w1".getBytes(StandardCharsets.UTF_8));

    private static final LogQuery ALL = new LogQuery(false, LogQuery.ALL, Instant.MIN, "");
    private static final LogQuery FOLLOW = new LogQuery(true, LogQuery.ALL, Instant.MIN, "");

    @TempDir
    Path store;

    private final UUID uid = UUID.randomUUID();
    private final TestFeed feed = new TestFeed();
    private final Bell bell = new Bell(KEY);
    private final SimulatedAteom ateom =
            new SimulatedAteom("10.0.0.1:8081", "node-1", new SimulatedStorage(), List.of());
    private StoreDatabase database;
    private LogRecords records;
    private SnapshotStores stores;
    private LogSources sources;

    @BeforeEach
    void open() {
        database = new StoreDatabase();
        records = new LogRecords(database.database(), 1 << 20);
        stores = TestStores.with(new Verifier());
        Workers workers = new Workers(InstantSource.system());
        TestWorkers.put(workers, new PoolRef("demo", "pool"), "w1", null);
        sources = new LogSources(feed, records, stores, workers, new Ateoms(address -> ateom));
        feed.changes().subscribe().with(bell::hear);
        database.sql("""
                insert into actor (atespace, id, uid, template_namespace, template_name, status, version, generation, labels,
                                   worker_selector, worker_uid, created_at, updated_at)
                values ('default', 'a', $1, 'demo', 'counter', 'SUSPENDED', 1, 0, '{}', '{}', null, now(), now())""", uid);
    }

    @AfterEach
    void close() throws Exception {
        database.close();
    }

    /** The record changes, and whoever listens hears of it. */
    private void actorIs(String status, long generation) {
        database.sql(
                "update actor set status = $1, generation = $2, worker_uid = $3 where id = 'a'",
                status,
                generation,
                WORKER);
        feed.publish(new ActorChange(KEY, status, 1, generation, WORKER));
    }

    private static LogLine line(long seq, String text) {
        return new LogLine(seq, NOON.plusSeconds(seq), "main", Stream.STDOUT, text);
    }

    private static LogLine[] lines(String prefix, int from, int to) {
        List<LogLine> lines = new ArrayList<>();
        for (int seq = from; seq <= to; seq++) {
            lines.add(line(seq, prefix + seq));
        }
        return lines.toArray(LogLine[]::new);
    }

    private LogSegment segment(long generation, int part) {
        return new LogSegment(
                UUID.nameUUIDFromBytes((generation + "-" + part).getBytes(StandardCharsets.UTF_8)),
                KEY,
                uid,
                generation,
                part,
                "file://" + store);
    }

    /** A segment that the store has, all of it, or that a node goes on with. */
    private void stored(long generation, int part, boolean held, LogLine... lines) throws SnapshotException {
        LogSegment segment = segment(generation, part);
        StringBuilder text = new StringBuilder(segment.header()).append('\n');
        List.of(lines).forEach(line -> text.append(line.encode()).append('\n'));
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        stores.putLog(segment.uri(), bytes);
        LogLine last = lines[lines.length - 1];
        note(segment, lines[0].seq(), last, last.seq(), bytes.length, held);
    }

    private void note(LogSegment segment, long first, LogLine last, long stored, int bytes, boolean held) {
        await(records.note(WORKER, List.of(new LogNote(segment, first, last.seq(), last.at(), stored, bytes, held))));
    }

    private LogReader reader(LogQuery query) {
        return new LogReader(sources, KEY, query, bell);
    }

    private List<String> readAll(LogQuery query) {
        LogReader reader = reader(query);
        Tail tail = new Tail(query);
        List<String> texts = new ArrayList<>();
        LogReader.Batch batch;
        do {
            batch = await(reader.next());
            tail.pass(batch).forEach(entry -> texts.add(entry.text()));
        } while (!batch.last());
        return texts;
    }

    /** Reads on until there are so many lines. */
    private static List<String> read(LogReader reader, int count) {
        List<String> texts = new ArrayList<>();
        while (texts.size() < count) {
            await(reader.next()).entries().forEach(entry -> texts.add(entry.text()));
        }
        return texts;
    }

    @Test
    void anActorThatNeverRanPrintedNothing() {
        assertThat(readAll(ALL)).isEmpty();
    }

    @Test
    void thereIsNothingOfNobody() {
        LogReader reader = new LogReader(sources, ActorKey.of("default", "nobody"), ALL, bell);

        assertThatThrownBy(() -> await(reader.next()))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("not found");
    }

    @Test
    void storeAndNodeAreReadInTheOrderOfTheLines() throws Exception {
        stored(1, 0, false, lines("one ", 1, 2));
        stored(1, 1, false, lines("one ", 3, 3));
        stored(2, 0, true, lines("two ", 1, 2));
        ateom.logs().begin(KEY, 2);
        ateom.logs().print(KEY, 2, lines("two ", 1, 8));
        actorIs("RUNNING", 2);

        assertThat(readAll(ALL))
                .containsExactly(
                        "one 1", "one 2", "one 3", "two 1", "two 2", "two 3", "two 4", "two 5", "two 6", "two 7",
                        "two 8");
    }

    @Test
    void whatASleepingActorPrintedLastIsOnItsNodeStill() {
        ateom.logs().begin(KEY, 1);
        ateom.logs().print(KEY, 1, lines("", 1, 4));
        ateom.logs().end(KEY, 1);
        actorIs("SUSPENDED", 1);

        assertThat(readAll(ALL)).containsExactly("1", "2", "3", "4");
    }

    @Test
    void whoFollowsCrossesSleepAndWakeWithoutAGapOrADoubleLine() throws Exception {
        ateom.logs().begin(KEY, 1);
        ateom.logs().print(KEY, 1, lines("one ", 1, 2));
        actorIs("RUNNING", 1);
        LogReader reader = reader(FOLLOW);
        assertThat(read(reader, 2)).containsExactly("one 1", "one 2");

        ateom.logs().print(KEY, 1, lines("one ", 3, 3));
        ateom.logs().end(KEY, 1);
        actorIs("SUSPENDED", 1);
        assertThat(read(reader, 1)).containsExactly("one 3");
        stored(1, 0, false, lines("one ", 1, 3));
        ateom.logs().remove(KEY, 1);
        // it slept again before anybody looked
        actorIs("RESUMING", 2);
        stored(2, 0, false, lines("two ", 1, 1));
        actorIs("RESUMING", 3);
        CompletableFuture<List<String>> next = CompletableFuture.supplyAsync(() -> read(reader, 2));
        ateom.logs().begin(KEY, 3);
        actorIs("RUNNING", 3);
        ateom.logs().print(KEY, 3, lines("three ", 1, 1));

        assertThat(next.get(20, TimeUnit.SECONDS)).containsExactly("two 1", "three 1");
    }

    @Test
    void linesThatGoToTheStoreWhileSomebodyReadsAreNotMissed() throws Exception {
        note(segment(1, 0), 1, line(3, ""), 0, 50, true);
        actorIs("SUSPENDED", 1);
        LogReader reader = reader(ALL);
        await(reader.next());
        // planned to ask the node, which has just been rid of it
        stored(1, 0, false, lines("", 1, 3));

        assertThat(read(reader, 3)).containsExactly("1", "2", "3");
    }

    @Test
    void twoWhoFollowDontTakeEachOthersLines() {
        ateom.logs().begin(KEY, 1);
        actorIs("RUNNING", 1);
        LogReader one = reader(FOLLOW);
        LogReader other = new LogReader(sources, KEY, FOLLOW, new Bell(KEY));
        ateom.logs().print(KEY, 1, lines("", 1, 5));

        assertThat(read(one, 5)).isEqualTo(read(other, 5)).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void lostLinesHaveANoticeInTheirPlace() throws Exception {
        stored(1, 0, false, lines("", 4, 5));
        stored(1, 1, false, lines("", 8, 8));
        actorIs("SUSPENDED", 1);

        assertThat(readAll(ALL)).containsExactly("4", "5", "2 lines of activation 1 are lost", "8");
    }

    @Test
    void aSegmentThatCantBeReadHasANoticeAndTheNextIsGiven() throws Exception {
        stored(1, 0, false, lines("", 1, 2));
        stored(1, 1, false, lines("", 3, 3));
        actorIs("SUSPENDED", 1);
        stores.delete(segment(1, 0).uri());

        assertThat(readAll(ALL))
                .satisfiesExactly(
                        notice -> assertThat(notice)
                                .startsWith("lines 1 to 2 of activation 1 can't be read: there is no log"),
                        text -> assertThat(text).isEqualTo("3"));
    }

    @Test
    void aDamagedSegmentHasANoticeToo() throws Exception {
        stored(1, 0, false, lines("", 1, 200));
        actorIs("SUSPENDED", 1);
        Path file = store.resolve(
                "default/a/%s/lines.log.gz".formatted(segment(1, 0).id()));
        byte[] content = Files.readAllBytes(file);
        content[content.length - 6] ^= 1;
        Files.write(file, content);

        assertThat(readAll(ALL)).singleElement().asString().contains("can't be read: log", "is damaged");
    }

    @Test
    void aNodeThatDoesNotAnswerHasANotice() throws Exception {
        stored(1, 0, true, lines("", 1, 2));
        actorIs("SUSPENDED", 1);
        ateom.logs().deaf(true);

        assertThat(readAll(ALL))
                .containsExactly("1", "2", "what else activation 1 printed is on a node that does not answer");
    }

    @Test
    void aNodeThatIsBackSoonCostsAFollowerNothing() throws Exception {
        stored(1, 0, true, lines("", 1, 2));
        ateom.logs().begin(KEY, 1);
        ateom.logs().print(KEY, 1, lines("", 1, 3));
        ateom.logs().end(KEY, 1);
        actorIs("SUSPENDED", 1);
        ateom.logs().deaf(true);
        LogReader reader = reader(FOLLOW);
        assertThat(read(reader, 2)).containsExactly("1", "2");
        await(reader.next());
        ateom.logs().deaf(false);

        assertThat(read(reader, 1)).containsExactly("3");
    }

    @Test
    void theLastLinesAreCountedOverActivations() throws Exception {
        stored(1, 0, false, lines("one ", 1, 5));
        stored(2, 0, false, lines("two ", 1, 2));
        actorIs("SUSPENDED", 2);
        // what isn't wanted isn't fetched
        stores.delete(segment(1, 0).uri());

        assertThat(readAll(new LogQuery(false, 2, Instant.MIN, ""))).containsExactly("two 1", "two 2");
        assertThat(readAll(new LogQuery(false, 0, Instant.MIN, ""))).isEmpty();
    }

    @Test
    void linesAreChosenByTimeAndContainer() throws Exception {
        LogLine aside = new LogLine(4, NOON.plusSeconds(4), "side", Stream.STDERR, "aside");
        stored(1, 0, false, line(1, "1"), line(2, "2"), line(3, "3"), aside);
        actorIs("SUSPENDED", 1);

        assertThat(readAll(new LogQuery(false, LogQuery.ALL, NOON.plusSeconds(3), "")))
                .containsExactly("3", "aside");
        assertThat(readAll(new LogQuery(false, 2, Instant.MIN, "main"))).containsExactly("2", "3");
        assertThat(readAll(new LogQuery(false, LogQuery.ALL, NOON.plusSeconds(5), "")))
                .isEmpty();
    }

    @Test
    void theEndOfTheActorIsTheEndForWhoFollows() {
        actorIs("SUSPENDED", 1);
        LogReader reader = reader(FOLLOW);
        await(reader.next());
        database.sql("delete from actor where id = 'a'");
        feed.publish(new ActorChange(KEY, "DELETED", 2, 1, null));

        LogReader.Batch batch;
        do {
            batch = await(reader.next());
        } while (!batch.last());

        assertThat(batch.entries()).isEmpty();
    }
}
