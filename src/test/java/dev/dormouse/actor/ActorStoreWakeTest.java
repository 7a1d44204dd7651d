package dev.dormouse.actor;

import static dev.dormouse.actor.StoreFixture.PHASES;
import static dev.dormouse.actor.StoreFixture.await;
import static dev.dormouse.actor.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.actor.ActorStore.Claimed;
import dev.dormouse.actor.ActorStore.Gone;
import dev.dormouse.actor.ActorStore.Lost;
import dev.dormouse.actor.ActorStore.Moved;
import dev.dormouse.actor.ActorStore.WorkerAfter;
import dev.dormouse.journal.ChangeFeed.ActorChange;
import dev.dormouse.journal.ChangeFeed.WorkerChange;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ActorStoreWakeTest {

    private static StoreFixture fixture;

    @BeforeAll
    static void open() {
        fixture = new StoreFixture();
    }

    @AfterAll
    static void close() throws Exception {
        fixture.close();
    }

    @Test
    void claimTakesTheFreeWorkerAndStartsANewGeneration() {
        Actor asleep = fixture.create("claim-takes");
        UUID worker = fixture.worker();

        Actor resuming = fixture.claimed(asleep, worker);

        assertThat(resuming.status()).isEqualTo(ActorStatus.RESUMING);
        assertThat(resuming.generation()).isEqualTo(asleep.generation() + 1);
        assertThat(resuming.version()).isEqualTo(asleep.version() + 1);
        assertThat(resuming.activation().workerUid()).isEqualTo(worker);
        assertThat(resuming.activation().worker().pod()).isEqualTo("pod-" + worker);
        assertThat(resuming.intent().owner()).isEqualTo(StoreFixture.OWNER);
        assertThat(resuming.intent().cause()).isEqualTo(Cause.REQUEST);
        assertThat(fixture.count(
                        "select count(*) from worker where uid = $1 and state = 'ASSIGNED' and actor_id = 'claim-takes' and generation = 1",
                        worker))
                .isOne();
        assertThat(await(fixture.store.find(asleep.key()))).contains(resuming);
    }

    @Test
    void claimOfAHeldWorkerIsLostAndChangesNothing() {
        UUID worker = fixture.worker();
        fixture.claimed(fixture.create("holder"), worker);
        Actor second = fixture.create("too-late");

        assertThat(await(fixture.claim(second, worker))).isEqualTo(new Lost());

        assertThat(await(fixture.store.find(second.key()))).contains(second);
        assertThat(fixture.events("too-late")).containsExactly("Created null>SUSPENDED");
    }

    @Test
    void claimOnAStaleViewIsMovedAndLeavesTheWorkerFree() {
        Actor seen = fixture.create("stale-view");
        Actor present = await(fixture.store.patch(seen.key(), Map.of("a", "b"), null, null));
        UUID worker = fixture.worker();

        assertThat(await(fixture.claim(seen, worker))).isEqualTo(new Moved(present));

        assertThat(fixture.workerState(worker)).isEqualTo("FREE");
    }

    @Test
    void claimOfAnAwakeActorIsMoved() {
        Actor resuming = fixture.claimed(fixture.create("awake-already"), fixture.worker());

        assertThat(await(fixture.claim(resuming, fixture.worker()))).isEqualTo(new Moved(resuming));
    }

    @Test
    void claimOfNobodyIsGone() {
        Actor actor = fixture.create("gone");
        await(fixture.store.delete(actor.key(), null));

        assertThat(await(fixture.claim(actor, fixture.worker()))).isEqualTo(new Gone());
    }

    @Test
    void ofManyClaimsForOneWorkerExactlyOneWins() {
        UUID worker = fixture.worker();
        List<Uni<ActorStore.ClaimOutcome>> claims = IntStream.range(0, 20)
                .mapToObj(i -> fixture.claim(fixture.create("rival-" + i), worker))
                .toList();

        List<ActorStore.ClaimOutcome> outcomes = await(Uni.join().all(claims).andCollectFailures());

        assertThat(outcomes).filteredOn(Claimed.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(Lost.class::isInstance).hasSize(19);
    }

    @Test
    void ofManyClaimsForOneActorExactlyOneWinsAndTheOtherWorkersStayFree() {
        Actor actor = fixture.create("wanted");
        List<UUID> workers = Stream.generate(fixture::worker).limit(10).toList();

        List<ActorStore.ClaimOutcome> outcomes = await(Uni.join()
                .all(workers.stream()
                        .map(worker -> fixture.claim(actor, worker))
                        .toList())
                .andCollectFailures());

        assertThat(outcomes).filteredOn(Claimed.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(Moved.class::isInstance).hasSize(9);
        assertThat(workers)
                .filteredOn(w -> fixture.workerState(w).equals("FREE"))
                .hasSize(9);
    }

    @Test
    void runningEndsTheIntentAndKeepsTheEndpoint() {
        Actor running = fixture.running(fixture.create("runs"), fixture.worker());

        assertThat(running.status()).isEqualTo(ActorStatus.RUNNING);
        assertThat(running.intent()).isNull();
        assertThat(running.activation().endpoint()).isEqualTo(new Actor.Endpoint("10.0.0.1", Map.of(80, 31000)));
        assertThat(fixture.events("runs"))
                .containsExactly("Created null>SUSPENDED", "Resuming SUSPENDED>RESUMING", "Running RESUMING>RUNNING");
        assertThat(fixture.sql(
                                "select worker, cause, phases->>'total' from actor_event where actor_id = 'runs' and type = 'Running'")
                        .getFirst()
                        .getString(2))
                .isEqualTo("7");
    }

    @Test
    void runningOfAnOlderGenerationOrAnotherStatusIsRefused() {
        Actor running = fixture.running(fixture.create("fenced"), fixture.worker());
        Actor.Endpoint elsewhere = new Actor.Endpoint("10.9.9.9", Map.of());

        assertThat(await(fixture.store.running(running.key(), running.generation() - 1, elsewhere, PHASES)))
                .isEmpty();
        assertThat(await(fixture.store.running(running.key(), running.generation(), elsewhere, PHASES)))
                .isEmpty();
        assertThat(await(fixture.store.find(running.key()))).contains(running);
    }

    @Test
    void aFailedResumeGoesBackWithTheReasonAndFreesTheWorker() {
        UUID worker = fixture.worker();
        Actor resuming = fixture.claimed(fixture.create("fails"), worker);

        Actor back = await(fixture.store.resumeFailed(
                        resuming.key(), resuming.generation(), "boot \0failed", true, WorkerAfter.FREE, PHASES))
                .orElseThrow();

        assertThat(back.status()).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(back.lastError()).isEqualTo("boot failed");
        assertThat(back.activation()).isNull();
        assertThat(back.intent()).isNull();
        assertThat(fixture.workerState(worker)).isEqualTo("FREE");
        assertThat(fixture.events("fails").getLast()).isEqualTo("ResumeFailed RESUMING>SUSPENDED");
        assertThat(fixture.running(back, worker).lastError()).isNull();
    }

    @Test
    void aWorkerThatNobodyKnowsToBeCleanIsLost() {
        UUID worker = fixture.worker();
        Actor resuming = fixture.claimed(fixture.create("unclean"), worker);

        await(fixture.store.resumeFailed(
                resuming.key(), resuming.generation(), "no answer", true, WorkerAfter.LOST, PHASES));

        assertThat(fixture.workerState(worker)).isEqualTo("LOST");
        assertThat(fixture.count("select count(*) from worker where uid = $1 and actor_id is null", worker))
                .isOne();
    }

    @Test
    void aFailedResumeOfAPausedActorKeepsItsLocalSnapshotOnlyIfItIsGood() {
        UUID worker = fixture.worker();
        Actor paused = fixture.paused(fixture.running(fixture.create("paused-fails"), worker));

        Actor resuming = fixture.claimed(paused, worker);
        Actor again = await(fixture.store.resumeFailed(
                        resuming.key(), resuming.generation(), "busy", true, WorkerAfter.FREE, PHASES))
                .orElseThrow();
        assertThat(again.status()).isEqualTo(ActorStatus.PAUSED);
        assertThat(again.localSnapshot()).isEqualTo(paused.localSnapshot());

        resuming = fixture.claimed(again, worker);
        Actor fallen = await(fixture.store.resumeFailed(
                        resuming.key(), resuming.generation(), "corrupt", false, WorkerAfter.FREE, PHASES))
                .orElseThrow();
        assertThat(fallen.status()).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(fallen.localSnapshot()).isNull();
        assertThat(fixture.deleting()).contains(paused.localSnapshot().id());
        assertThat(fixture.events("paused-fails")).contains("Resuming PAUSED>RESUMING", "ResumeFailed RESUMING>PAUSED");
    }

    @Test
    void aCrashedActorIsSuspendedAtItsLastDurableSnapshot() {
        UUID worker = fixture.worker();
        Actor suspended = fixture.suspended(fixture.running(fixture.create("crashes"), worker));
        Actor running = fixture.running(suspended, worker);

        Actor fallen = await(fixture.store.fell(
                        running.key(), running.generation(), "Crashed", "exit 137", true, WorkerAfter.FREE))
                .orElseThrow();

        assertThat(fallen.status()).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(fallen.snapshot()).isEqualTo(suspended.snapshot());
        assertThat(fallen.lastError()).isEqualTo("exit 137");
        assertThat(fixture.workerState(worker)).isEqualTo("FREE");
        assertThat(fixture.events("crashes").getLast()).isEqualTo("Crashed RUNNING>SUSPENDED");
        assertThat(await(fixture.store.fell(
                        running.key(), running.generation(), "Crashed", "exit 137", true, WorkerAfter.FREE)))
                .isEmpty();
    }

    @Test
    void aDrainingWorkerStaysDrainingWhenItsActorLeaves() {
        UUID worker = fixture.worker();
        Actor running = fixture.running(fixture.create("drained"), worker);
        fixture.sql("update worker set state = 'DRAINING' where uid = $1", worker);

        fixture.suspended(running);

        assertThat(fixture.workerState(worker)).isEqualTo("DRAINING");
    }

    @Test
    void changesOfActorAndWorkerArePublished() {
        UUID worker = fixture.worker();
        Actor resuming = fixture.claimed(fixture.create("published"), worker);

        assertThat(fixture.changes)
                .contains(
                        new ActorChange(key("published"), "SUSPENDED", 1, 0, null),
                        new ActorChange(key("published"), "RESUMING", 2, 1, worker),
                        new WorkerChange(worker, "ASSIGNED"));

        await(fixture.store.resumeFailed(resuming.key(), 1, "no", true, WorkerAfter.FREE, PHASES));
        assertThat(fixture.changes).contains(new WorkerChange(worker, "FREE"));
    }
}
