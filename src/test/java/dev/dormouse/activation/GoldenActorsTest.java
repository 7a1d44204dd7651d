package dev.dormouse.activation;

import static dev.dormouse.activation.World.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateSpec;
import dev.dormouse.template.ActorTemplateSpec.Extent;
import dev.dormouse.template.ActorTemplateSpec.SnapshotsConfig;
import dev.dormouse.template.ActorTemplateStatus;
import java.util.Map;
import java.util.Objects;
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
    void aTemplateThatIsReadyWithoutAGoldenSnapshotBootsItsActors() {
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

        status(template, "Ready");

        assertThat(await(world.replica.activations.resume(early, false, Cause.API))
                        .status())
                .isEqualTo(ActorStatus.RUNNING);
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
                null);
    }
}
