package dev.dormouse.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.actor.ActorStatus;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.template.ActorTemplateSpec;
import dev.dormouse.template.ActorTemplateSpec.Container;
import dev.dormouse.template.ActorTemplateSpec.HttpGet;
import dev.dormouse.template.ActorTemplateSpec.Readyz;
import dev.dormouse.template.ActorTemplateSpec.SnapshotsConfig;
import dev.dormouse.template.ActorTemplateSpec.VolumeMount;
import dev.dormouse.template.ActorTemplateStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GoldenStepTest {

    private static final TemplateRef TALLY = new TemplateRef("demo", "tally");
    private static final Failure CRASH = new Failure(Code.UNAVAILABLE, "the actor could not be woken: exit code 3");
    private static final Failure NO_WORKER = new Failure(
            Code.FAILED_PRECONDITION, "no free workers available: no pool fits", Duration.ofSeconds(1), null);

    private final ScriptedWorld world = new ScriptedWorld();

    @Test
    void aTemplateBecomesReadyThroughItsPhases() {
        world.declare("tally", "u1", spec(container("main", true)));

        runUntilDone();

        assertThat(world.statuses)
                .extracting(ActorTemplateStatus::phase)
                .containsExactly("ResumeGoldenActor", "WaitGoldenActor", "Ready");
        ActorTemplateStatus ready = status();
        assertThat(world.golden(TALLY)).isPresent();
        assertThat(ready.goldenSnapshot())
                .isEqualTo(world.golden(TALLY).orElseThrow().uri());
        assertThat(ready.goldenActorID()).isEqualTo(golden().id().value());
        assertThat(ready.observedGeneration()).isEqualTo(1);
        assertThat(ready.goldenFailures()).isNull();
        assertThat(condition().getStatus()).isEqualTo("True");
        assertThat(condition().getReason()).isEqualTo("Ready");
        assertThat(condition().getMessage()).isEqualTo("Actor template is ready for use");
    }

    @Test
    void withReadyProbesOnEveryContainerNothingWaits() {
        world.declare("tally", "u1", spec(container("main", true)));

        Duration waited = runUntilDone();

        assertThat(waited).isEqualTo(Duration.ZERO);
    }

    @Test
    void withoutAReadyProbeTheSnapshotIsTakenAfterTwentySeconds() {
        world.declare("tally", "u1", spec(container("main", true), container("side", false)));

        Duration waited = runUntilDone();

        assertThat(waited).isEqualTo(Duration.ofSeconds(20));
        assertThat(world.calls).containsExactly("create", "boot", "suspend");
        assertThat(status().takeGoldenSnapshotAt()).isEqualTo("2026-01-01T00:00:20Z");
    }

    @Test
    void whereTheSandboxKeepsDataOnlyTheTemplateIsReadyWithoutAGoldenSnapshot() {
        world.scope = Scope.DATA;
        world.declare("tally", "u1", spec(container("main", true)));

        runUntilDone();

        assertThat(status().ready()).isTrue();
        assertThat(status().goldenSnapshot()).isNull();
        assertThat(world.golden(TALLY).orElseThrow().scope()).isEqualTo(Scope.DATA);
    }

    @Test
    void whenAWorkerCanKeepMemoryAtLastAGoldenSnapshotIsTaken() {
        world.scope = Scope.DATA;
        world.declare("tally", "u1", spec(container("main", true)));
        runUntilDone();
        GoldenStep steps = steps();
        world.scope = Scope.FULL;
        world.outdated = Optional.of("now one of class gvisor is there");

        take(steps);
        world.pass(GoldenStep.OUTDATED_AFTER);
        take(steps);

        assertThat(condition().getReason()).isEqualTo("GoldenOutdated");
        // actors know by it that they may boot meanwhile
        assertThat(world.golden(TALLY)).isPresent();
        world.outdated = Optional.empty();
        runUntilDone();
        assertThat(status().ready()).isTrue();
        assertThat(status().goldenSnapshot()).isNotNull();
        assertThat(world.golden(TALLY).orElseThrow().scope()).isEqualTo(Scope.FULL);
    }

    @Test
    void threeFailedBootsEndInFailedWithTheReason() {
        world.declare("tally", "u1", spec(container("main", true)));
        world.bootFaults.addAll(List.of(CRASH, CRASH, CRASH));

        Duration waited = runUntilDone();

        assertThat(world.statuses)
                .extracting(ActorTemplateStatus::phase)
                .containsExactly("ResumeGoldenActor", "ResumeGoldenActor", "ResumeGoldenActor", "Failed");
        assertThat(condition().getReason()).isEqualTo("GoldenBootFailed");
        assertThat(condition().getMessage())
                .isEqualTo("Attempt 3 of 3 failed: the actor could not be woken: exit code 3");
        assertThat(waited).isEqualTo(Duration.ofSeconds(1 + 4));
        assertThat(world.calls).containsExactly("create", "boot", "boot", "boot");
    }

    @Test
    void eachFailedBootIsAConditionAndTheNextMayDo() {
        world.declare("tally", "u1", spec(container("main", true)));
        world.bootFaults.add(CRASH);

        step();
        Duration backoff = step();

        assertThat(backoff).isEqualTo(Duration.ofSeconds(1));
        assertThat(status().goldenFailures()).isEqualTo(1);
        assertThat(condition().getMessage()).startsWith("Attempt 1 of 3 failed: ");
        runUntilDone();
        assertThat(status().ready()).isTrue();
    }

    @Test
    void failuresAreCountedAcrossRestarts() {
        world.declare("tally", "u1", spec(container("main", true)));
        world.bootFaults.addAll(List.of(CRASH, CRASH, CRASH));

        // each step by a reconciler that knows nothing but what is stored
        for (int i = 0; i < 4; i++) {
            step();
        }

        assertThat(status().phase()).isEqualTo("Failed");
    }

    @Test
    void withoutAWorkerItWaitsAndSaysWhy() {
        world.declare("tally", "u1", spec(container("main", true)));
        for (int i = 0; i < 10; i++) {
            world.bootFaults.add(NO_WORKER);
        }

        for (int i = 0; i < 11; i++) {
            step();
        }

        assertThat(status().phase()).isEqualTo("ResumeGoldenActor");
        assertThat(status().goldenFailures()).isNull();
        assertThat(condition().getReason()).isEqualTo("Waiting");
        assertThat(condition().getMessage()).isEqualTo("no free workers available: no pool fits");
        // begun, and why it waits: an equal status is not written again
        assertThat(world.statuses).hasSize(2);
        runUntilDone();
        assertThat(status().ready()).isTrue();
    }

    @Test
    void anUnexpectedErrorIsNoFailedBoot() {
        world.declare("tally", "u1", spec(container("main", true)));
        world.bootFaults.addAll(List.of(
                new IllegalStateException("secret detail"),
                new Failure(Code.UNAVAILABLE, "the database does not answer", Duration.ofSeconds(1), null),
                new Failure(Code.ABORTED, "another operation is in progress for this actor")));

        step();
        step();
        assertThat(condition().getMessage()).doesNotContain("secret detail");
        runUntilDone();

        assertThat(status().ready()).isTrue();
        assertThat(world.statuses)
                .extracting(ActorTemplateStatus::goldenFailures)
                .containsOnlyNulls();
    }

    @Test
    void threeFailedSnapshotsEndInFailedAndGiveTheWorkerBack() {
        Failure full = new Failure(Code.UNAVAILABLE, "the snapshot could not be taken, the actor runs on: disk full");
        world.declare("tally", "u1", spec(container("main", true)));
        world.suspendFaults.addAll(List.of(full, full, full));

        runUntilDone();

        assertThat(status().phase()).isEqualTo("Failed");
        assertThat(condition().getReason()).isEqualTo("GoldenSnapshotFailed");
        assertThat(world.actors.get(golden()).status()).isEqualTo(ActorStatus.SUSPENDED);
        assertThat(world.calls).containsExactly("create", "boot", "suspend", "suspend", "suspend", "fell");
    }

    @Test
    void aGoldenActorThatCrashedIsBootedAgain() {
        world.declare("tally", "u1", spec(container("main", false)));
        step();
        step();
        world.change(golden(), ActorStatus.SUSPENDED, null, "the workload ended: exit code 1");

        step();

        assertThat(status().phase()).isEqualTo("ResumeGoldenActor");
        assertThat(status().goldenFailures()).isEqualTo(1);
        assertThat(condition().getMessage()).contains("the workload ended: exit code 1");
        runUntilDone();
        assertThat(status().ready()).isTrue();
    }

    @Test
    void aRestartBetweenCreateAndBootGoesOn() {
        world.declare("tally", "u1", spec(container("main", true)));
        step();
        world.add(golden(), ActorStatus.SUSPENDED);

        runUntilDone();

        assertThat(status().ready()).isTrue();
        assertThat(world.calls).containsExactly("boot", "suspend");
    }

    @Test
    void aRestartBetweenBootAndStatusGoesOn() {
        world.declare("tally", "u1", spec(container("main", true)));
        step();
        world.loseStatusWrites = true;
        step();
        world.loseStatusWrites = false;
        assertThat(world.actors.get(golden()).status()).isEqualTo(ActorStatus.RUNNING);

        runUntilDone();

        assertThat(status().ready()).isTrue();
        assertThat(world.statuses).hasSize(3);
    }

    @Test
    void aRestartBetweenSnapshotAndStatusDoesNotTakeAnother() {
        world.declare("tally", "u1", spec(container("main", true)));
        step();
        step();
        world.loseStatusWrites = true;
        step();
        world.loseStatusWrites = false;
        assertThat(world.golden(TALLY)).isEmpty();

        runUntilDone();

        assertThat(status().ready()).isTrue();
        assertThat(world.calls).containsExactly("create", "boot", "suspend");
    }

    @Test
    void aTemplateThatCanNeverBootFailsAtOnce() {
        world.declare("none", "u1", spec());
        world.declare("mount", "u2", spec(mounting("main", "nowhere")));
        world.declare("selector", "u3", selecting("Near"));

        for (String name : List.of("none", "mount", "selector")) {
            take(name);
            assertThat(world.template(name).getStatus().phase()).isEqualTo("Failed");
            assertThat(condition(name).getReason()).isEqualTo("InvalidTemplate");
        }
        assertThat(condition("mount").getMessage())
                .isEqualTo("Container main mounts volume nowhere, which the template does not have");
        assertThat(world.calls).isEmpty();
    }

    @Test
    void theTimeOfTransitionStaysWhileTheConditionDoes() {
        world.declare("tally", "u1", spec(container("main", false)));
        step();
        String began = condition().getLastTransitionTime();
        world.pass(Duration.ofSeconds(30));
        step();

        assertThat(condition().getLastTransitionTime()).isEqualTo(began);
        world.pass(Duration.ofSeconds(30));
        step();
        assertThat(condition().getLastTransitionTime()).isEqualTo("2026-01-01T00:01:00Z");
    }

    @Test
    void aGoldenSnapshotThatNoWorkerCanGoOnFromIsTakenAnew() {
        world.declare("tally", "u1", spec(container("main", true)));
        runUntilDone();
        SnapshotRef first = world.golden(TALLY).orElseThrow();
        world.outdated = Optional.of("no worker has build 1: they have 2");
        GoldenStep steps = steps();

        take(steps);
        world.pass(GoldenStep.OUTDATED_AFTER);
        take(steps);

        assertThat(status().phase()).isEqualTo("ResumeGoldenActor");
        assertThat(condition().getStatus()).isEqualTo("False");
        assertThat(condition().getReason()).isEqualTo("GoldenOutdated");
        assertThat(condition().getMessage()).endsWith("no worker has build 1: they have 2");
        // actors know by it that they may boot meanwhile
        assertThat(world.golden(TALLY)).contains(first);
        assertThat(status().goldenSnapshot()).isEqualTo(first.uri());
        world.outdated = Optional.empty();
        runUntilDone();
        assertThat(world.calls).containsExactly("create", "boot", "suspend", "boot", "suspend");
        assertThat(world.golden(TALLY).orElseThrow().id()).isNotEqualTo(first.id());
        assertThat(status().ready()).isTrue();
    }

    @Test
    void aWorkerThatIsSoonBackIsNoReasonForAnotherGoldenSnapshot() {
        world.declare("tally", "u1", spec(container("main", true)));
        runUntilDone();
        GoldenStep steps = steps();
        Duration almost = GoldenStep.OUTDATED_AFTER.minusMillis(1);

        for (int i = 0; i < 3; i++) {
            world.outdated = Optional.of("no worker has build 1: they have 2");
            take(steps);
            world.pass(almost);
            take(steps);
            world.outdated = Optional.empty();
            world.pass(almost);
            take(steps);
        }

        assertThat(status().ready()).isTrue();
        assertThat(world.calls).containsExactly("create", "boot", "suspend");
    }

    @Test
    void theSnapshotThatIsToBeReplacedIsNotTakenForTheNewOne() {
        world.declare("tally", "u1", spec(container("main", false)));
        runUntilDone();
        SnapshotRef first = world.golden(TALLY).orElseThrow();
        world.outdated = Optional.of("no worker has build 1: they have 2");
        GoldenStep steps = steps();
        take(steps);
        world.pass(GoldenStep.OUTDATED_AFTER);
        take(steps);
        take(steps);
        assertThat(status().phase()).isEqualTo("WaitGoldenActor");

        // asleep again, without another snapshot
        world.change(golden(), ActorStatus.SUSPENDED, first, null);
        take(steps);

        assertThat(status().phase()).isEqualTo("ResumeGoldenActor");
        assertThat(condition().getMessage()).contains("it left no snapshot");
    }

    private GoldenStep steps() {
        return new GoldenStep(world, world.store(), world, world);
    }

    private void take(GoldenStep steps) {
        steps.take(world.template("tally")).await().atMost(Duration.ofSeconds(5));
    }

    private Duration step() {
        return take("tally");
    }

    private Duration take(String name) {
        return steps().take(world.template(name)).await().atMost(Duration.ofSeconds(5));
    }

    /** @return for how long it wanted to wait in all */
    private Duration runUntilDone() {
        Duration waited = Duration.ZERO;
        for (int i = 0; i < 100 && !isDone(); i++) {
            Duration delay = step();
            if (!isDone()) {
                world.pass(delay);
                waited = waited.plus(delay);
            }
        }
        assertThat(isDone()).as("it ends").isTrue();
        return waited;
    }

    private boolean isDone() {
        return switch (GoldenPhase.of(world.template("tally"))) {
            case READY, FAILED -> true;
            case NEW, RESUME, WAIT -> false;
        };
    }

    private ActorTemplateStatus status() {
        return world.template("tally").getStatus();
    }

    private Condition condition() {
        return condition("tally");
    }

    private Condition condition(String name) {
        assertThat(world.template(name).getStatus().conditions()).hasSize(1);
        return world.template(name).getStatus().conditions().getFirst();
    }

    private ActorKey golden() {
        return GoldenActor.of(world.template("tally"));
    }

    static ActorTemplateSpec spec(Container... containers) {
        return spec(List.of(containers), null);
    }

    private static ActorTemplateSpec selecting(String operator) {
        return spec(
                List.of(container("main", true)),
                new LabelSelectorBuilder()
                        .addNewMatchExpression()
                        .withKey("zone")
                        .withOperator(operator)
                        .endMatchExpression()
                        .build());
    }

    private static ActorTemplateSpec spec(
            List<Container> containers, io.fabric8.kubernetes.api.model.@Nullable LabelSelector selector) {
        return new ActorTemplateSpec(
                "pause@sha256:0",
                containers,
                null,
                new SnapshotsConfig("file:///s", null, ActorTemplateSpec.Extent.DATA),
                null,
                selector,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    static Container container(String name, boolean readyz) {
        Readyz probe = readyz ? new Readyz(new HttpGet(null, 80)) : null;
        return new Container(name, "app@sha256:0", null, null, null, null, probe, null);
    }

    private static Container mounting(String name, String volume) {
        return new Container(
                name, "app@sha256:0", null, null, null, null, null, List.of(new VolumeMount(volume, "/data")));
    }
}
