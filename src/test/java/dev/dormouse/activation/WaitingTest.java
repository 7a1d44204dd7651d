package dev.dormouse.activation;

import static dev.dormouse.activation.World.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.Cause;
import dev.dormouse.journal.ChangeFeed.CallersWaiting;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.platform.Failure;
import dev.dormouse.pool.WorkerPoolSpec.Autoscaling;
import dev.dormouse.sim.SimulatedAteom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WaitingTest {

    private World world;
    private SimulatedAteom ateom;
    private List<ActorKey> holders;

    @BeforeEach
    void holdAllWorkers() {
        world = new World(Map.of(
                "dormouse.scheduler.wait", "2s",
                "dormouse.router.park-timeout", "1500ms",
                "dormouse.scheduler.pressure-idle", "1s",
                "dormouse.scheduler.queue-limit", "2"));
        ateom = world.ateom("node-1", 2);
        holders =
                IntStream.range(0, 2).mapToObj(i -> world.create("holder-" + i)).toList();
        holders.forEach(key -> await(world.replica.activations.resume(key, false, Cause.API)));
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void whoeverWaitsTooLongIsToldWhy() {
        ActorKey late = world.create("late");

        assertThatThrownBy(() -> await(world.replica.activations.resume(late, false, Cause.API)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("no free workers available")
                .hasMessageContaining("of 2 workers in fitting pools 2 are busy")
                .extracting(failure -> ((Failure) failure).retryAfter())
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(world.status(late)).isEqualTo(ActorStatus.SUSPENDED);
    }

    @Test
    void aRequestIsToldWhyBeforeItGivesUp() {
        ActorKey late = world.create("late");

        assertThatThrownBy(() -> world.replica
                        .activations
                        .wake(late, 80, Cause.REQUEST)
                        .await()
                        .atMost(Duration.ofMillis(1500)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("no free workers available: of 2 workers in fitting pools 2 are busy");
    }

    @Test
    void theQueueIsBounded() {
        for (int i = 0; i < 2; i++) {
            call(world.replica, "waiting-" + i);
        }
        Awaitility.await().until(() -> world.replica.dispatcher.waiting() == 2);

        assertThatThrownBy(() -> await(world.replica.activations.resume(world.create("refused"), false, Cause.API)))
                .hasMessageContaining("too many callers wait");
    }

    @Test
    void whoComesAgainAfterWaitingInVainGoesBeforeThoseWhoCameLater() {
        ActorKey early = world.create("early");
        ActorKey late = world.create("late");
        assertThatThrownBy(() -> await(world.replica.activations.resume(early, false, Cause.API)))
                .isInstanceOf(Failure.class);
        var second = world.replica.activations.resume(late, false, Cause.API).subscribeAsCompletionStage();
        Awaitility.await().until(() -> world.replica.dispatcher.waiting() == 1);
        var first = world.replica.activations.resume(early, false, Cause.API).subscribeAsCompletionStage();
        Awaitility.await().until(() -> world.replica.dispatcher.waiting() == 2);

        await(world.replica.activations.suspend(holders.getFirst(), Cause.API));

        first.join();
        assertThat(second).isNotCompleted();
        assertThatThrownBy(second::join).hasMessageContaining("no free workers available");
    }

    @Test
    void everyReplicaHearsHowManyWaitForAPoolThatScales() {
        world.catalog.pools.clear();
        world.catalog.pool("pool", Map.of(), new Autoscaling(1, 9, 0));
        PoolRef pool = new PoolRef("demo", "pool");
        Replica first = world.replica;
        Replica second = world.start();
        call(first, "one");
        call(second, "two");
        call(second, "three");

        Awaitility.await().until(() -> first.backlog.waiting(pool) == 3 && second.backlog.waiting(pool) == 3);
        // they give up by themselves
        Awaitility.await().until(() -> first.backlog.waiting(pool) == 0 && second.backlog.waiting(pool) == 0);
    }

    @Test
    void aReplicaThatFellSilentHasNoCallersAnyMore() {
        PoolRef pool = new PoolRef("demo", "pool");
        world.feed.publish(new CallersWaiting(UUID.randomUUID(), pool, 7));
        Awaitility.await().until(() -> world.replica.backlog.waiting(pool) == 7);

        Awaitility.await().until(() -> world.replica.backlog.waiting(pool) == 0);
    }

    private void call(Replica replica, String actor) {
        replica.activations
                .resume(world.create(actor), false, Cause.API)
                .subscribe()
                .with(woken -> {}, failure -> {});
    }

    @Test
    void theActorIdleLongestMakesRoomWhenSomebodyWaits() {
        ateom.idle(holders.get(0), Duration.ofSeconds(60));
        ateom.idle(holders.get(1), Duration.ofSeconds(90));
        Awaitility.await()
                .until(() -> holders.stream().allMatch(key -> world.record(key).idleSince() != null));

        await(world.replica.activations.resume(world.create("pressing"), false, Cause.REQUEST));

        assertThat(world.status(holders.get(1))).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(world.status(holders.get(0))).isEqualTo(ActorStatus.RUNNING);
        assertThat(world.sql("select cause from actor_event where actor_id = $1 and type = 'Suspending'", "holder-1")
                        .getFirst()
                        .getString(0))
                .isEqualTo("PRESSURE");
    }

    @Test
    void anIdleActorMakesRoomAlsoIfTheReportOfItGotLost() {
        ateom.idle(holders.get(0), Duration.ofSeconds(60));
        Awaitility.await().until(() -> world.record(holders.get(0)).idleSince() != null);
        world.sql("update actor set idle_since = null where id = $1", "holder-0");

        await(world.replica.activations.resume(world.create("pressing"), false, Cause.REQUEST));

        assertThat(world.status(holders.get(0))).isEqualTo(ActorStatus.SUSPENDED);
    }

    @Test
    void anIdleActorMakesRoomForTheCallersOfAllReplicas() {
        Replica first = world.replica;
        // from now on the ateom reports to another
        world.start();
        ateom.idle(holders.get(0), Duration.ofSeconds(60));
        Awaitility.await().until(() -> isAnyIdle(first));
        ateom.idle(holders.get(0), Duration.ZERO);
        Awaitility.await().until(() -> !isAnyIdle(first));
        ateom.idle(holders.get(0), Duration.ofSeconds(60));
        Awaitility.await().until(() -> isAnyIdle(first));

        await(first.activations.resume(world.create("pressing"), false, Cause.REQUEST));

        assertThat(world.status(holders.get(0))).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(world.status(holders.get(1))).isEqualTo(ActorStatus.RUNNING);
    }

    private static boolean isAnyIdle(Replica replica) {
        return replica.workers.all().stream().anyMatch(worker -> worker.idleSince() != null);
    }

    @Test
    void aBusyActorKeepsItsWorkerWhoeverWaits() {
        assertThatThrownBy(() -> await(world.replica.activations.resume(world.create("late"), false, Cause.REQUEST)))
                .hasMessageContaining("no free workers available");
        assertThat(holders).allMatch(key -> world.status(key) == ActorStatus.RUNNING);
    }
}
