package dev.dormouse.actor;

import static dev.dormouse.actor.StoreFixture.KEEP;
import static dev.dormouse.actor.StoreFixture.PHASES;
import static dev.dormouse.actor.StoreFixture.await;
import static dev.dormouse.actor.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.actor.ActorStore.WorkerAfter;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Batcher;
import dev.dormouse.platform.Failure;
import dev.dormouse.snapshot.SnapshotRef;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Callers who know nothing of each other make random calls, right ones and wrong ones, on few actors and fewer workers. Whatever
 * they do, the records agree with each other afterwards.
 */
class ActorStoreInvariantsTest {

    private static final int ACTORS = 12;
    private static final int WORKERS = 5;
    private static final int CALLERS = 24;
    private static final int STEPS = 120;

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 2", "4, 4"})
    void recordsAgreeWhateverCallersDo(long seed, int batchesInFlight) throws Exception {
        try (StoreFixture fixture = new StoreFixture(new Batcher.Limits(8, batchesInFlight))) {
            List<UUID> workers =
                    IntStream.range(0, WORKERS).mapToObj(i -> fixture.worker()).toList();
            IntStream.range(0, ACTORS).forEach(i -> fixture.create("a" + i));

            List<Thread> callers = new ArrayList<>();
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                Caller each = new Caller(fixture, workers, new Random(seed * 1000 + caller));
                callers.add(Thread.ofVirtual().start(() -> {
                    try {
                        each.run();
                    } catch (RuntimeException | AssertionError e) {
                        failures.add(e);
                    }
                }));
            }
            for (Thread caller : callers) {
                assertThat(caller.join(Duration.ofSeconds(60)))
                        .as("a caller that never came to an end")
                        .isTrue();
            }

            assertThat(failures).isEmpty();
            recordsAgree(fixture);
        }
    }

    private static void recordsAgree(StoreFixture fixture) {
        none(fixture, "a worker held by an actor that doesn't know it", """
                select w.uid from worker w left join actor a on a.atespace = w.atespace and a.id = w.actor_id
                where w.actor_id is not null
                  and (a.id is null or a.worker_uid is distinct from w.uid or a.generation <> w.generation
                       or a.status in ('SUSPENDED', 'PAUSED'))""");
        none(fixture, "an awake actor without its worker", """
                select a.id from actor a left join worker w on w.atespace = a.atespace and w.actor_id = a.id
                left join promotion p on p.atespace = a.atespace and p.actor_id = a.id
                where a.status not in ('SUSPENDED', 'PAUSED') and w.uid is null and p.actor_id is null""");
        none(fixture, "an actor on two workers", """
                select actor_id from worker where actor_id is not null group by atespace, actor_id having count(*) > 1""");
        none(fixture, "a free worker that is held, or an assigned one that isn't", """
                select uid from worker where (state = 'FREE' and actor_id is not null) or (state = 'ASSIGNED' and actor_id is null)""");
        none(fixture, "a promotion of an actor that isn't promoted", """
                select p.actor_id from promotion p left join actor a on a.atespace = p.atespace and a.id = p.actor_id
                where a.status is distinct from 'SUSPENDING' or a.worker_uid is not null""");
        none(fixture, "a durable snapshot that is lost", """
                select a.id from actor a left join snapshot s on s.atespace = a.atespace and s.actor_id = a.id
                  and s.id = (a.snapshot->>'id')::uuid and s.node = ''
                where a.snapshot is not null and s.id is null""");
        none(fixture, "a local snapshot that is lost, or kept for nothing", """
                select coalesce(a.id, s.actor_id) from actor a full join (select * from snapshot where node <> '') s
                  on s.atespace = a.atespace and s.actor_id = a.id and s.id = (a.local_snapshot->>'id')::uuid
                where (a.local_snapshot is not null and s.id is null) or (s.id is not null and a.local_snapshot is null)""");
        none(fixture, "more durable snapshots than are kept", """
                select actor_id from snapshot where node = '' group by atespace, actor_id having count(*) > %d""".formatted(KEEP));
        assertThat(fixture.deletable())
                .as("snapshots that may be deleted, and are held")
                .doesNotContainAnyElementsOf(fixture.held());
        none(fixture, "a snapshot that nobody holds and nobody will delete", """
                select e.snapshot_id from actor_event e
                where e.type in ('Suspended', 'Paused', 'SnapshotTaken')
                  and not exists (select from snapshot s where s.id = e.snapshot_id)
                  and not exists (select from snapshot_deleting g where g.id = e.snapshot_id)""");
        none(fixture, "an intent without a transition, or the reverse", """
                select id from actor where (intent_owner is null) <> (status in ('SUSPENDED', 'PAUSED', 'RUNNING'))""");
        none(fixture, "a paused actor without a local snapshot", """
                select id from actor where (status = 'PAUSED' and local_snapshot is null)
                  or (status = 'SUSPENDED' and local_snapshot is not null)""");
        none(fixture, "a journal that skips a step", """
                select actor_id from (select actor_uid, actor_id, from_status,
                         lag(to_status) over (partition by actor_uid order by seq) as before,
                         lag(type) over (partition by actor_uid order by seq) as event_before
                       from actor_event) e
                where event_before is not null
                  -- a snapshot that fits the other way of falling asleep is taken all the same, and told by what it is
                  and replace(from_status, 'PAUSING', 'SUSPENDING') is distinct from replace(before, 'PAUSING', 'SUSPENDING')""");
    }

    private static void none(StoreFixture fixture, String what, String sql) {
        assertThat(fixture.sql(sql)).extracting(Row::deepToString).as(what).isEmpty();
    }

    /** Looks at an actor and does something that may or may not fit by the time it arrives. */
    private record Caller(StoreFixture fixture, List<UUID> workers, Random random) {

        void run() {
            for (int step = 0; step < STEPS; step++) {
                ActorKey key = key("a" + random.nextInt(ACTORS));
                Optional<Actor> seen = await(fixture.store.find(key));
                await(step(key, seen).onFailure(Failure.class).recoverWithNull());
            }
        }

        private Uni<?> step(ActorKey key, Optional<Actor> seen) {
            if (seen.isEmpty()) {
                return fixture.store.create(StoreFixture.newActor(key));
            }
            Actor actor = seen.get();
            long generation = actor.generation() - (random.nextInt(10) == 0 ? 1 : 0);
            boolean keepLocal = random.nextBoolean();
            return switch (random.nextInt(4) == 0 ? anyStatus() : actor.status()) {
                case SUSPENDED -> random.nextInt(12) == 0 ? gone(actor) : claim(actor);
                case PAUSED ->
                    random.nextInt(3) == 0
                            ? fixture.store.promote(key, Cause.API, StoreFixture.OWNER, StoreFixture.LEASE)
                            : claim(actor);
                case RESUMING ->
                    random.nextInt(4) == 0
                            ? fixture.store.resumeFailed(key, generation, "no", keepLocal, WorkerAfter.FREE, PHASES)
                            : fixture.store.running(key, generation, new Actor.Endpoint("h", Map.of(80, 1)), PHASES);
                case RUNNING ->
                    switch (random.nextInt(8)) {
                        case 0 -> fixture.store.fell(key, generation, "Crashed", "exit 1", keepLocal, WorkerAfter.FREE);
                        // a fork's snapshot has an id of its own, never that of a sleep
                        case 1 -> fixture.store.snapshotTaken(key, generation, StoreFixture.durable(key), KEEP);
                        case 2, 3 -> fixture.sleep(actor, ActorStatus.PAUSING, null);
                        default -> fixture.sleep(actor, ActorStatus.SUSPENDING, null);
                    };
                case SUSPENDING -> ended(actor, generation, keepLocal, false);
                case PAUSING -> ended(actor, generation, keepLocal, true);
            };
        }

        private ActorStatus anyStatus() {
            return ActorStatus.values()[random.nextInt(ActorStatus.values().length)];
        }

        private Uni<?> claim(Actor actor) {
            return fixture.claim(actor, workers.get(random.nextInt(WORKERS)));
        }

        private Uni<?> gone(Actor actor) {
            return random.nextBoolean() || actor.snapshot() == null
                    ? fixture.store.delete(actor.key(), null)
                    : fixture.store.create(new ActorStore.NewActor(
                            key("a" + random.nextInt(ACTORS)),
                            StoreFixture.TEMPLATE,
                            Map.of(),
                            Map.of(),
                            actor.snapshot(),
                            actor.key()));
        }

        private Uni<?> ended(Actor actor, long generation, boolean keepLocal, boolean local) {
            SnapshotRef durable = StoreFixture.durable(actor);
            return switch (random.nextInt(6)) {
                case 0 -> fixture.store.sleepFailed(actor.key(), generation, "disk full", PHASES);
                case 1 ->
                    fixture.store.fell(actor.key(), generation, "WorkerLost", "gone", keepLocal, WorkerAfter.FREE);
                case 2 -> fixture.store.promoted(actor.key(), generation, null, "no", KEEP, PHASES);
                case 3 -> fixture.store.promoted(actor.key(), generation, durable, null, KEEP, PHASES);
                default ->
                    fixture.store.slept(
                            actor.key(),
                            generation,
                            local && actor.intent() != null && actor.intent().snapshotId() != null
                                    ? StoreFixture.local(actor)
                                    : durable,
                            KEEP,
                            PHASES);
            };
        }
    }
}
