package dev.dormouse.atespace;

import static dev.dormouse.standalone.StoreDatabase.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.Cause;
import dev.dormouse.actor.Phases;
import dev.dormouse.actor.TestStores;
import dev.dormouse.journal.TestFeed;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.standalone.StoreDatabase;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MeterTest {

    private static final Duration KEPT = Duration.ofDays(90);
    private static final Instant HOUR =
            Instant.now().truncatedTo(ChronoUnit.HOURS).minus(48, ChronoUnit.HOURS);
    private static final TemplateRef TEMPLATE = new TemplateRef("demo", "counter");
    private static final ActorKey KEY = ActorKey.of("default", "a");

    private StoreDatabase database;
    private Meter meter;
    private Usage usage;

    @BeforeEach
    void open() {
        database = new StoreDatabase();
        meter = meter(10_000);
        usage = new Usage(database.database());
    }

    @AfterEach
    void close() throws Exception {
        database.close();
    }

    private Meter meter(int atOnce) {
        return new Meter(database.vertx(), database.newPool(), DormouseConfig.Role.SERVER, KEPT, Duration.ZERO, atOnce);
    }

    private UUID actor(String id) {
        UUID uid = UUID.randomUUID();
        database.sql("""
                insert into actor (atespace, id, uid, template_namespace, template_name, status, version, generation, labels,
                                   worker_selector, created_at, updated_at)
                values ('default', $2, $1, 'demo', 'counter', 'SUSPENDED', 1, 0, '{}', '{}', now(), now())""", uid, id);
        return uid;
    }

    private void event(String id, UUID uid, String type, long generation, Instant at) {
        database.sql(
                "insert into actor_event (atespace, actor_id, actor_uid, type, generation, at) values ('default', $1, $2, $3, $4, $5)",
                id,
                uid,
                type,
                generation,
                time(at));
    }

    private static OffsetDateTime time(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }

    private Usage.Line line(Instant from, Instant to) {
        var query = new Usage.Query(Usage.By.ACTOR, KEY.atespace(), TEMPLATE, KEY.id(), from, to, null, 10);
        List<Usage.Line> lines = await(usage.read(query)).lines();
        return lines.isEmpty() ? new Usage.Line(List.of(), BigDecimal.ZERO, 0, BigDecimal.ZERO) : lines.getFirst();
    }

    private Usage.Line line() {
        return line(Instant.EPOCH, Instant.now());
    }

    @Test
    void anActivationCountsInTheHoursItLastedIn() {
        UUID uid = actor("a");
        event("a", uid, "Resuming", 1, HOUR.plusSeconds(3540));
        event("a", uid, "Running", 1, HOUR.plusSeconds(3541));
        event("a", uid, "Suspending", 1, HOUR.plusSeconds(7300));
        event("a", uid, "Suspended", 1, HOUR.plusSeconds(7350).plusNanos(250_000_000));
        // noted of an actor asleep
        event("a", uid, "ResumeFailed", 1, HOUR.plusSeconds(9000));

        await(meter.meter());

        assertThat(line().actorSeconds()).isEqualByComparingTo("3810.25");
        assertThat(line().wakes()).isOne();
        assertThat(line(HOUR, HOUR.plusSeconds(3600)).actorSeconds()).isEqualByComparingTo("60");
        assertThat(line(HOUR.plusSeconds(3600), HOUR.plusSeconds(7200)).actorSeconds())
                .isEqualByComparingTo("3600");
        assertThat(line(HOUR.plusSeconds(3600), HOUR.plusSeconds(7200)).wakes()).isZero();
        assertThat(line(HOUR.plusSeconds(7200), Instant.now()).actorSeconds()).isEqualByComparingTo("150.25");
    }

    @Test
    void whoIsStillAwakeCountsUntilNow() {
        UUID uid = actor("a");
        Instant begun = Instant.now().minusSeconds(5000);
        event("a", uid, "Resuming", 1, begun);

        await(meter.meter());
        double first = line().actorSeconds().doubleValue();
        await(meter.meter());
        Instant ended = Instant.now();
        event("a", uid, "WorkerLost", 1, ended);
        await(meter.meter());
        await(meter.meter());

        assertThat(first).isBetween(5000.0, 5030.0);
        assertThat(line().actorSeconds().doubleValue())
                .isCloseTo(Duration.between(begun, ended).toNanos() / 1e9, org.assertj.core.data.Offset.offset(0.001));
        assertThat(database.count("select count(*) from usage_open")).isZero();
    }

    @Test
    void sumsAreRightHoweverManyMeterAndHoweverTheyAreInterrupted() {
        Random random = new Random(7);
        UUID uid = actor("a");
        long micros = 0;
        Instant at = HOUR;
        Meter one = meter(7);
        Meter other = meter(3);
        for (int generation = 1; generation <= 60; generation++) {
            long length = 1 + random.nextLong(600_000_000);
            event("a", uid, "Resuming", generation, at);
            at = at.plus(length, ChronoUnit.MICROS);
            event(
                    "a",
                    uid,
                    generation % 3 == 0 ? "Paused" : generation % 3 == 1 ? "Suspended" : "Crashed",
                    generation,
                    at);
            at = at.plusSeconds(random.nextInt(100));
            micros += length;
            if (generation % 5 == 0) {
                var rounds = List.of(
                        one.meter().subscribeAsCompletionStage(), other.meter().subscribeAsCompletionStage());
                if (random.nextBoolean()) {
                    database.sql(
                            "select pg_terminate_backend(pid) from pg_stat_activity"
                                    + " where datname = current_database() and pid <> pg_backend_pid() and query like '%usage%'");
                }
                rounds.forEach(round -> round.exceptionally(killed -> false).join());
            }
        }
        while (await(one.meter())) {
            // until it has caught up
        }

        assertThat(line().actorSeconds()).isEqualByComparingTo(BigDecimal.valueOf(micros, 6));
        assertThat(line().wakes()).isEqualTo(60);
        assertThat(database.count("select seq from usage_cursor")).isEqualTo(120);
    }

    @Test
    void youngEventsWait() {
        Meter patient = new Meter(
                database.vertx(), database.newPool(), DormouseConfig.Role.SERVER, KEPT, Duration.ofMinutes(1), 10_000);
        UUID uid = actor("a");
        event("a", uid, "Resuming", 1, Instant.now().minusSeconds(120));
        event("a", uid, "Suspended", 1, Instant.now());

        await(patient.meter());

        assertThat(line().wakes()).isOne();
        assertThat(line().actorSeconds().doubleValue()).isBetween(58.0, 62.0);
        assertThat(database.count("select seq from usage_cursor")).isOne();
    }

    @Test
    void snapshotsCountForAsLongAsTheyAreHeldAndStayWhenTheActorGoes() {
        ActorStore store = TestStores.on(database.database(), new TestFeed());
        await(store.create(new ActorStore.NewActor(KEY, TEMPLATE, Map.of(), Map.of(), null, null)));
        UUID uid = database.sql("select uid from actor").getFirst().getUUID(0);
        database.sql("""
                insert into snapshot (atespace, actor_id, id, uri, scope, size_bytes, sandbox_class, sandbox_build, cpu, node, taken_at, recorded_at)
                values ('default', 'a', $1, 'file:/s', 'FULL', 1000, 'gvisor', 'b', 'c', '', now(), now() - interval '90 minutes')""", UUID.randomUUID());
        event("a", uid, "Resuming", 1, HOUR);
        event("a", uid, "Suspended", 1, HOUR.plusSeconds(10));
        assertThat(line().snapshotByteHours().doubleValue()).isBetween(1499.9, 1520.0);

        await(store.delete(KEY, null));
        double held = line().snapshotByteHours().doubleValue();
        await(meter.meter());

        assertThat(held).isBetween(1499.9, 1520.0);
        assertThat(line().snapshotByteHours().doubleValue()).isEqualTo(held);
        assertThat(line().actorSeconds()).isEqualByComparingTo("10");
        assertThat(database.count("select count(*) from snapshot_past")).isZero();
        Instant hourAgo = Instant.now().truncatedTo(ChronoUnit.HOURS);
        double parts = line(Instant.EPOCH, hourAgo).snapshotByteHours().doubleValue()
                + line(hourAgo, Instant.now().plusSeconds(60))
                        .snapshotByteHours()
                        .doubleValue();
        assertThat(parts).isCloseTo(held, org.assertj.core.data.Offset.offset(0.01));
    }

    @Test
    void whatActorsReallyDoIsMetered() throws Exception {
        ActorStore store = TestStores.on(database.database(), new TestFeed());
        Actor actor = await(store.create(new ActorStore.NewActor(KEY, TEMPLATE, Map.of(), Map.of(), null, null)));
        UUID worker = UUID.randomUUID();
        database.sql("""
                insert into worker (uid, namespace, pool, pod, node, ip, ateom_id, address, state)
                values ($1, 'demo', 'pool', 'pod', 'node-1', '10.0.0.1', $1, 'localhost:1', 'FREE')""", worker);
        for (int i = 0; i < 3; i++) {
            var claim = new ActorStore.Claim(
                    KEY, actor.version(), worker, Cause.API, UUID.randomUUID(), Duration.ofSeconds(30), 1);
            Actor claimed = ((ActorStore.Claimed) await(store.claim(claim))).actor();
            Thread.sleep(50);
            actor = await(store.resumeFailed(
                            KEY,
                            claimed.generation(),
                            "no",
                            false,
                            ActorStore.WorkerAfter.FREE,
                            new Phases(1, 1, 1, 1, 1, 1, 1)))
                    .orElseThrow();
        }

        await(meter.meter());

        assertThat(line().wakes()).isEqualTo(3);
        assertThat(line().actorSeconds().doubleValue()).isBetween(0.15, 10.0);
    }

    @Test
    void linesAreTakenTogetherAndPaged() {
        IntStream.range(0, 5).forEach(i -> {
            UUID uid = actor("a" + i);
            event("a" + i, uid, "Resuming", 1, HOUR);
            event("a" + i, uid, "Suspended", 1, HOUR.plusSeconds(1 + i));
        });
        await(meter.meter());

        List<Usage.Line> first = lines(Usage.By.ACTOR, null, 3);
        List<Usage.Line> second = lines(Usage.By.ACTOR, first.getLast().key(), 3);

        assertThat(first).extracting(line -> line.key().getLast()).containsExactly("a0", "a1", "a2");
        assertThat(second).extracting(line -> line.key().getLast()).containsExactly("a3", "a4");
        assertThat(lines(Usage.By.TEMPLATE, null, 3)).singleElement().satisfies(line -> {
            assertThat(line.key()).containsExactly("default", "demo", "counter");
            assertThat(line.actorSeconds()).isEqualByComparingTo("15");
            assertThat(line.wakes()).isEqualTo(5);
        });
        assertThat(lines(Usage.By.ATESPACE, null, 3))
                .singleElement()
                .satisfies(line -> assertThat(line.key()).containsExactly("default"));
    }

    private List<Usage.Line> lines(Usage.By by, List<String> after, int limit) {
        var query = new Usage.Query(
                by, new AtespaceName("default"), null, null, Instant.EPOCH, Instant.now(), after, limit);
        return await(usage.read(query)).lines();
    }

    @Test
    void whatIsOldGoes() {
        database.sql("""
                insert into usage_hour (atespace, hour, template_namespace, template_name, actor_id, wakes)
                values ('default', now() - interval '91 days', 'demo', 'counter', 'a', 1),
                       ('default', now() - interval '89 days', 'demo', 'counter', 'a', 2)""");

        await(meter.meter());

        assertThat(line().wakes()).isEqualTo(2);
    }
}
