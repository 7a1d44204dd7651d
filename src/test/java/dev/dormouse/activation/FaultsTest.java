package dev.dormouse.activation;

import static dev.dormouse.activation.World.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.Cause;
import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Failure;
import dev.dormouse.sim.SimulatedAteom;
import dev.dormouse.sim.SimulatedAteom.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong on workers. */
class FaultsTest {

    private World world;
    private SimulatedAteom first;
    private SimulatedAteom second;

    @BeforeEach
    void open() {
        world = new World(Map.of(
                "dormouse.scheduler.wait", "5s",
                "dormouse.activation.ready-timeout", "1s",
                "dormouse.activation.fetch-timeout", "500ms",
                "dormouse.activation.lease", "2s",
                "dormouse.workers.lost-after", "1500ms",
                "dormouse.workers.forget-after", "3s"));
        first = world.ateom("node-1", SimulatedAteom.slots("demo", "first", 1));
        second = world.ateom("node-2", SimulatedAteom.slots("demo", "second", 1));
        world.catalog.pool("first", Map.of("side", "first"));
        world.catalog.pool("second", Map.of("side", "second"));
        Awaitility.await().until(() -> world.replica.workers.all().size() == 2);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Actor resume(ActorKey key) {
        return await(world.replica.activations.resume(key, false, Cause.API));
    }

    private Actor suspend(ActorKey key) {
        return await(world.replica.activations.suspend(key, Cause.API));
    }

    private SimulatedAteom where(ActorKey key) {
        return first.running(key).isPresent() ? first : second;
    }

    private SimulatedAteom other(SimulatedAteom than) {
        return than == first ? second : first;
    }

    private void awaitStatus(ActorKey key, ActorStatus status) {
        Awaitility.await().untilAsserted(() -> assertThat(world.status(key)).isEqualTo(status));
    }

    private void awaitAllWorkersFree() {
        Awaitility.await()
                .untilAsserted(() -> assertThat(world.sql("select state from worker"))
                        .extracting(row -> row.getString(0))
                        .containsExactly("FREE", "FREE"));
    }

    /** The first call of a method for each actor goes wrong. */
    private static Function<SimulatedAteom.Call, Fault> once(String method, Fault fault) {
        Set<ActorKey> done = ConcurrentHashMap.newKeySet();
        return call -> call.method().equals(method) && done.add(call.actor()) ? fault : Fault.NONE;
    }

    @Test
    void anActorWhoseWorkerDoesNotAnswerWakesOnAnother() {
        ActorKey key = world.create("unheard");
        var fault = once("activate", Fault.UNHEARD);
        first.faults(fault);
        second.faults(fault);

        Actor actor = resume(key);

        assertThat(actor.status()).isEqualTo(ActorStatus.RUNNING);
        assertThat(first.held() + second.held()).isOne();
        assertThat(where(key).running(key).orElseThrow().generation()).isEqualTo(actor.generation());
    }

    @Test
    void whatAnUnansweredCallStartedIsEnded() {
        ActorKey key = world.create("unanswered");
        var fault = once("activate", Fault.UNANSWERED);
        first.faults(fault);
        second.faults(fault);

        Actor actor = resume(key);

        assertThat(first.held() + second.held()).isOne();
        assertThat(where(key).running(key).orElseThrow().generation()).isEqualTo(actor.generation());
        assertThat(world.events(key)).contains("ResumeFailed").endsWith("Resuming", "Running");
    }

    @Test
    void aSnapshotThatIsDamagedIsSaidSoAndKept() {
        ActorKey key = world.create("damaged");
        resume(key);
        Actor asleep = suspend(key);
        refuseActivations(Reason.SNAPSHOT_CORRUPT);

        assertThatThrownBy(() -> resume(key)).isInstanceOf(Failure.class).hasMessageContaining("told to refuse");

        Actor after = world.record(key);
        assertThat(after.status()).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(after.lastError()).contains("told to refuse");
        assertThat(after.snapshot()).isEqualTo(asleep.snapshot());
        awaitAllWorkersFree();
        refuseNothing();
        assertThat(resume(key).lastError()).isNull();
    }

    private void refuseActivations(Reason reason) {
        for (SimulatedAteom ateom : List.of(first, second)) {
            ateom.refuseWith(reason);
            ateom.faults(call -> call.method().equals("activate") ? Fault.REFUSED : Fault.NONE);
        }
    }

    private void refuseNothing() {
        first.faults(call -> Fault.NONE);
        second.faults(call -> Fault.NONE);
    }

    @Test
    void anActorWhoseSnapshotCannotBeTakenRunsOn() {
        ActorKey key = world.create("full-disk");
        resume(key);
        world.work(key);
        where(key).refuseWith(Reason.DISK_FULL);
        where(key).faults(call -> call.method().equals("checkpoint") ? Fault.REFUSED : Fault.NONE);

        assertThatThrownBy(() -> suspend(key)).hasMessageContaining("runs on");

        assertThat(world.status(key)).isEqualTo(ActorStatus.RUNNING);
        assertThat(world.record(key).lastError()).contains("told to refuse");
        assertThat(world.work(key)).isEqualTo(2);
    }

    @Test
    void aWorkloadThatEndsReturnsToItsLastSnapshot() {
        ActorKey key = world.create("crashing");
        resume(key);
        world.work(key);
        suspend(key);
        resume(key);
        world.work(key);

        where(key).crash(key, "out of memory");

        awaitStatus(key, ActorStatus.SUSPENDED);
        assertThat(world.record(key).lastError()).isEqualTo("out of memory");
        assertThat(world.events(key)).endsWith("Crashed");
        awaitAllWorkersFree();
        resume(key);
        assertThat(world.work(key)).isEqualTo(2);
    }

    @Test
    void anAteomThatStartsAnewHasLostItsActors() {
        ActorKey key = world.create("restarted");
        resume(key);

        where(key).restart();

        awaitStatus(key, ActorStatus.SUSPENDED);
        assertThat(world.events(key)).endsWith("WorkerLost");
        assertThat(resume(key).status()).isEqualTo(ActorStatus.RUNNING);
    }

    @ParameterizedTest
    @EnumSource(
            value = ActorStatus.class,
            names = {"SUSPENDED", "PAUSED"})
    void aSnapshotThatWasTakenBeforeItsAteomDiedIsRecorded(ActorStatus asleep) {
        ActorKey key = world.create("survivor");
        resume(key);
        world.work(key);
        SimulatedAteom dying = where(key);
        dying.faults(once("checkpoint", Fault.KILLED));

        Actor actor =
                asleep == ActorStatus.PAUSED ? await(world.replica.activations.pause(key, Cause.API)) : suspend(key);

        assertThat(actor.status()).isEqualTo(asleep);
        assertThat(actor.lastError()).isNull();
        assertThat(world.events(key)).doesNotContain("WorkerLost", "Crashed");
        resume(key);
        assertThat(world.work(key)).isEqualTo(2);
    }

    @Test
    void aWorkerThatIsNotHeardOfIsLostAndItsLateReportEndsWhatItRuns() {
        ActorKey key = world.create("silent");
        resume(key);
        SimulatedAteom silent = where(key);
        world.mute(silent, true);

        awaitStatus(key, ActorStatus.SUSPENDED);
        assertThat(world.events(key)).endsWith("WorkerLost");
        Actor elsewhere = resume(key);
        assertThat(elsewhere.activation().worker().node())
                .isEqualTo(other(silent).node());
        world.mute(silent, false);

        Awaitility.await().until(() -> silent.held() == 0);
        assertThat(other(silent).running(key)).isPresent();
        Awaitility.await()
                .untilAsserted(() -> assertThat(world.sql("select state from worker where node = $1", silent.node()))
                        .extracting(row -> row.getString(0))
                        .containsExactly("FREE"));
    }

    @Test
    void aWorkerThatIsGoneForGoodIsForgotten() {
        world.mute(first, true);

        Awaitility.await()
                .untilAsserted(() -> assertThat(world.sql("select node from worker"))
                        .extracting(row -> row.getString(0))
                        .containsExactly("node-2"));
        assertThat(world.replica.workers.all()).hasSize(1);
    }

    @Test
    void aDrainingWorkerLetsItsActorSleepAndTakesNoOther() {
        ActorKey key = world.create("drained");
        resume(key);
        world.work(key);
        SimulatedAteom leaving = where(key);

        leaving.draining(true);

        awaitStatus(key, ActorStatus.SUSPENDED);
        Awaitility.await()
                .untilAsserted(() -> assertThat(world.sql("select state from worker where node = $1", leaving.node()))
                        .extracting(row -> row.getString(0))
                        .containsExactly("DRAINING"));
        assertThat(resume(key).activation().worker().node())
                .isEqualTo(other(leaving).node());
        assertThat(world.work(key)).isEqualTo(2);
    }

    @Test
    void aWorkerThatIsToGoLetsItsActorSleepAndTakesNoOther() {
        ActorKey key = world.create("outgoing");
        Actor awake = resume(key);
        world.work(key);
        SimulatedAteom home = where(key);

        world.replica.workers.retire(Set.of(awake.activation().workerUid()));

        awaitStatus(key, ActorStatus.SUSPENDED);
        assertThat(world.sql("select cause from actor_event where actor_id = 'outgoing' and type = 'Suspending'")
                        .getFirst()
                        .getString(0))
                .isEqualTo("DRAIN");
        assertThat(resume(key).activation().worker().node())
                .isEqualTo(other(home).node());
        assertThat(world.work(key)).isEqualTo(2);
    }

    @Test
    void anActorThatAsksToSleepIsSuspended() {
        ActorKey key = world.create("tired");
        resume(key);

        where(key).requestSuspend(key);

        awaitStatus(key, ActorStatus.SUSPENDED);
        assertThat(world.sql("select cause from actor_event where actor_id = 'tired' and type = 'Suspending'")
                        .getFirst()
                        .getString(0))
                .isEqualTo("ACTOR");
    }

    @Test
    void anActorIdleForAsLongAsItsTemplateAllowsIsSuspended() {
        TemplateRef napping = world.catalog.template("napping", "2s");
        ActorKey key = world.create("default", "napper", napping);
        ActorKey awake = world.create("awake");
        resume(key);
        resume(awake);

        where(key).idle(key, Duration.ofSeconds(3));
        where(awake).idle(awake, Duration.ofSeconds(3));

        awaitStatus(key, ActorStatus.SUSPENDED);
        assertThat(world.status(awake)).isEqualTo(ActorStatus.RUNNING);
    }

    @Test
    void whatAWorkerRunsWithoutARecordIsEnded() {
        ActorKey key = world.create("stray");
        resume(key);
        suspend(key);
        ActorKey unknown = ActorKey.of("default", "unknown");
        await(first.activate(ActivateRequest.newBuilder()
                .setWorkerUid(first.report().getSlots(0).getSlot().getWorkerUid())
                .setActor(AteomCalls.ref(unknown))
                .setGeneration(7)
                .build()));

        Awaitility.await().until(() -> first.held() == 0);

        awaitAllWorkersFree();
    }

    @Test
    void aPausedActorWhoseNodeIsBusyIsMadeDurableAndWakesElsewhere() {
        ActorKey key = world.create("movable");
        resume(key);
        world.work(key);
        SimulatedAteom home = where(key);
        await(world.replica.activations.pause(key, Cause.API));
        ActorKey squatter = ActorKey.of("default", "squatter");
        String side = home == first ? "first" : "second";
        await(world.truth.create(
                new ActorStore.NewActor(squatter, world.template, Map.of(), Map.of("side", side), null, null)));
        resume(squatter);

        Actor awake = resume(key);

        assertThat(awake.activation().worker().node()).isEqualTo(other(home).node());
        assertThat(world.work(key)).isEqualTo(2);
    }

    @Test
    void aPausedActorWhoseNodeIsGoneGoesOnFromItsDurableSnapshotWithTheReasonKept() {
        ActorKey key = world.create("homeless");
        resume(key);
        world.work(key);
        suspend(key);
        resume(key);
        world.work(key);
        SimulatedAteom home = where(key);
        await(world.replica.activations.pause(key, Cause.API));
        world.mute(home, true);
        Awaitility.await().until(() -> !world.replica.workers.nodeIsThere(home.node()));

        resume(key);

        assertThat(world.work(key)).isEqualTo(2);
        assertThat(world.sql("select message from actor_event where actor_id = 'homeless' and type = 'ResumeFailed'")
                        .getFirst()
                        .getString(0))
                .contains("node %s, which alone holds its newest snapshot, is gone".formatted(home.node()));
    }
}
