package dev.dormouse.activation;

import static dev.dormouse.activation.World.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorKey;
import dev.dormouse.sim.SimulatedAteom;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server dies between any two steps; another one finds everything in order before long. */
class RecoveryTest {

    private static final int WORKERS = 3;

    private World world;
    private SimulatedAteom ateom;

    @BeforeEach
    void open() {
        world = new World(Map.of(
                "dormouse.scheduler.wait", "20s",
                "dormouse.activation.lease", "600ms",
                "dormouse.workers.lost-after", "20s"));
        ateom = world.ateom("node-1", WORKERS);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Uni<Actor> resume(ActorKey key) {
        return world.replica.activations.resume(key, false, Cause.API);
    }

    /** Begins and doesn't wait: the server may die of it. */
    private static void begin(Uni<?> operation) {
        operation.subscribe().with(done -> {}, failed -> {});
    }

    private void dieAt(String method) {
        world.replica.life.dieAt(method::equals);
    }

    private void awaitDeath() {
        Awaitility.await().until(world.replica.life::isDead);
    }

    private void awaitOrder(List<ActorKey> keys) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertOrder(keys));
    }

    private void assertOrder(List<ActorKey> keys) {
        List<Actor> actors = keys.stream().map(world::record).toList();
        assertThat(actors).noneMatch(actor -> actor.status().inTransition());
        List<Actor> running = actors.stream()
                .filter(actor -> actor.status() == ActorStatus.RUNNING)
                .toList();
        assertThat(world.sql("select 1 from worker where state = 'FREE'")).hasSize(WORKERS - running.size());
        assertThat(ateom.held()).isEqualTo(running.size());
        assertThat(running)
                .allSatisfy(actor -> assertThat(
                                ateom.running(actor.key()).orElseThrow().generation())
                        .isEqualTo(actor.generation()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"claim", "activate", "running"})
    void aWakeThatWasInterruptedIsFinishedOrRolledBack(String step) {
        ActorKey key = world.create("waking");
        await(resume(key));
        world.work(key);
        await(world.replica.activations.suspend(key, Cause.API));
        dieAt(step);
        begin(resume(key));
        awaitDeath();

        world.restart();

        awaitOrder(List.of(key));
        await(resume(key));
        assertThat(world.work(key)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sleep", "checkpoint", "slept"})
    void aSuspendThatWasInterruptedIsFinished(String step) {
        ActorKey key = world.create("sleeping");
        await(resume(key));
        world.work(key);
        dieAt(step);
        begin(world.replica.activations.suspend(key, Cause.API));
        awaitDeath();

        world.restart();

        awaitOrder(List.of(key));
        await(resume(key));
        assertThat(world.work(key)).isEqualTo(2);
    }

    @Test
    void nothingIsTakenOverBeforeTheWorkersAreKnown() {
        ActorKey key = world.create("early");
        await(resume(key));
        world.work(key);
        dieAt("checkpoint");
        begin(world.replica.activations.suspend(key, Cause.API));
        awaitDeath();
        world.replica.kill();
        Awaitility.await()
                .until(() -> !world.sql("select 1 from actor where intent_deadline < now()")
                        .isEmpty());

        await(world.unbegun().recovery.run());

        assertThat(world.status(key)).isEqualTo(ActorStatus.SUSPENDING);
        world.start();
        awaitOrder(List.of(key));
        await(resume(key));
        assertThat(world.work(key)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"promote", "promoted"})
    void anUploadThatWasInterruptedIsFinished(String step) {
        ActorKey key = world.create("promoting");
        await(resume(key));
        world.work(key);
        await(world.replica.activations.pause(key, Cause.API));
        dieAt(step);
        begin(world.replica.activations.suspend(key, Cause.API));
        awaitDeath();

        world.restart();

        awaitOrder(List.of(key));
        await(resume(key));
        assertThat(world.work(key)).isEqualTo(2);
    }

    @RepeatedTest(5)
    void nothingIsLostHoweverOftenTheServerDies() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        List<ActorKey> keys = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            keys.add(world.create("busy-" + i));
        }
        for (int round = 0; round < 5; round++) {
            int dies = random.nextInt(30);
            int[] calls = {0};
            world.replica.life.dieAt(method -> calls[0]++ == dies);
            keys.forEach(key -> begin(resume(key).chain(() -> world.replica.activations.suspend(key, Cause.API))));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> world.replica.life.isDead() || calls[0] < dies);

            world.restart();
        }

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(seed).satisfies(ignored -> assertOrder(keys)));
        for (ActorKey key : keys) {
            await(resume(key));
            await(world.replica.activations.suspend(key, Cause.API));
        }
        assertThat(world.sql("select 1 from worker where state = 'FREE'")).hasSize(WORKERS);
    }

    @RepeatedTest(2)
    void twoServersShareTheWorkersWithoutError() {
        Replica one = world.replica;
        Replica two = world.start();
        Awaitility.await()
                .until(() ->
                        one.workers.all().size() == WORKERS && two.workers.all().size() == WORKERS);
        List<Uni<Actor>> cycles = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            ActorKey key = world.create("shared-" + i);
            Replica by = i % 2 == 0 ? one : two;
            cycles.add(
                    by.activations.resume(key, false, Cause.API).chain(() -> by.activations.suspend(key, Cause.API)));
        }

        List<Actor> asleep = await(Uni.join().all(cycles).andFailFast());

        assertThat(asleep).allMatch(actor -> actor.status() == ActorStatus.SUSPENDED);
    }
}
