package dev.dormouse.activation;

import static dev.dormouse.activation.World.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.Cause;
import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.sandboxconfig.SandboxClass;
import dev.dormouse.sim.SimulatedAteom;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateSpec;
import dev.dormouse.template.ActorTemplateSpec.Extent;
import dev.dormouse.template.ActorTemplateSpec.SnapshotsConfig;
import dev.dormouse.template.ActorTemplateStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What activation owes to golden snapshots. */
class GoldenActorsTest {

    private World world;

    @BeforeEach
    void open() {
        world = new World(Map.of("dormouse.scheduler.wait", "10s"));
        world.ateom("node-1", 1);
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void aGoldenSnapshotIsFullThoughActorsKeepDataOnly() {
        TemplateRef template = world.catalog.template("data", keepingData(), false);
        ActorKey golden = world.create("ate-golden", "golden", template);
        await(world.replica.activations.resume(golden, true, Cause.GOLDEN));

        Actor asleep = await(world.replica.activations.suspend(golden, Cause.GOLDEN));

        assertThat(Objects.requireNonNull(asleep.snapshot()).scope()).isEqualTo(Scope.FULL);
    }

    @Test
    void aTemplateWhoseGoldenSnapshotHasNoMemoryBootsItsActorsAlsoWhileAnotherIsTaken() {
        TemplateRef template = world.catalog.template("boots", TestCatalog.spec(null), false);
        status(template, "WaitGoldenActor");
        ActorKey early = world.create("default", "early", template);
        assertThat(await(world.replica
                        .activations
                        .resume(early, false, Cause.API)
                        .map(Actor::status)
                        .onFailure()
                        .recoverWithItem(ActorStatus.SUSPENDED)))
                .isEqualTo(ActorStatus.SUSPENDED);

        withoutMemory(template);

        // its files are of the golden actor: nothing is there to start from
        assertThat(await(world.replica.activations.resume(early, false, Cause.API))
                        .status())
                .isEqualTo(ActorStatus.RUNNING);
        assertThat(world.work(early)).isEqualTo(1);
    }

    @Test
    void aGoldenSnapshotWithoutMemoryIsOutdatedOnceAWorkerCouldKeepIt() {
        TemplateRef template = world.catalog.template("fell-back", TestCatalog.spec(null), true);
        TemplateRef plain = world.catalog.template("plain", asProcesses(), false);
        withoutMemory(plain);
        awaitWorkers(1);
        assertThat(await(world.replica.activations.goldenOutdated(template))).isEmpty();

        withoutMemory(template);

        assertThat(await(world.replica.activations.goldenOutdated(template)))
                .contains(
                        "the present one has no memory, which no worker could keep; now one of class gvisor is there");
        assertThat(await(world.replica.activations.goldenOutdated(plain))).isEmpty();
    }

    @Test
    void aGoldenSnapshotIsTakenWhereMemoryCanBeKept() {
        TemplateRef template = world.catalog.template("fell-back", TestCatalog.spec(null), false);
        withoutMemory(template);
        world.ateom("node-2", processSlots());
        awaitWorkers(3);
        ActorKey golden = world.create("ate-golden", "golden", template);

        for (int i = 0; i < 3; i++) {
            await(world.replica.activations.resume(golden, true, Cause.GOLDEN));
            Actor asleep = await(world.replica.activations.suspend(golden, Cause.GOLDEN));
            assertThat(Objects.requireNonNull(asleep.snapshot()).scope()).isEqualTo(Scope.FULL);
        }
    }

    private void awaitWorkers(int count) {
        Awaitility.await()
                .until(() -> world.replica.workers.all().stream()
                                .filter(worker ->
                                        !worker.hardware().sandboxClass().isEmpty())
                                .count()
                        == count);
    }

    private static List<Slot> processSlots() {
        return SimulatedAteom.slots("demo", "pool", 2).stream()
                .map(slot -> slot.toBuilder()
                        .setWorkerUid(UUID.randomUUID().toString())
                        .setPod("plain-" + slot.getPod())
                        .setSandboxClass("process")
                        .build())
                .toList();
    }

    private void withoutMemory(TemplateRef template) {
        world.catalog.golden.put(
                template,
                new SnapshotRef(
                        UUID.randomUUID(),
                        "file:///snapshots/gone",
                        Scope.DATA,
                        8,
                        "process",
                        "",
                        "amd64/f00",
                        null,
                        Instant.EPOCH));
    }

    /** As the catalog does it: another object each time. */
    private void status(TemplateRef ref, String phase) {
        ActorTemplate before = world.catalog.template(ref).orElseThrow();
        ActorTemplate after = new ActorTemplate();
        after.setMetadata(before.getMetadata());
        after.setSpec(before.getSpec());
        after.setStatus(new ActorTemplateStatus(phase, null, null, null, null, null, 1));
        world.catalog.templates.put(ref, after);
    }

    private static ActorTemplateSpec asProcesses() {
        ActorTemplateSpec spec = TestCatalog.spec(null);
        return new ActorTemplateSpec(
                spec.pauseImage(),
                spec.containers(),
                null,
                spec.snapshotsConfig(),
                SandboxClass.PROCESS,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static ActorTemplateSpec keepingData() {
        ActorTemplateSpec spec = TestCatalog.spec(null);
        return new ActorTemplateSpec(
                spec.pauseImage(),
                spec.containers(),
                null,
                new SnapshotsConfig("file:///snapshots", Extent.FULL, Extent.DATA),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
