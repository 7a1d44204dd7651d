package dev.dormouse.actor;

import static dev.dormouse.actor.StoreFixture.LEASE;
import static dev.dormouse.actor.StoreFixture.OWNER;
import static dev.dormouse.actor.StoreFixture.PHASES;
import static dev.dormouse.actor.StoreFixture.await;
import static dev.dormouse.actor.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dormouse.atespace.Quota;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Quotas hold to the last one, whoever comes at once and whoever dies. */
class QuotaTest {

    private static final int CALLERS = 64;

    private StoreFixture fixture;
    private ActorStore other;

    @BeforeEach
    void open() {
        fixture = new StoreFixture();
        other = fixture.another();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private void limit(String column, long limit) {
        fixture.sql("update atespace set quota_" + column + " = $1 where name = 'default'", limit);
    }

    @Test
    void exactlyAsManyAreCreatedAsFit() throws Exception {
        limit("actors", 137);
        fixture.sql("insert into atespace (name) values ('free')");
        AtomicInteger created = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();

        callers(caller -> {
            for (int i = 0; i < 5; i++) {
                await(store(caller).create(StoreFixture.newActor(ActorKey.of("free", "f" + caller + "-" + i))));
                if (creates(store(caller), "a" + caller + "-" + i)) {
                    created.incrementAndGet();
                } else {
                    refused.incrementAndGet();
                }
            }
        });

        assertThat(created).hasValue(137);
        assertThat(refused).hasValue(CALLERS * 5 - 137);
        assertThat(fixture.count("select count(*) from actor where atespace = 'default'"))
                .isEqualTo(137);
        assertThat(fixture.count("select count(*) from actor where atespace = 'free'"))
                .isEqualTo(CALLERS * 5);
        assertThat(fixture.refusals).hasSize(refused.get()).allMatch(reached -> reached.quota() == Quota.ACTORS);
    }

    private static boolean creates(ActorStore store, String id) {
        try {
            await(store.create(StoreFixture.newActor(key(id))));
            return true;
        } catch (Failure failure) {
            assertThat(failure.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
            return false;
        }
    }

    @Test
    void aRefusalTellsWhichQuota() {
        limit("actors", 1);
        fixture.create("a");

        assertExhausted("quota actors of atespace default is reached: limit 1, used 1", () -> fixture.create("b"));
        // who is there is told so, and takes no room
        assertThatThrownBy(() -> fixture.create("a")).hasMessage("Actor a already exists");
        fixture.sql("delete from actor");
        fixture.create("b");
        limit("actors", 0);
        assertExhausted("quota actors of atespace default is reached: limit 0, used 0", () -> fixture.create("c"));
    }

    @Test
    void aForkIsAnActorToo() {
        Actor origin = fixture.suspended(fixture.running(fixture.create("a"), fixture.worker()));
        limit("actors", 2);

        await(fixture.store.create(fork(origin, "b")));

        assertExhausted(
                "quota actors of atespace default is reached: limit 2, used 2",
                () -> await(fixture.store.create(fork(origin, "c"))));
        assertThat(fixture.snapshots("c")).isEmpty();
    }

    private static ActorStore.NewActor fork(Actor origin, String id) {
        return new ActorStore.NewActor(key(id), origin.template(), Map.of(), Map.of(), origin.snapshot(), origin.key());
    }

    @Test
    void neverDoMoreRunThanMay() throws Exception {
        int limit = 7;
        limit("running_actors", limit);
        List<UUID> workers =
                IntStream.range(0, CALLERS).mapToObj(i -> fixture.worker()).toList();
        List<Actor> actors = IntStream.range(0, CALLERS)
                .mapToObj(i -> fixture.create("a" + i))
                .toList();
        AtomicInteger woken = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Queue<Long> seen = new ConcurrentLinkedQueue<>();
        Thread watcher = Thread.ofVirtual().start(() -> {
            while (!over.get()) {
                seen.add(fixture.count("select count(*) from worker where atespace = 'default'"));
            }
        });

        callers(caller -> {
            Actor actor = actors.get(caller);
            for (int i = 0; i < 6; i++) {
                ActorStore.ClaimOutcome outcome = claim(store(caller), actor, workers.get(caller));
                if (outcome instanceof ActorStore.Claimed claimed) {
                    woken.incrementAndGet();
                    actor = asleep(store(caller), claimed.actor());
                } else {
                    assertThat(outcome).isInstanceOfSatisfying(ActorStore.OverQuota.class, refused -> {
                        assertThat(refused.reached().quota()).isEqualTo(Quota.RUNNING_ACTORS);
                        assertThat(refused.reached().limit()).isEqualTo(limit);
                    });
                }
            }
        });
        over.set(true);
        watcher.join();

        assertThat(seen).allMatch(running -> running <= limit);
        assertThat(woken.get()).isGreaterThanOrEqualTo(limit);
        assertThat(claimsThatPass(actors, workers)).isEqualTo(limit);
    }

    /** How many of one statement pass, with none awake before. */
    private int claimsThatPass(List<Actor> actors, List<UUID> workers) throws Exception {
        AtomicInteger passed = new AtomicInteger();
        callers(caller -> {
            Actor actor = await(fixture.store.find(actors.get(caller).key())).orElseThrow();
            if (claim(store(caller), actor, workers.get(caller)) instanceof ActorStore.Claimed) {
                passed.incrementAndGet();
            }
        });
        return passed.get();
    }

    private static ActorStore.ClaimOutcome claim(ActorStore store, Actor actor, UUID worker) {
        return await(store.claim(
                new ActorStore.Claim(actor.key(), actor.version(), worker, Cause.REQUEST, OWNER, LEASE, 17)));
    }

    private static Actor asleep(ActorStore store, Actor claimed) {
        return await(store.resumeFailed(
                        claimed.key(), claimed.generation(), "enough", false, ActorStore.WorkerAfter.FREE, PHASES))
                .orElseThrow();
    }

    @Test
    void wakesPerMinuteAreCountedAndTellWhenToComeAgain() throws Exception {
        awaitRoomInThisMinute();
        limit("wakes_per_minute", 9);
        List<UUID> workers =
                IntStream.range(0, CALLERS).mapToObj(i -> fixture.worker()).toList();
        List<Actor> actors = IntStream.range(0, CALLERS)
                .mapToObj(i -> fixture.create("a" + i))
                .toList();

        assertThat(claimsThatPass(actors, workers)).isEqualTo(9);

        assertThat(fixture.refusals).hasSize(CALLERS - 9).allSatisfy(reached -> {
            assertThat(reached.quota()).isEqualTo(Quota.WAKES_PER_MINUTE);
            assertThat(reached.used()).isEqualTo(9);
            assertThat(reached.retryAfter()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
        });
        // the minute goes by
        fixture.sql("update atespace set wakes_minute = wakes_minute - interval '1 minute' where name = 'default'");
        Actor late = fixture.create("late");
        fixture.claimed(late, fixture.worker());
    }

    private static void awaitRoomInThisMinute() {
        await().atMost(Duration.ofSeconds(30)).until(() -> LocalTime.now().getSecond() < 45);
    }

    @Test
    void whatIsFullWakesAndMakesNobodyAndLaysEverybodyToSleep() {
        limit("snapshot_bytes", 4096);
        Actor awake = fixture.running(fixture.create("awake"), fixture.worker());
        Actor full = fixture.suspended(fixture.running(fixture.create("a"), fixture.worker()));

        // what was measured a moment ago still counts
        AtomicInteger tries = new AtomicInteger();
        await().atMost(Duration.ofSeconds(5)).until(() -> !creates(fixture.store, "try-" + tries.incrementAndGet()));

        assertThat(await(fixture.claim(full, fixture.worker()))).isInstanceOf(ActorStore.OverQuota.class);
        assertExhausted(
                "quota snapshotBytes of atespace default is reached: limit 4096, used 4096", () -> fixture.create("b"));
        assertExhausted(
                "quota snapshotBytes of atespace default is reached: limit 4096, used 4096",
                () -> await(fixture.store.create(fork(full, "c"))));
        assertThat(fixture.suspended(awake).status()).isEqualTo(ActorStatus.SUSPENDED);

        await(fixture.store.delete(key("a"), null));
        await(fixture.store.delete(key("awake"), null));
        await().atMost(Duration.ofSeconds(5)).ignoreExceptions().until(() -> fixture.create("b") != null);
    }

    @Test
    void quotasThatDontHoldChangeNothing() {
        limit("running_actors", 5);
        limit("actors", 5);
        limit("wakes_per_minute", 100);
        limit("snapshot_bytes", 1_000_000);
        UUID worker = fixture.worker();
        Actor stale = fixture.create("a");
        Actor slept = fixture.suspended(fixture.running(stale, worker));

        assertThat(await(fixture.claim(stale, worker))).isInstanceOf(ActorStore.Moved.class);
        assertThat(await(fixture.claim(slept, UUID.randomUUID()))).isInstanceOf(ActorStore.Lost.class);
        assertThat(fixture.running(slept, worker).status()).isEqualTo(ActorStatus.RUNNING);
    }

    @Test
    void aServerThatDiesLeavesNothingCounted() throws Exception {
        int limit = 40;
        limit("actors", limit);
        limit("running_actors", 5);
        List<UUID> workers =
                IntStream.range(0, CALLERS).mapToObj(i -> fixture.worker()).toList();
        AtomicBoolean over = new AtomicBoolean();
        Thread killer = Thread.ofVirtual().start(() -> {
            while (!over.get()) {
                pause();
                kill();
            }
        });

        callers(caller -> {
            for (int i = 0; i < 5; i++) {
                try {
                    Actor actor = await(store(caller).create(StoreFixture.newActor(key("a" + caller + "-" + i))));
                    if (claim(store(caller), actor, workers.get(caller)) instanceof ActorStore.Claimed claimed) {
                        asleep(store(caller), claimed.actor());
                    }
                } catch (Failure failure) {
                    assertThat(failure.code()).isIn(Code.RESOURCE_EXHAUSTED, Code.UNAVAILABLE, Code.ALREADY_EXISTS);
                }
            }
        });
        over.set(true);
        killer.join();
        for (int i = 0; i < limit; i++) {
            createAnyway("later" + i);
        }

        assertThat(fixture.count("select count(*) from actor")).isEqualTo(limit);
        assertThat(fixture.count("select count(*) from worker where actor_id is not null"))
                .isLessThanOrEqualTo(5);
        List<Row> awake = fixture.sql("select atespace, id, generation from actor where status = 'RESUMING'");
        for (Row row : awake) {
            await(fixture.store.fell(
                    ActorRow.key(row), row.getLong(2), "WorkerLost", "gone", false, ActorStore.WorkerAfter.FREE));
        }
        int passed = 0;
        for (Row row : fixture.sql("select id from actor")) {
            Actor actor = await(fixture.store.find(key(row.getString(0)))).orElseThrow();
            passed += await(fixture.claim(actor, fixture.worker())) instanceof ActorStore.Claimed ? 1 : 0;
        }
        assertThat(passed).isEqualTo(5);
    }

    private void createAnyway(String id) {
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            try {
                fixture.create(id);
                return true;
            } catch (Failure failure) {
                return failure.code() == Code.RESOURCE_EXHAUSTED || failure.code() == Code.ALREADY_EXISTS;
            }
        });
    }

    private void kill() {
        try {
            fixture.sql("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and pid <> pg_backend_pid() and random() < 0.5");
        } catch (RuntimeException itself) {
            // it may have lost its own connection to an earlier one
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ActorStore store(int caller) {
        return caller % 2 == 0 ? fixture.store : other;
    }

    private static void assertExhausted(String detail, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
            assertThat(failure.detail()).isEqualTo(detail);
        });
    }

    private static void callers(IntConsumer caller) throws InterruptedException {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            int number = i;
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    caller.accept(number);
                } catch (RuntimeException | AssertionError e) {
                    failures.add(e);
                }
            }));
        }
        for (Thread thread : threads) {
            assertThat(thread.join(Duration.ofSeconds(60))).isTrue();
        }
        assertThat(failures).isEmpty();
    }
}
