package dev.dormouse.activation;

import static dev.dormouse.activation.World.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WakeQuotaTest {

    private static final int LIMIT = 3;

    private World world;

    @BeforeEach
    void open() {
        world = new World(Map.of("dormouse.scheduler.wait", "10s"));
        world.sql("insert into atespace (name) values ('other')");
        world.sql("update atespace set quota_running_actors = $1 where name = 'default'", (long) LIMIT);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private void resume(ActorKey key) {
        await(world.replica.activations.resume(key, false, Cause.REQUEST));
    }

    @Test
    void whoComesAtOnceToSeveralReplicasWakesAsManyAsMayRun() {
        world.ateom("node-1", 8);
        Replica first = world.replica;
        Replica second = world.start();
        List<ActorKey> keys =
                IntStream.range(0, 16).mapToObj(i -> world.create("a" + i)).toList();
        resume(world.create("other", "free", world.template));

        List<? extends CompletionStage<Boolean>> wakes = IntStream.range(0, keys.size())
                .mapToObj(i -> (i % 2 == 0 ? first : second)
                        .activations
                        .resume(keys.get(i), false, Cause.REQUEST)
                        .replaceWith(true)
                        .onFailure(
                                failure -> failure instanceof Failure known && known.code() == Code.RESOURCE_EXHAUSTED)
                        .recoverWithItem(false)
                        .subscribeAsCompletionStage())
                .toList();
        long woken =
                wakes.stream().filter(wake -> wake.toCompletableFuture().join()).count();

        assertThat(woken).isEqualTo(LIMIT);
        assertThat(keys.stream().filter(key -> world.status(key) == ActorStatus.RUNNING))
                .hasSize(LIMIT);
        // no worker was kept for those who were refused
        IntStream.range(0, 4).forEach(i -> resume(world.create("other", "more" + i, world.template)));
    }

    @Test
    void whoIsOverTheQuotaIsToldAtOnceAlthoughHeWouldHaveToWait() throws Exception {
        world.ateom("node-1", LIMIT);
        IntStream.range(0, LIMIT).forEach(i -> resume(world.create("a" + i)));
        ActorKey late = world.create("late");
        // which atespaces are limited is known for a second
        Thread.sleep(1100);

        // asks which atespaces are limited, and may still wait itself
        world.replica.activations.resume(late, false, Cause.API).subscribe().with(woken -> {}, refused -> {});
        Thread.sleep(300);
        ActorKey later = world.create("later");

        assertThatThrownBy(() -> world.replica
                        .activations
                        .wake(later, 80, Cause.REQUEST)
                        .await()
                        .atMost(Duration.ofSeconds(1)))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
                    assertThat(failure.detail())
                            .isEqualTo("quota runningActors of atespace default is reached: limit 3, used 3");
                });
        assertThat(world.status(later)).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(world.record(later).lastError()).isNull();

        await(world.replica.activations.suspend(ActorKey.of("default", "a0"), Cause.API));
    }

    @Test
    void aServerThatIsKilledLeavesNoPlaceTaken() {
        world.ateom("node-1", 8);
        IntStream.range(0, LIMIT).forEach(i -> resume(world.create("a" + i)));

        world.restart();
        IntStream.range(0, LIMIT)
                .forEach(i -> await(world.replica.activations.suspend(ActorKey.of("default", "a" + i), Cause.API)));

        IntStream.range(0, LIMIT).forEach(i -> resume(world.create("b" + i)));
        assertThatThrownBy(() -> resume(world.create("c"))).hasMessageContaining("quota runningActors");
    }
}
