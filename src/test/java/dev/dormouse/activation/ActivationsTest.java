package dev.dormouse.activation;

import static dev.dormouse.activation.World.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorId;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Failure;
import dev.dormouse.scheduler.Explanation;
import dev.dormouse.sim.SimulatedAteom;
import dev.dormouse.template.ActorTemplateStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ActivationsTest {

    private World world;
    private SimulatedAteom ateom;

    @BeforeEach
    void open() {
        world = new World(Map.of("dormouse.scheduler.wait", "30s"));
        ateom = world.ateom("node-1", 3);
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

    private Actor pause(ActorKey key) {
        return await(world.replica.activations.pause(key, Cause.API));
    }

    @Test
    void anActorGoesOnWhereItStopped() {
        ActorKey key = world.create("counter");
        resume(key);
        world.work(key);
        world.work(key);

        Actor asleep = suspend(key);
        Actor awake = resume(key);

        assertThat(asleep.status()).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(asleep.activation()).isNull();
        assertThat(awake.status()).isEqualTo(ActorStatus.RUNNING);
        assertThat(world.work(key)).isEqualTo(3);
        assertThat(world.events(key))
                .containsExactly("Created", "Resuming", "Running", "Suspending", "Suspended", "Resuming", "Running");
    }

    @Test
    void theRouterGetsTheEndpointOfTheActivation() {
        ActorKey key = world.create("routed");

        Waker.Route route = await(world.replica.activations.wake(key, 80, Cause.REQUEST));
        Actor actor = resume(key);

        assertThat(route.host()).isEqualTo("127.0.0.1");
        assertThat(route.generation()).isEqualTo(actor.generation());
        assertThat(actor.activation().endpoint().ports()).containsEntry(80, route.port());
    }

    @Test
    void aPortThatWasNotOpenIsOpenedWhenAskedFor() {
        ActorKey key = world.create("ports");

        Waker.Route route = await(world.replica.activations.wake(key, 9090, Cause.REQUEST));

        Awaitility.await()
                .untilAsserted(() -> assertThat(
                                world.record(key).activation().endpoint().ports())
                        .containsEntry(9090, route.port()));
    }

    @Test
    void resumeOfARunningActorReturnsIt() {
        ActorKey key = world.create("running");
        Actor first = resume(key);

        Actor again = resume(key);

        assertThat(again).isEqualTo(first);
    }

    @Test
    void manyCallersOfOneActorCauseOneWake() {
        ActorKey key = world.create("popular");
        ateom.latency(Duration.ofMillis(50));

        List<Waker.Route> routes = await(Uni.join()
                .all(IntStream.range(0, 64)
                        .mapToObj(i -> world.replica.activations.wake(key, 80, Cause.REQUEST))
                        .toList())
                .andFailFast());

        assertThat(routes).containsOnly(routes.getFirst());
        assertThat(resume(key).generation()).isOne();
    }

    @Test
    void aCallerWhoLeavesDoesNotEndTheWake() {
        ActorKey key = world.create("abandoned");
        ateom.latency(Duration.ofMillis(100));

        world.replica
                .activations
                .resume(key, false, Cause.API)
                .subscribe()
                .with(actor -> {})
                .cancel();

        Awaitility.await().until(() -> world.status(key) == ActorStatus.RUNNING);
    }

    @Test
    void manyActorsShareFewWorkersAndEachKeepsItsNumber() {
        List<ActorKey> keys =
                IntStream.range(0, 64).mapToObj(i -> world.create("many-" + i)).toList();

        for (int round = 1; round <= 3; round++) {
            long expected = round;
            await(Uni.join()
                    .all(keys.stream()
                            .map(key -> world.replica
                                    .activations
                                    .resume(key, false, Cause.API)
                                    .invoke(() -> {})
                                    .chain(actor -> {
                                        long number = ateom.work(key, actor.generation())
                                                .orElseThrow();
                                        assertThat(number).isEqualTo(expected);
                                        return world.replica.activations.suspend(key, Cause.API);
                                    }))
                            .toList())
                    .andFailFast());
        }

        assertThat(world.sql("select 1 from worker where state <> 'FREE'")).isEmpty();
    }

    @Test
    void aWaitingCallerIsServedAtOnceWhenAWorkerFrees() {
        List<ActorKey> holders =
                IntStream.range(0, 3).mapToObj(i -> world.create("holder-" + i)).toList();
        holders.forEach(this::resume);
        var waiting = world.replica
                .activations
                .resume(world.create("next"), false, Cause.API)
                .subscribeAsCompletionStage();
        Awaitility.await().until(() -> world.replica.dispatcher.waiting() == 1);

        suspend(holders.getFirst());

        assertThat(waiting.orTimeout(1, TimeUnit.SECONDS).join().status()).isEqualTo(ActorStatus.RUNNING);
    }

    @Test
    void withoutAFittingPoolTheAnswerComesAtOnce() {
        ActorKey key = ActorKey.of("default", "picky");
        await(world.truth.create(
                new ActorStore.NewActor(key, world.template, Map.of(), Map.of("zone", "moon"), null, null)));

        assertThatThrownBy(() -> resume(key))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(
                        "no worker pool matches the template's sandboxClass and the template/actor selectors");
        assertThat(await(world.replica.activations.why(key)).pools().getFirst().reason())
                .contains("zone=moon");
        assertThat(world.record(key).lastError()).startsWith("no worker pool matches");
    }

    @Test
    void anActorOfATemplateThatIsNotReadyIsNotStarted() {
        ActorKey key =
                world.create("default", "early", world.catalog.template("unready", TestCatalog.spec(null), false));

        assertThatThrownBy(() -> resume(key)).isInstanceOf(Failure.class).hasMessageContaining("is not Ready");
        assertThat(world.status(key)).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(world.record(key).lastError()).isEqualTo("ActorTemplate demo/unready is not Ready (phase: new)");
    }

    @Test
    void whyOfAnActorThatCanNotStartNamesTheTemplatesReason() {
        TemplateRef unready = world.catalog.template("unready", TestCatalog.spec(null), false);
        ActorKey key = world.create("default", "early", unready);
        Condition condition = new ConditionBuilder()
                .withType("Ready")
                .withMessage("the image is gone")
                .build();
        world.catalog
                .template(unready)
                .orElseThrow()
                .setStatus(new ActorTemplateStatus("Failed", null, null, null, 3, List.of(condition), 1));

        Explanation why = await(world.replica.activations.why(key));

        assertThat(why.summary())
                .isEqualTo("ActorTemplate demo/unready is not Ready (phase: Failed): the image is gone");
        assertThat(why.pools()).singleElement().matches(Explanation.PoolFit::fits);
        assertThat(why.workers()).isEmpty();
    }

    @Test
    void whyOfAnActorWithoutItsTemplateSaysSo() {
        TemplateRef passing = world.catalog.template("passing", (String) null);
        ActorKey key = world.create("default", "orphan", passing);
        world.catalog.templates.remove(passing);

        assertThat(await(world.replica.activations.why(key)).summary())
                .isEqualTo("ActorTemplate demo/passing not found");
    }

    @Test
    void aRefusalForTheSameReasonIsNotedOnce() {
        ActorKey key =
                world.create("default", "early", world.catalog.template("unready", TestCatalog.spec(null), false));
        assertThatThrownBy(() -> resume(key)).isInstanceOf(Failure.class);
        long noted = world.record(key).version();

        assertThatThrownBy(() -> resume(key)).isInstanceOf(Failure.class);

        assertThat(world.record(key).version()).isEqualTo(noted);
        assertThat(world.events(key)).containsExactly("Created", "ResumeFailed");
    }

    @Test
    void aGoldenActorBootsFromTheImage() {
        ActorKey key =
                world.create("ate-golden", "golden", world.catalog.template("unready", TestCatalog.spec(null), false));

        assertThat(await(world.replica.activations.resume(key, false, Cause.GOLDEN))
                        .status())
                .isEqualTo(ActorStatus.RUNNING);
    }

    @Test
    void nobodyButTheControlPlaneWakesAGoldenActor() {
        ActorKey key =
                world.create("ate-golden", "golden", world.catalog.template("unready", TestCatalog.spec(null), false));
        Activations activations = world.replica.activations;

        assertThatThrownBy(() -> await(activations.wake(key, 80, Cause.REQUEST)))
                .hasMessageContaining("reserved");
        assertThatThrownBy(() -> await(activations.resume(key, false, Cause.API)))
                .hasMessageContaining("reserved");
        assertThat(world.events(key)).containsExactly("Created");

        await(activations.resume(key, false, Cause.GOLDEN));
        assertThatThrownBy(() -> suspend(key)).hasMessageContaining("reserved");
        assertThatThrownBy(() -> pause(key)).hasMessageContaining("reserved");
        assertThat(world.record(key).status()).isEqualTo(ActorStatus.RUNNING);
    }

    @Test
    void suspendAndPauseOfWhatSleepsChangeNothing() {
        ActorKey suspended = world.create("suspended");
        ActorKey paused = world.create("paused");
        resume(paused);
        Actor asleep = pause(paused);

        assertThat(suspend(suspended).version()).isEqualTo(1);
        assertThat(pause(paused)).isEqualTo(asleep);
        assertThatThrownBy(() -> pause(suspended)).hasMessageContaining("STATUS_SUSPENDED");
    }

    @Test
    void suspendWhileTheActorIsWakingIsAborted() {
        ActorKey key = world.create("waking");
        ateom.latency(Duration.ofSeconds(1));
        var waking = world.replica.activations.resume(key, false, Cause.API).subscribeAsCompletionStage();
        Awaitility.await().until(() -> world.status(key) == ActorStatus.RESUMING);

        assertThatThrownBy(() -> suspend(key)).hasMessage("another operation is in progress for this actor");
        assertThat(waking.join().status()).isEqualTo(ActorStatus.RUNNING);
    }

    @Test
    void aRequestForAnActorThatFallsAsleepWakesItAgain() {
        ActorKey key = world.create("turning");
        resume(key);
        ateom.latency(Duration.ofSeconds(1));
        var sleeping = world.replica.activations.suspend(key, Cause.API).subscribeAsCompletionStage();
        Awaitility.await().until(() -> world.status(key) == ActorStatus.SUSPENDING);

        Waker.Route route = await(world.replica.activations.wake(key, 80, Cause.REQUEST));

        assertThat(route.generation()).isEqualTo(2);
        assertThat(sleeping.join().status()).isEqualTo(ActorStatus.SUSPENDED);
    }

    @Test
    void aPausedActorKeepsItsDurableSnapshotBesideTheLocalOne() {
        ActorKey key = world.create("pausing");
        resume(key);
        world.work(key);
        suspend(key);
        resume(key);
        world.work(key);

        Actor paused = pause(key);

        assertThat(paused.status()).isEqualTo(ActorStatus.PAUSED);
        assertThat(paused.localSnapshot().node()).isEqualTo("node-1");
        assertThat(paused.snapshot().node()).isNull();
        resume(key);
        assertThat(world.work(key)).isEqualTo(3);
    }

    @Test
    void suspendOfAPausedActorUploadsWhatIsThere() {
        ActorKey key = world.create("promoted");
        resume(key);
        world.work(key);
        pause(key);

        Actor suspended = suspend(key);

        assertThat(suspended.status()).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(suspended.snapshot().uri()).startsWith("file:///snapshots/");
        resume(key);
        assertThat(world.work(key)).isEqualTo(2);
    }

    @Test
    void aForkStartsWithTheStateOfARunningOriginThatRunsOn() {
        ActorKey key = world.create("origin");
        resume(key);
        world.work(key);

        Actor fork = await(world.replica.activations.fork(key, new ActorId("copy")));
        resume(fork.key());

        assertThat(fork.status()).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(world.work(fork.key())).isEqualTo(2);
        assertThat(world.work(key)).isEqualTo(2);
    }

    @Test
    void resumeWithBootStartsFromTheImage() {
        ActorKey key = world.create("booted");
        resume(key);
        world.work(key);
        suspend(key);

        await(world.replica.activations.resume(key, true, Cause.API));

        assertThat(world.work(key)).isOne();
    }
}
