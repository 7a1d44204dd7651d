package dev.dormouse.activation;

import static dev.dormouse.activation.World.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.sim.SimulatedAteom;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workers come back with another sandbox build than snapshots were taken with. */
class BuildChangeTest {

    private static final String NEXT = "c".repeat(64);

    private World world;
    private SimulatedAteom ateom;

    @BeforeEach
    void open() {
        world = new World(Map.of("dormouse.scheduler.wait", "10s"));
        ateom = world.ateom("node-1", 1);
        Awaitility.await()
                .until(() -> world.replica.workers.all().stream()
                        .anyMatch(worker -> !worker.hardware().builds().isEmpty()));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private void upgrade() {
        ateom.upgrade(NEXT);
        Awaitility.await()
                .until(() -> world.replica.workers.all().stream()
                        .allMatch(worker -> worker.hardware().builds().contains(NEXT)));
    }

    private Actor resume(ActorKey key, boolean boot) {
        return await(world.replica.activations.resume(key, boot, Cause.API));
    }

    private ActorKey asleep(String id) {
        ActorKey key = world.create(id);
        resume(key, false);
        world.work(key);
        await(world.replica.activations.suspend(key, Cause.API));
        return key;
    }

    @Test
    void aNewActorBootsWhereNoWorkerCanGoOnFromTheGoldenSnapshot() {
        ActorKey key = world.create("new");
        assertThat(await(world.replica.activations.goldenOutdated(world.template)))
                .isEmpty();
        upgrade();

        Actor actor = resume(key, false);

        assertThat(actor.status()).isEqualTo(ActorStatus.RUNNING);
        assertThat(await(world.replica.activations.goldenOutdated(world.template)))
                .contains(
                        "no worker has the sandbox build that took the snapshot (sha256 bbbbbbbbbbbb): they have cccccccccccc");
    }

    @Test
    void anActorOfAnotherBuildIsToldWhyAndItsRecordToo() {
        ActorKey key = asleep("stranded");
        upgrade();

        Failure failure = catchThrowableOfType(Failure.class, () -> resume(key, false));

        assertThat(failure.code()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(failure).hasMessageContaining("bbbbbbbbbbbb").hasMessageContaining("cccccccccccc");
        Actor refused = world.record(key);
        assertThat(refused.status()).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(refused.lastError()).isEqualTo(failure.detail());
        assertThat(world.events(key)).endsWith("ResumeFailed");
    }

    @Test
    void beingRefusedAgainChangesNothing() {
        ActorKey key = asleep("insistent");
        upgrade();
        catchThrowableOfType(Failure.class, () -> resume(key, false));
        Actor refused = world.record(key);

        Failure again = catchThrowableOfType(Failure.class, () -> resume(key, false));

        assertThat(again.detail()).isEqualTo(refused.lastError());
        assertThat(world.record(key).version()).isEqualTo(refused.version());
        assertThat(world.events(key)).containsOnlyOnce("ResumeFailed");
    }

    @Test
    void anActorOfAnotherBuildStartsAnewWithBoot() {
        ActorKey key = asleep("restarted");
        upgrade();
        catchThrowableOfType(Failure.class, () -> resume(key, false));

        Actor actor = resume(key, true);

        assertThat(actor.status()).isEqualTo(ActorStatus.RUNNING);
        assertThat(actor.lastError()).isNull();
        assertThat(world.work(key)).isEqualTo(1);
    }

    @Test
    void withTheOldBuildBackItGoesOn() {
        ActorKey key = asleep("patient");
        String before = Objects.requireNonNull(world.record(key).snapshot()).sandboxBuild();
        upgrade();
        catchThrowableOfType(Failure.class, () -> resume(key, false));

        ateom.upgrade(before);
        Awaitility.await()
                .until(() -> world.replica.workers.all().stream()
                        .allMatch(worker -> worker.hardware().builds().contains(before)));

        assertThat(resume(key, false).status()).isEqualTo(ActorStatus.RUNNING);
        assertThat(world.work(key)).isEqualTo(2);
    }

    @Test
    void aDecisionOnAnOldRecordIsTakenAgain() {
        ActorKey key = asleep("moved");
        upgrade();
        Actor seen = world.record(key);
        await(world.truth.patch(key, Map.of("a", "b"), null, null));

        assertThat(await(world.truth.refused(key, seen.version(), "too late", Cause.API)))
                .isEqualTo(Optional.empty());
        assertThat(world.record(key).lastError()).isNull();
    }

    @Test
    void aGoldenActorBootsAsIfForTheFirstTime() {
        ActorKey golden = world.create("ate-golden", "golden", world.template);
        await(world.replica.activations.resume(golden, true, Cause.GOLDEN));
        world.work(golden);
        Actor asleep = await(world.replica.activations.suspend(golden, Cause.GOLDEN));
        // what it kept in durable directories would come along with its snapshot
        world.storage.delete(Objects.requireNonNull(asleep.snapshot()).uri());

        Actor again = await(world.replica.activations.resume(golden, true, Cause.GOLDEN));

        assertThat(again.status()).isEqualTo(ActorStatus.RUNNING);
    }
}
