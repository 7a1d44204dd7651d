package dev.dormouse.golden;

import static dev.dormouse.golden.GoldenStepTest.container;
import static dev.dormouse.golden.GoldenStepTest.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.actor.ActorStatus;
import dev.dormouse.name.ActorKey;
import dev.dormouse.template.ActorTemplate;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GoldenReconcilerTest {

    private final ScriptedWorld world = new ScriptedWorld();

    @Test
    void allTemplatesBecomeReadyByThemselves() {
        world.declare("one", "u1", spec(container("main", true)));
        world.declare("two", "u2", spec(container("main", true)));
        var reconciler = new GoldenReconciler(world, world.store(), world, world, () -> true, world);

        reconciler.start();

        await().atMost(Duration.ofSeconds(10)).until(() -> ready("one") && ready("two"));
        reconciler.stop();
    }

    @Test
    void theGoldenActorOfADeletedTemplateIsRemoved() {
        world.declare("one", "u1", spec(container("main", true)));
        ActorKey kept = GoldenActor.of(world.template("one"));
        world.declare("two", "u2", spec(container("main", true)));
        ActorKey orphan = GoldenActor.of(world.template("two"));
        world.add(kept, ActorStatus.RUNNING);
        world.add(orphan, ActorStatus.SUSPENDED);

        world.forget("two");
        sweep();

        assertThat(world.actors).containsOnlyKeys(kept);
    }

    @Test
    void oneThatIsAwakeIsStoppedFirst() {
        for (ActorStatus awake : Set.of(ActorStatus.RUNNING, ActorStatus.RESUMING, ActorStatus.SUSPENDING)) {
            ActorKey orphan = ActorKey.of("ate-golden", "orphan");
            world.add(orphan, awake);

            sweep();

            assertThat(world.actors).isEmpty();
        }
        assertThat(world.calls).startsWith("fell", "delete");
    }

    @Test
    void aTemplateThatMemoryDoesNotKnowYetKeepsItsActor() {
        world.declare("late", "u1", spec(container("main", true)));
        ActorTemplate late = world.template("late");
        world.forget("late");
        world.add(GoldenActor.of(late), ActorStatus.RUNNING);
        world.onRefresh = () -> world.declare("late", "u1", late.getSpec());

        sweep();

        assertThat(world.actors).hasSize(1);
    }

    @Test
    void noTwoTemplatesShareAnActor() {
        Set<String> ids = new HashSet<>();
        for (String name : new String[] {"a", "a.b", "a-b", "a".repeat(253)}) {
            for (String uid : new String[] {"u1", "u2"}) {
                world.declare(name, uid, spec(container("main", true)));
                ActorKey key = GoldenActor.of(world.template(name));
                assertThat(key.atespace().value()).isEqualTo("ate-golden");
                assertThat(ids.add(key.id().value())).isTrue();
                assertThat(GoldenActor.of(world.template(name))).isEqualTo(key);
            }
        }
        assertThat(ids)
                .allSatisfy(id -> assertThat(id).hasSizeLessThanOrEqualTo(63).matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?"));
    }

    private boolean ready(String name) {
        var status = world.template(name).getStatus();
        return status != null && status.ready();
    }

    private void sweep() {
        new GoldenSweep(world, world.store()).run().await().atMost(Duration.ofSeconds(5));
    }
}
