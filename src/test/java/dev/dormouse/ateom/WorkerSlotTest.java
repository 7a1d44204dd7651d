package dev.dormouse.ateom;

import static dev.dormouse.ateom.AteomFixture.activation;
import static dev.dormouse.ateom.AteomFixture.actor;
import static dev.dormouse.ateom.AteomFixture.uid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dormouse.ateom.ScriptedRuntime.ScriptedSandbox;
import dev.dormouse.ateom.ScriptedRuntime.Step;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.Container;
import dev.dormouse.ateom.wire.DropLocalRequest;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.ateom.wire.HttpProbe;
import dev.dormouse.ateom.wire.MintTokenResponse;
import dev.dormouse.ateom.wire.Mount;
import dev.dormouse.ateom.wire.OpenPortRequest;
import dev.dormouse.ateom.wire.PrepareRequest;
import dev.dormouse.ateom.wire.PromoteRequest;
import dev.dormouse.ateom.wire.Scope;
import dev.dormouse.ateom.wire.SlotReport.State;
import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.sandbox.SandboxException.Kind;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerSlotTest {

    @TempDir
    Path temp;

    private final ScriptedRuntime runtime = new ScriptedRuntime();
    private AteomFixture node;

    @BeforeEach
    void open() throws Exception {
        node = new AteomFixture(temp, runtime, AteomFixture.images(temp.resolve("rootfs")));
        node.configure("w1", "w2", "w3");
    }

    @AfterEach
    void close() {
        node.close();
    }

    private static Container.Builder container() {
        return Container.newBuilder()
                .setName("main")
                .setImage("counter@sha256:1")
                .addCommand("/server")
                .addMounts(Mount.newBuilder().setVolume("data").setPath("/data"));
    }

    private static Workload.Builder workload() {
        return AteomFixture.workload(container());
    }

    private ActivateResponse boot(String pod, String id, long generation) {
        return node.activate(activation(pod, actor(id), generation, workload()));
    }

    private ScriptedSandbox sandbox(String pod) {
        return runtime.running(uid(pod));
    }

    @Test
    void anActorGoesOnOnAnotherSlotWhereItStopped() throws IOException {
        boot("w1", "a", 1);
        sandbox("w1").memory = "counted to 3";
        Files.writeString(sandbox("w1").mount("/data").resolve("notes"), "durable");
        CheckpointRequest.Builder suspension = node.suspension("w1", actor("a"), 1);

        CheckpointResponse taken = node.checkpoint(suspension);
        ActivateResponse again = node.activate(activation("w2", actor("a"), 2, workload())
                .setSnapshotUri(taken.getTaken().getUri()));

        assertThat(taken.getTaken().getUri()).isEqualTo(node.location + "/default/a/" + suspension.getSnapshotId());
        assertThat(taken.getTaken().getSizeBytes()).isPositive();
        assertThat(taken.getTaken().getSandboxBuild()).isEqualTo(ScriptedRuntime.BUILD);
        assertThat(again.hasActivated()).isTrue();
        assertThat(sandbox("w2").memory).isEqualTo("counted to 3");
        assertThat(sandbox("w2").mount("/data").resolve("notes")).hasContent("durable");
        assertThat(sandbox("w2").identity("actor-id")).isEqualTo("a");
        assertThat(sandbox("w2").identity("atespace")).isEqualTo("default");
        node.awaitFree("w1");
    }

    private static MintTokenResponse token(String text, Duration life) {
        return MintTokenResponse.newBuilder()
                .setToken(text)
                .setExpiresAt(Instant.now().plus(life).getEpochSecond())
                .build();
    }

    private ActivateResponse bootWithToken(String pod, String id, long generation) {
        return node.activate(activation(pod, actor(id), generation, workload().setTokenAudience("vault")));
    }

    private void awaitToken(String pod, String expected) {
        await().atMost(AteomFixture.PATIENCE)
                .untilAsserted(() -> assertThat(sandbox(pod).identity("token")).isEqualTo(expected));
    }

    @Test
    void aTokenStandsInAFileForTheTemplatesAudience() {
        node.identity = request -> Uni.createFrom()
                .item(token(
                        "%s %d for %s"
                                .formatted(
                                        request.getActor().getId(), request.getGeneration(), request.getAudiences(0)),
                        Duration.ofMinutes(15)));

        bootWithToken("w1", "a", 1);
        awaitToken("w1", "a 1 for vault");
        CheckpointRequest.Builder suspension = node.suspension("w1", actor("a"), 1);
        String uri = node.checkpoint(suspension).getTaken().getUri();
        node.activate(activation("w2", actor("a"), 2, workload().setTokenAudience("vault"))
                .setSnapshotUri(uri));

        awaitToken("w2", "a 2 for vault");
    }

    @Test
    void itIsRenewedBeforeItIsOver() {
        AtomicInteger minted = new AtomicInteger();
        node.identity =
                request -> Uni.createFrom().item(token("token " + minted.incrementAndGet(), Duration.ofSeconds(4)));

        bootWithToken("w1", "a", 1);

        awaitToken("w1", "token 1");
        awaitToken("w1", "token 2");
        node.discard("w1", actor("a"), 1);
        node.awaitFree("w1");
        int last = minted.get();
        await().during(Duration.ofSeconds(4))
                .untilAsserted(() -> assertThat(minted.get()).isEqualTo(last));
    }

    @Test
    void noWakeWaitsForItAndItComesWhenItCan() {
        node.identity = request -> Uni.createFrom().nothing();
        assertThat(bootWithToken("w1", "a", 1).hasActivated()).isTrue();
        assertThat(bootWithToken("w2", "b", 1).hasActivated()).isTrue();

        node.identity = request -> Uni.createFrom().item(token("late", Duration.ofMinutes(15)));

        awaitToken("w1", "late");
    }

    @Test
    void whereTheTemplateAsksForNoneThereIsNoFile() {
        boot("w1", "a", 1);

        assertThatThrownBy(() -> sandbox("w1").identity("token")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void anAteomThatDrainsWaitsForItsActorsAndStartsNoOther() throws Exception {
        ActivateResponse first = boot("w1", "a", 1);
        Thread draining = Thread.ofVirtual().start(() -> node.running.drain(AteomFixture.PATIENCE));
        await().until(() -> node.running.report().getDraining());

        assertThat(boot("w2", "b", 1).getFailure().getReason()).isEqualTo(Reason.BUSY);
        assertThat(boot("w1", "a", 1)).isEqualTo(first);
        assertThat(draining.isAlive()).isTrue();
        assertThat(node.checkpoint(node.suspension("w1", actor("a"), 1)).hasTaken())
                .isTrue();
        draining.join();

        assertThat(node.running.report().getSlotsList())
                .allSatisfy(slot -> assertThat(slot.getState()).isEqualTo(State.FREE));
    }

    @Test
    void aRepeatedActivationGivesTheSameAnswer() {
        ActivateResponse first = boot("w1", "a", 1);
        ScriptedSandbox sandbox = sandbox("w1");

        ActivateResponse second = boot("w1", "a", 1);

        assertThat(second).isEqualTo(first);
        assertThat(sandbox("w1")).isSameAs(sandbox);
    }

    @Test
    void callsOfOneActivationAtTheSameTimeStartOneSandbox() throws Exception {
        CountDownLatch gate = runtime.hold(Step.BOOT);
        List<CompletableFuture<ActivateResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(node.ateom
                    .activate(activation("w1", actor("a"), 1, workload()).build())
                    .subscribeAsCompletionStage());
        }
        runtime.awaitArrival(Step.BOOT);
        gate.countDown();

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.get(20, TimeUnit.SECONDS))
                        .isEqualTo(answers.getFirst().get()));
        assertThat(runtime.created.get()).isEqualTo(1);
    }

    @Test
    void anOlderGenerationIsStaleOnEverySlotOfTheNode() {
        boot("w1", "a", 5);

        assertThat(boot("w1", "a", 4).getFailure().getReason()).isEqualTo(Reason.STALE_GENERATION);
        assertThat(boot("w2", "a", 4).getFailure().getReason()).isEqualTo(Reason.STALE_GENERATION);
        assertThat(node.checkpoint(node.suspension("w1", actor("a"), 4))
                        .getFailure()
                        .getReason())
                .isEqualTo(Reason.STALE_GENERATION);
        assertThat(node.report("w1").getGeneration()).isEqualTo(5);
    }

    @Test
    void aNewerGenerationOnTheSameSlotReplacesTheOlder() {
        boot("w1", "a", 1);
        ScriptedSandbox older = sandbox("w1");

        ActivateResponse newer = boot("w1", "a", 2);

        assertThat(newer.hasActivated()).isTrue();
        assertThat(older.killed).isTrue();
        assertThat(node.report("w1").getGeneration()).isEqualTo(2);
    }

    @Test
    void anotherActorOnABusySlotIsRefusedEvenWithTheSameIdInAnotherAtespace() {
        boot("w1", "a", 1);

        ActivateResponse other = boot("w1", "b", 1);
        ActivateResponse namesake = node.activate(activation("w1", actor("team-b", "a"), 9, workload()));

        assertThat(other.getFailure().getReason()).isEqualTo(Reason.BUSY);
        assertThat(namesake.getFailure().getReason()).isEqualTo(Reason.BUSY);
        assertThat(node.report("w1").getActor()).isEqualTo(actor("a"));
    }

    @Test
    void namesakesInTwoAtespacesNeverSeeEachOthersSnapshots() {
        boot("w1", "a", 1);
        node.activate(activation("w2", actor("team-b", "a"), 1, workload()));
        sandbox("w1").memory = "ours";
        sandbox("w2").memory = "theirs";

        String ours =
                node.checkpoint(node.suspension("w1", actor("a"), 1)).getTaken().getUri();
        String theirs = node.checkpoint(node.suspension("w2", actor("team-b", "a"), 1))
                .getTaken()
                .getUri();
        node.activate(activation("w3", actor("team-b", "a"), 2, workload()).setSnapshotUri(theirs));
        node.awaitFree("w1");
        node.activate(activation("w1", actor("a"), 2, workload()).setSnapshotUri(ours));

        assertThat(sandbox("w3").memory).isEqualTo("theirs");
        assertThat(sandbox("w1").memory).isEqualTo("ours");
    }

    @Test
    void discardEndsAnActivationThatIsStillStarting() throws Exception {
        Workload.Builder neverReady = AteomFixture.workload(
                container().setReadyz(HttpProbe.newBuilder().setPort(80).setPath("/readyz")));
        CompletableFuture<ActivateResponse> starting = node.ateom
                .activate(activation("w1", actor("a"), 1, neverReady).build())
                .subscribeAsCompletionStage();
        await().until(() ->
                runtime.slots.get(uid("w1")).sandbox != null && runtime.slots.get(uid("w1")).sandbox.started);

        node.discard("w1", actor("a"), 1);

        assertThat(starting.get(5, TimeUnit.SECONDS).getFailure().getReason()).isEqualTo(Reason.STALE_GENERATION);
        node.awaitFree("w1");
        assertThat(boot("w1", "a", 1).getFailure().getReason()).isEqualTo(Reason.STALE_GENERATION);
        assertThat(boot("w1", "a", 2).hasActivated()).isTrue();
    }

    @Test
    void discardKeepsALaterActivationOfItsGenerationFromStarting() {
        node.discard("w1", actor("a"), 3);

        assertThat(boot("w1", "a", 3).getFailure().getReason()).isEqualTo(Reason.STALE_GENERATION);
        assertThat(boot("w2", "a", 3).getFailure().getReason()).isEqualTo(Reason.STALE_GENERATION);
        assertThat(boot("w1", "a", 4).hasActivated()).isTrue();
    }

    @Test
    void discardOfAnOlderGenerationLeavesTheNewerRunning() {
        boot("w1", "a", 2);

        node.discard("w1", actor("a"), 1);
        node.discard("w1", actor("team-b", "a"), 9);

        assertThat(node.report("w1").getState()).isEqualTo(State.RUNNING);
        node.discard("w1", actor("a"), 2);
        node.discard("w1", actor("a"), 2);
        assertThat(node.report("w1").getState()).isEqualTo(State.FREE);
    }

    @Test
    void aFailedRestoreSaysWhyAndLeavesTheSlotCleanAndFree() throws IOException {
        boot("w1", "a", 1);
        String uri =
                node.checkpoint(node.suspension("w1", actor("a"), 1)).getTaken().getUri();
        runtime.fail(Step.RESTORE, Kind.INCOMPATIBLE);

        ActivateResponse failed =
                node.activate(activation("w2", actor("a"), 2, workload()).setSnapshotUri(uri));

        assertThat(failed.getFailure().getReason()).isEqualTo(Reason.SNAPSHOT_INCOMPATIBLE);
        assertThat(node.activate(activation("w2", actor("a"), 2, workload()).setSnapshotUri(uri)))
                .isEqualTo(failed);
        node.awaitFree("w2");
        node.awaitPrepared("w2");
        assertThat(boot("w2", "b", 1).hasActivated()).isTrue();
    }

    @Test
    void aPreparedSandboxThatDiedIsReplacedUnnoticed() {
        boot("w1", "a", 1);
        node.discard("w1", actor("a"), 1);
        node.awaitPrepared("w1");
        runtime.fail(Step.BOOT, Kind.FAILED);

        assertThat(boot("w1", "b", 1).hasActivated()).isTrue();
    }

    @Test
    void aSandboxThatDiesWhileItRestoresIsNoDamagedSnapshot() throws IOException {
        boot("w1", "a", 1);
        String uri =
                node.checkpoint(node.suspension("w1", actor("a"), 1)).getTaken().getUri();
        // runsc tells a killed sandbox and a damaged file by the same words
        runtime.fail(Step.RESTORE, Kind.CORRUPT);

        assertThat(node.activate(activation("w2", actor("a"), 2, workload()).setSnapshotUri(uri))
                        .hasActivated())
                .isTrue();
    }

    @Test
    void aSlotThatBecameFreePreparesItselfForWhatItRanLast() {
        ActivateResponse first = boot("w1", "a", 1);
        node.discard("w1", actor("a"), 1);
        node.awaitPrepared("w1");

        ActivateResponse second = boot("w1", "b", 1);

        assertThat(first.getActivated().getPhases().getPrewarmed()).isFalse();
        assertThat(second.getActivated().getPhases().getPrewarmed()).isTrue();
        assertThat(node.report("w1").getPrepared()).isEmpty();
    }

    @Test
    void aSandboxPreparedForAnotherTemplateMakesRoom() {
        Workload.Builder other = workload().setTemplateDigest("digest-2");
        AteomFixture.get(node.ateom.prepare(PrepareRequest.newBuilder()
                .setWorkerUid(uid("w1"))
                .setWorkload(other)
                .build()));
        assertThat(node.report("w1").getPrepared()).isEqualTo("digest-2");

        ActivateResponse answer = boot("w1", "a", 1);

        assertThat(answer.getActivated().getPhases().getPrewarmed()).isFalse();
    }

    @Test
    void aFailedCheckpointLetsTheActorRunOn() throws IOException {
        boot("w1", "a", 1);
        runtime.fail(Step.CHECKPOINT, Kind.DISK_FULL);

        CheckpointResponse failed = node.checkpoint(node.suspension("w1", actor("a"), 1));

        assertThat(failed.getFailure().getReason()).isEqualTo(Reason.DISK_FULL);
        assertThat(sandbox("w1").frozen).isFalse();
        assertThat(node.report("w1").getState()).isEqualTo(State.RUNNING);
        assertThat(node.dataDir.resolve("staging")).isEmptyDirectory();
        assertThat(node.checkpoint(node.suspension("w1", actor("a"), 1)).hasTaken())
                .isTrue();
    }

    @Test
    void whenTheStoreIsUnavailableTheActorRunsOn() {
        boot("w1", "a", 1);

        CheckpointResponse failed =
                node.checkpoint(node.suspension("w1", actor("a"), 1).setLocation("s3://nowhere/x"));

        assertThat(failed.getFailure().getReason()).isEqualTo(Reason.STORE_UNAVAILABLE);
        assertThat(sandbox("w1").frozen).isFalse();
        assertThat(node.report("w1").getState()).isEqualTo(State.RUNNING);
        assertThat(node.dataDir.resolve("staging")).isEmptyDirectory();
    }

    @Test
    void aCheckpointIsTakenOncePerSnapshotId() {
        boot("w1", "a", 1);
        CheckpointRequest.Builder suspension = node.suspension("w1", actor("a"), 1);
        CheckpointResponse first = node.checkpoint(suspension);
        node.awaitFree("w1");

        assertThat(node.checkpoint(suspension)).isEqualTo(first);
        assertThat(node.checkpoint(node.suspension("w1", actor("a"), 1))
                        .getFailure()
                        .getReason())
                .isEqualTo(Reason.NOT_RUNNING);
    }

    @Test
    void aSnapshotOfARunningActorLeavesItRunning() {
        boot("w1", "a", 1);

        CheckpointResponse taken =
                node.checkpoint(node.suspension("w1", actor("a"), 1).setLeaveRunning(true));

        assertThat(taken.hasTaken()).isTrue();
        assertThat(sandbox("w1").frozen).isFalse();
        assertThat(node.report("w1").getState()).isEqualTo(State.RUNNING);
    }

    @Test
    void aDataSnapshotKeepsFilesAndForgetsMemory() throws IOException {
        boot("w1", "a", 1);
        sandbox("w1").memory = "lost";
        Files.writeString(sandbox("w1").mount("/data").resolve("notes"), "kept");

        String uri = node.checkpoint(node.suspension("w1", actor("a"), 1).setScope(Scope.DATA))
                .getTaken()
                .getUri();
        node.activate(activation("w2", actor("a"), 2, workload()).setSnapshotUri(uri));

        assertThat(sandbox("w2").memory).isEqualTo("booted");
        assertThat(sandbox("w2").mount("/data").resolve("notes")).hasContent("kept");
    }

    @Test
    void bootingFromAFullSnapshotKeepsTheDurableDirectories() throws IOException {
        boot("w1", "a", 1);
        sandbox("w1").memory = "left behind";
        Files.writeString(sandbox("w1").mount("/data").resolve("notes"), "kept");
        String uri =
                node.checkpoint(node.suspension("w1", actor("a"), 1)).getTaken().getUri();

        node.activate(
                activation("w2", actor("a"), 2, workload()).setSnapshotUri(uri).setBoot(true));

        assertThat(sandbox("w2").memory).isEqualTo("booted");
        assertThat(sandbox("w2").mount("/data").resolve("notes")).hasContent("kept");
    }

    @Test
    void aClassWithoutMemorySnapshotsRefusesFullOnes() {
        runtime.canSnapshotMemory = false;
        boot("w1", "a", 1);

        CheckpointResponse full = node.checkpoint(node.suspension("w1", actor("a"), 1));
        CheckpointResponse data =
                node.checkpoint(node.suspension("w1", actor("a"), 1).setScope(Scope.DATA));

        assertThat(full.getFailure().getReason()).isEqualTo(Reason.UNSUPPORTED);
        assertThat(data.hasTaken()).isTrue();
    }

    @Test
    void aPausedActorsSnapshotStaysOnTheNodeAndSurvivesAteom() throws Exception {
        boot("w1", "a", 1);
        sandbox("w1").memory = "paused";
        CheckpointRequest.Builder pause = node.suspension("w1", actor("a"), 1).setLocation("");
        String uri = node.checkpoint(pause).getTaken().getUri();
        assertThat(uri).isEqualTo("local:" + pause.getSnapshotId());
        assertThat(temp.resolve("store")).doesNotExist();
        node.close();
        node = new AteomFixture(temp, runtime, AteomFixture.images(temp.resolve("rootfs")));
        node.configure("w1", "w2");

        node.activate(activation("w2", actor("a"), 2, workload()).setSnapshotUri(uri));
        ActivateResponse namesake = node.activate(
                activation("w1", actor("team-b", "a"), 1, workload()).setSnapshotUri(uri));

        assertThat(sandbox("w2").memory).isEqualTo("paused");
        assertThat(namesake.getFailure().getReason()).isEqualTo(Reason.SNAPSHOT_MISSING);
    }

    @Test
    void aLocalSnapshotIsPromotedAndDropped() {
        boot("w1", "a", 1);
        sandbox("w1").memory = "paused";
        CheckpointRequest.Builder pause = node.suspension("w1", actor("a"), 1).setLocation("");
        node.checkpoint(pause);
        PromoteRequest promote = PromoteRequest.newBuilder()
                .setActor(actor("a"))
                .setSnapshotId(pause.getSnapshotId())
                .setLocation(node.location)
                .build();

        CheckpointResponse promoted = AteomFixture.get(node.ateom.promote(promote));
        CheckpointResponse again = AteomFixture.get(node.ateom.promote(promote));
        AteomFixture.get(node.ateom.dropLocal(DropLocalRequest.newBuilder()
                .setActor(actor("a"))
                .setSnapshotId(pause.getSnapshotId())
                .build()));
        node.activate(activation("w2", actor("a"), 2, workload())
                .setSnapshotUri(promoted.getTaken().getUri()));

        assertThat(again.getTaken().getUri()).isEqualTo(promoted.getTaken().getUri());
        assertThat(sandbox("w2").memory).isEqualTo("paused");
        assertThat(AteomFixture.get(node.ateom.promote(promote)).getFailure().getReason())
                .isEqualTo(Reason.SNAPSHOT_MISSING);
    }

    @Test
    void aWorkloadThatEndsIsReportedUntilItIsDiscarded() throws IOException {
        boot("w1", "a", 1);
        sandbox("w1").print("going down\n");
        int before = node.heartbeats.size();

        sandbox("w1").end(3, "container 'main' exited with 3");

        await().untilAsserted(() -> {
            assertThat(node.report("w1").getExited().getCode()).isEqualTo(3);
            assertThat(node.heartbeats.size()).isGreaterThan(before);
        });
        assertThat(node.report("w1").getExited().getMessage()).contains("exited with 3", "going down");
        assertThat(node.checkpoint(node.suspension("w1", actor("a"), 1))
                        .getFailure()
                        .getReason())
                .isEqualTo(Reason.NOT_RUNNING);
        node.discard("w1", actor("a"), 1);
        assertThat(node.report("w1").hasExited()).isFalse();
    }

    @Test
    void onlyAFewSandboxesStartAtOnce() throws Exception {
        node.configure("w1", "w2", "w3", "w4", "w5", "w6");
        CountDownLatch gate = runtime.hold(Step.BOOT);
        List<CompletableFuture<ActivateResponse>> answers = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            answers.add(node.ateom
                    .activate(activation("w" + i, actor("a" + i), 1, workload()).build())
                    .subscribeAsCompletionStage());
        }
        await().untilAsserted(() -> assertThat(runtime.starting.get()).isEqualTo(2));
        gate.countDown();

        for (CompletableFuture<ActivateResponse> answer : answers) {
            assertThat(answer.get(20, TimeUnit.SECONDS).hasActivated()).isTrue();
        }
        assertThat(runtime.mostStarting.get()).isEqualTo(2);
    }

    @Test
    void aBusySlotThatIsNoLongerWantedIsRemovedWhenItIsFree() {
        boot("w1", "a", 1);

        node.configure("w2");

        assertThat(node.running.report().getSlotsList())
                .extracting(report -> report.getSlot().getPod())
                .containsExactlyInAnyOrder("w1", "w2");
        node.discard("w1", actor("a"), 1);
        await().atMost(AteomFixture.PATIENCE)
                .untilAsserted(
                        () -> assertThat(node.running.report().getSlotsList()).hasSize(1));
        assertThat(runtime.slots.keySet()).containsExactly(uid("w2"));
    }

    @Test
    void anotherPortIsOpenedForTheActivationThatRunsOnly() {
        boot("w1", "a", 2);
        OpenPortRequest.Builder request = OpenPortRequest.newBuilder()
                .setWorkerUid(uid("w1"))
                .setActor(actor("a"))
                .setGeneration(2)
                .setPort(9090);

        assertThat(AteomFixture.get(node.ateom.openPort(request.build())).getEndpointPort())
                .isEqualTo(29_090);
        assertThat(AteomFixture.get(node.ateom.openPort(request.setGeneration(1).build()))
                        .getFailure()
                        .getReason())
                .isEqualTo(Reason.STALE_GENERATION);
        assertThat(AteomFixture.get(node.ateom.openPort(
                                request.setGeneration(2).setPort(0).build()))
                        .getFailure()
                        .getReason())
                .isEqualTo(Reason.UNSUPPORTED);
    }

    @Test
    void namesThatCouldLeaveTheirDirectoryAreRefused() {
        ActivateResponse badActor = node.activate(activation("w1", actor("..", "a"), 1, workload()));
        ActivateResponse badVolume =
                node.activate(activation("w1", actor("a"), 1, workload().addDurableDirs("../x")));
        ActivateResponse badSnapshot =
                node.activate(activation("w1", actor("a"), 1, workload()).setSnapshotUri("local:../../x"));

        assertThat(badActor.getFailure().getReason()).isEqualTo(Reason.UNSUPPORTED);
        assertThat(badVolume.getFailure().getReason()).isEqualTo(Reason.UNSUPPORTED);
        assertThat(badSnapshot.hasFailure()).isTrue();
        assertThat(node.report("w1").getState()).isEqualTo(State.FREE);
    }

    @Test
    void anImageThatCantBeHadIsAnImageFailure() {
        ActivateResponse answer = node.activate(activation(
                "w1", actor("a"), 1, AteomFixture.workload(container().setImage("missing"))));

        assertThat(answer.getFailure().getReason()).isEqualTo(Reason.IMAGE);
        assertThat(node.report("w1").getState()).isEqualTo(State.FREE);
    }

    @Test
    void phasesAndOutcomesAreMeasured() {
        boot("w1", "a", 1);
        boot("w1", "b", 1);

        assertThat(node.metrics
                        .counter("dormouse.ateom.commands", "command", "activate", "outcome", "ok")
                        .count())
                .isEqualTo(1);
        assertThat(node.metrics
                        .counter("dormouse.ateom.commands", "command", "activate", "outcome", "BUSY")
                        .count())
                .isEqualTo(1);
        assertThat(node.metrics
                        .get("dormouse.ateom.phase")
                        .tag("phase", "restore")
                        .timer()
                        .count())
                .isEqualTo(1);
    }
}
