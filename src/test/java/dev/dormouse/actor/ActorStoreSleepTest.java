package dev.dormouse.actor;

import static dev.dormouse.actor.StoreFixture.KEEP;
import static dev.dormouse.actor.StoreFixture.PHASES;
import static dev.dormouse.actor.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.actor.ActorStore.Claimed;
import dev.dormouse.actor.ActorStore.Gone;
import dev.dormouse.actor.ActorStore.Idle;
import dev.dormouse.actor.ActorStore.Moved;
import dev.dormouse.actor.ActorStore.WorkerAfter;
import dev.dormouse.snapshot.SnapshotRef;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ActorStoreSleepTest {

    private static StoreFixture fixture;

    @BeforeAll
    static void open() {
        fixture = new StoreFixture();
    }

    @AfterAll
    static void close() throws Exception {
        fixture.close();
    }

    private Actor running(String id) {
        return fixture.running(fixture.create(id), fixture.worker());
    }

    private void idle(Actor actor, @Nullable Instant since) {
        await(fixture.store.reportIdle(Map.of(actor.key(), new Idle(actor.generation(), since))));
    }

    @Test
    void suspendedActorHasItsSnapshotAndItsWorkerIsFree() {
        Actor running = running("sleeper");
        Actor suspending = fixture.suspending(running);
        SnapshotRef snapshot = StoreFixture.durable(suspending);

        Actor suspended = await(fixture.store.slept(suspending.key(), suspending.generation(), snapshot, KEEP, PHASES))
                .orElseThrow();

        assertThat(suspending.status()).isEqualTo(ActorStatus.SUSPENDING);
        assertThat(suspended.status()).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(suspended.snapshot()).isEqualTo(snapshot);
        assertThat(suspended.activation()).isNull();
        assertThat(suspended.intent()).isNull();
        assertThat(suspended.version()).isEqualTo(running.version() + 2);
        assertThat(fixture.workerState(running.activation().workerUid())).isEqualTo("FREE");
        assertThat(fixture.events("sleeper"))
                .endsWith("Suspending RUNNING>SUSPENDING", "Suspended SUSPENDING>SUSPENDED");
    }

    @Test
    void sleepOfOneThatIsNotRunningIsMoved() {
        Actor suspended = fixture.suspended(running("asleep-already"));

        assertThat(await(fixture.sleep(suspended, ActorStatus.SUSPENDING, null)))
                .isEqualTo(new Moved(suspended));
    }

    @Test
    void sleepOfNobodyIsGone() {
        Actor actor = fixture.create("nobody");
        await(fixture.store.delete(actor.key(), null));

        assertThat(await(fixture.sleep(actor, ActorStatus.SUSPENDING, null))).isEqualTo(new Gone());
    }

    @Test
    void onlyTheIdleFallAsleepWhenIdlenessIsAsked() {
        Actor running = running("idler");
        Instant now = Instant.now();
        assertThat(await(fixture.sleep(running, ActorStatus.SUSPENDING, now))).isInstanceOf(Moved.class);

        idle(running, now.minusSeconds(10));
        assertThat(await(fixture.sleep(running, ActorStatus.SUSPENDING, now.minusSeconds(20))))
                .isInstanceOf(Moved.class);
        assertThat(await(fixture.sleep(running, ActorStatus.SUSPENDING, now.minusSeconds(5))))
                .isInstanceOf(Claimed.class);
    }

    @Test
    void anActorWhoseRequestARouterHoldsIsNotIdle() {
        Actor running = running("busy");
        Instant now = Instant.now();
        idle(running, now.minusSeconds(10));
        await(fixture.store.reportBusy(List.of(running.key()), now.plusSeconds(60)));

        assertThat(await(fixture.sleep(running, ActorStatus.SUSPENDING, now.minusSeconds(5))))
                .isInstanceOf(Moved.class);
        assertThat(await(fixture.sleep(running, ActorStatus.SUSPENDING, null))).isInstanceOf(Claimed.class);
    }

    @Test
    void reportsOfOtherGenerationsAndSmallDifferencesAreLeftAlone() {
        Actor running = running("reported");
        Instant since = Instant.now().minusSeconds(30).truncatedTo(ChronoUnit.MILLIS);
        await(fixture.store.reportIdle(Map.of(running.key(), new Idle(running.generation() - 1, since))));
        assertThat(await(fixture.store.find(running.key()))).contains(running);

        idle(running, since);
        idle(running, since.plusMillis(400));
        Actor idle = await(fixture.store.find(running.key())).orElseThrow();
        assertThat(idle.idleSince()).isEqualTo(since);
        assertThat(idle.version()).isEqualTo(running.version());

        idle(running, since.plusSeconds(4));
        assertThat(await(fixture.store.find(running.key())).orElseThrow().idleSince())
                .isEqualTo(since.plusSeconds(4));
        idle(running, null);
        assertThat(await(fixture.store.find(running.key())).orElseThrow().idleSince())
                .isNull();
    }

    @Test
    void aSnapshotOfAnOlderGenerationIsRefused() {
        Actor suspending = fixture.suspending(running("older"));

        assertThat(await(fixture.store.slept(
                        suspending.key(), suspending.generation() - 1, StoreFixture.durable(suspending), KEEP, PHASES)))
                .isEmpty();

        assertThat(await(fixture.store.find(suspending.key()))).contains(suspending);
        assertThat(fixture.snapshots("older")).isEmpty();
    }

    @Test
    void aFailedSleepRunsOnWithTheReason() {
        Actor suspending = fixture.suspending(running("runs-on"));

        Actor back = await(fixture.store.sleepFailed(suspending.key(), suspending.generation(), "disk full", PHASES))
                .orElseThrow();

        assertThat(back.status()).isEqualTo(ActorStatus.RUNNING);
        assertThat(back.lastError()).isEqualTo("disk full");
        assertThat(back.activation()).isEqualTo(suspending.activation());
        assertThat(back.intent()).isNull();
        assertThat(fixture.workerState(back.activation().workerUid())).isEqualTo("ASSIGNED");
        assertThat(fixture.events("runs-on").getLast()).isEqualTo("SuspendFailed SUSPENDING>RUNNING");
        assertThat(fixture.suspended(back).lastError()).isNull();
    }

    @Test
    void anIdleActorThatCouldNotSleepIsStillIdle() {
        Actor running = running("insomniac");
        Instant now = Instant.now();
        idle(running, now.minusSeconds(10));
        Actor suspending = fixture.suspending(running);

        await(fixture.store.sleepFailed(suspending.key(), suspending.generation(), "disk full", PHASES));

        assertThat(await(fixture.sleep(running, ActorStatus.SUSPENDING, now.minusSeconds(5))))
                .isInstanceOf(Claimed.class);
    }

    @Test
    void workDuringASleepThatFailsIsNotForgotten() {
        Actor running = running("disturbed");
        Instant now = Instant.now();
        idle(running, now.minusSeconds(10));
        Actor suspending = fixture.suspending(running);

        idle(suspending, null);
        await(fixture.store.sleepFailed(suspending.key(), suspending.generation(), "disk full", PHASES));

        assertThat(await(fixture.sleep(running, ActorStatus.SUSPENDING, now.minusSeconds(5))))
                .isInstanceOf(Moved.class);
    }

    @Test
    void theLastTwoDurableSnapshotsAreKept() {
        UUID worker = fixture.worker();
        Actor first = fixture.suspended(fixture.running(fixture.create("keeps"), worker));
        Actor second = fixture.suspended(fixture.running(first, worker));
        Actor third = fixture.suspended(fixture.running(second, worker));

        assertThat(fixture.snapshots("keeps"))
                .containsExactly(second.snapshot().id(), third.snapshot().id());
        assertThat(fixture.deleting()).contains(first.snapshot().id());
    }

    @Test
    void theNewestIsKeptEvenWhenNoneIsAskedFor() {
        Actor suspending = fixture.suspending(running("keeps-one"));
        SnapshotRef snapshot = StoreFixture.durable(suspending);

        await(fixture.store.slept(suspending.key(), suspending.generation(), snapshot, 0, PHASES));

        assertThat(fixture.snapshots("keeps-one")).containsExactly(snapshot.id());
    }

    @Test
    void aLocalSnapshotStandsBesideTheDurableOnesAndReplacesTheLocalOneBefore() {
        UUID worker = fixture.worker();
        Actor one = fixture.suspended(fixture.running(fixture.create("pauses"), worker));
        Actor two = fixture.suspended(fixture.running(one, worker));

        Actor paused = fixture.paused(fixture.running(two, worker));
        assertThat(paused.status()).isEqualTo(ActorStatus.PAUSED);
        assertThat(paused.snapshot()).isEqualTo(two.snapshot());
        assertThat(paused.localSnapshot().node()).isEqualTo("node-1");

        Actor again = fixture.paused(fixture.running(paused, worker));
        assertThat(fixture.snapshots("pauses"))
                .containsExactly(
                        one.snapshot().id(),
                        two.snapshot().id(),
                        again.localSnapshot().id());
        assertThat(fixture.deleting()).contains(paused.localSnapshot().id());
        assertThat(fixture.events("pauses")).contains("Pausing RUNNING>PAUSING", "Paused PAUSING>PAUSED");
    }

    @Test
    void aDurableSnapshotEndsTheLocalOne() {
        UUID worker = fixture.worker();
        Actor paused = fixture.paused(fixture.running(fixture.create("then-suspends"), worker));

        Actor suspended = fixture.suspended(fixture.running(paused, worker));

        assertThat(suspended.localSnapshot()).isNull();
        assertThat(fixture.deleting()).contains(paused.localSnapshot().id());
    }

    @Test
    void anActorThatFellGoesBackToItsLocalSnapshotWhileThatIsGood() {
        UUID worker = fixture.worker();
        Actor paused = fixture.paused(fixture.running(fixture.create("falls-paused"), worker));
        Actor running = fixture.running(paused, worker);

        Actor fallen = await(fixture.store.fell(
                        running.key(), running.generation(), "WorkerLost", "no heartbeat", true, WorkerAfter.LOST))
                .orElseThrow();

        assertThat(fallen.status()).isEqualTo(ActorStatus.PAUSED);
        assertThat(fallen.localSnapshot()).isEqualTo(paused.localSnapshot());
        assertThat(fixture.workerState(worker)).isEqualTo("LOST");
    }

    @Test
    void aPausedActorIsPromotedWithoutAWorker() {
        UUID worker = fixture.worker();
        Actor paused = fixture.paused(fixture.running(fixture.create("promoted"), worker));

        Actor uploading = ((Claimed)
                        await(fixture.store.promote(paused.key(), Cause.API, StoreFixture.OWNER, StoreFixture.LEASE)))
                .actor();
        assertThat(uploading.status()).isEqualTo(ActorStatus.SUSPENDING);
        assertThat(uploading.generation()).isEqualTo(paused.generation() + 1);
        assertThat(uploading.activation()).isNull();
        assertThat(uploading.intent()).isNotNull();

        // the upload keeps the snapshot's id
        SnapshotRef uploaded = StoreFixture.snapshot(
                paused.localSnapshot().id(),
                "file:/snapshots/" + paused.localSnapshot().id(),
                null);
        Actor suspended = await(
                        fixture.store.promoted(uploading.key(), uploading.generation(), uploaded, null, KEEP, PHASES))
                .orElseThrow();
        assertThat(suspended.status()).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(suspended.snapshot()).isEqualTo(uploaded);
        assertThat(suspended.localSnapshot()).isNull();
        assertThat(fixture.snapshots("promoted")).containsExactly(uploaded.id());
        assertThat(fixture.count("select count(*) from promotion")).isZero();
        assertThat(fixture.count(
                        "select count(*) from snapshot_deleting where id = $1 and node = 'node-1'", uploaded.id()))
                .isOne();
    }

    @Test
    void aFailedPromotionIsPausedAgain() {
        Actor paused = fixture.paused(running("not-promoted"));
        Actor uploading = ((Claimed)
                        await(fixture.store.promote(paused.key(), Cause.API, StoreFixture.OWNER, StoreFixture.LEASE)))
                .actor();

        Actor back = await(
                        fixture.store.promoted(uploading.key(), uploading.generation(), null, "no space", KEEP, PHASES))
                .orElseThrow();

        assertThat(back.status()).isEqualTo(ActorStatus.PAUSED);
        assertThat(back.localSnapshot()).isEqualTo(paused.localSnapshot());
        assertThat(back.lastError()).isEqualTo("no space");
        assertThat(fixture.events("not-promoted").getLast()).isEqualTo("SuspendFailed SUSPENDING>PAUSED");
        assertThat(await(fixture.store.promoted(uploading.key(), uploading.generation(), null, "again", KEEP, PHASES)))
                .isEmpty();
    }

    @Test
    void aSnapshotTakenOfARunningActorBecomesItsDurableOne() {
        Actor running = running("snapped");
        SnapshotRef snapshot = StoreFixture.durable(running);

        Actor after = await(fixture.store.snapshotTaken(running.key(), running.generation(), snapshot, KEEP))
                .orElseThrow();

        assertThat(after.status()).isEqualTo(ActorStatus.RUNNING);
        assertThat(after.snapshot()).isEqualTo(snapshot);
        assertThat(fixture.snapshots("snapped")).containsExactly(snapshot.id());
        assertThat(fixture.events("snapped").getLast()).isEqualTo("SnapshotTaken RUNNING>RUNNING");
    }

    @Test
    void expiredIntentsAreTakenOverOnceAndRenewedOnesAreNot() {
        Duration over = Duration.ofSeconds(-1);
        UUID worker = fixture.worker();
        Actor actor = fixture.create("expired");
        await(fixture.store.claim(
                new ActorStore.Claim(actor.key(), actor.version(), worker, Cause.API, StoreFixture.OWNER, over, 0)));
        Actor paused = fixture.paused(running("expired-promotion"));
        await(fixture.store.promote(paused.key(), Cause.API, StoreFixture.OWNER, over));
        Actor live = fixture.suspending(running("live"));
        UUID other = UUID.randomUUID();

        List<Actor> taken = await(fixture.store.takeOverExpired(other, StoreFixture.LEASE, 100));

        assertThat(taken)
                .extracting(each -> each.key().id().value())
                .containsExactlyInAnyOrder("expired", "expired-promotion");
        assertThat(taken).allMatch(each -> each.intent().owner().equals(other));
        assertThat(await(fixture.store.takeOverExpired(other, StoreFixture.LEASE, 100)))
                .isEmpty();
        assertThat(await(fixture.store.renew(
                        StoreFixture.OWNER,
                        Map.of(live.key(), live.generation(), actor.key(), 1L, paused.key(), 9L),
                        StoreFixture.LEASE)))
                .containsExactlyInAnyOrder(actor.key(), paused.key());
        assertThat(await(fixture.store.find(live.key())).orElseThrow().version())
                .isEqualTo(live.version());
    }

    @Test
    void awakeAreThoseRunningOnWorkers() {
        Actor running = running("awake");
        Actor suspending = fixture.suspending(running("not-awake"));

        List<Actor> awake = await(fixture.store.awake());

        assertThat(awake).contains(running);
        assertThat(awake).extracting(Actor::key).doesNotContain(suspending.key());
    }

    @Test
    void anOpenedPortIsAdded() {
        Actor running = running("ports");

        await(fixture.store.addPort(running.key(), running.generation(), 8080, 32000));
        await(fixture.store.addPort(running.key(), running.generation() - 1, 9090, 33000));

        Actor after = await(fixture.store.find(running.key())).orElseThrow();
        assertThat(after.activation().endpoint().ports()).isEqualTo(Map.of(80, 31000, 8080, 32000));
        assertThat(after.version()).isEqualTo(running.version() + 1);
    }
}
