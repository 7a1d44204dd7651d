package dev.dormouse.activation;

import static dev.dormouse.activation.World.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
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
    void whoIsOverTheQuotaIsToldAtOnceAlthoughHeWouldHaveToWait() {
        world.ateom("node-1", LIMIT);
        IntStream.range(0, LIMIT).forEach(i -> resume(world.create("a" + i)));

        ActorKey refused = refusedAtOnce();

        assertThat(world.status(refused)).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(world.record(refused).lastError()).isNull();
    }

    /** Which atespaces are limited is known for a second: before, one waits for a worker. */
    private ActorKey refusedAtOnce() {
        AtomicInteger attempts = new AtomicInteger();
        return Awaitility.await()
                .until(
                        () -> {
                            ActorKey key = world.create("late" + attempts.incrementAndGet());
                            Throwable failure = catchThrowable(() -> world.replica
                                    .activations
                                    .wake(key, 80, Cause.REQUEST)
                                    .await()
                                    .atMost(Duration.ofSeconds(1)));
                            return isRefusal(failure) ? key : null;
                        },
                        Objects::nonNull);
    }

    private static boolean isRefusal(@Nullable Throwable failure) {
        return failure instanceof Failure known
                && known.code() == Code.RESOURCE_EXHAUSTED
                && known.detail().equals("quota runningActors of atespace default is reached: limit 3, used 3");
    }

    @Test
    void aServerThatIsKilledLeavesNoPlaceTaken() {
        world.ateom("node-1", 8);
        List<ActorKey> awake =
                IntStream.range(0, LIMIT).mapToObj(i -> world.create("a" + i)).toList();
        awake.forEach(this::resume);

        world.restart();
        awake.forEach(this::layToSleep);

        IntStream.range(0, LIMIT).forEach(i -> resume(world.create("b" + i)));
        assertThatThrownBy(() -> resume(world.create("c"))).hasMessageContaining("quota runningActors");
    }

    /** The server that has just started may have to hear of its worker first. */
    private void layToSleep(ActorKey key) {
        Awaitility.await().ignoreExceptionsInstanceOf(Failure.class).until(() -> {
            await(world.replica.activations.suspend(key, Cause.API));
            return world.status(key) == ActorStatus.SUSPENDED;
        });
    }
}
