package dev.dormouse.ateom;

import static dev.dormouse.ateom.AteomFixture.activation;
import static dev.dormouse.ateom.AteomFixture.actor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.ateom.wire.ActorRef;
import dev.dormouse.ateom.wire.Container;
import dev.dormouse.ateom.wire.HeartbeatResponse;
import dev.dormouse.ateom.wire.LogLine;
import dev.dormouse.ateom.wire.LogNote;
import dev.dormouse.ateom.wire.ReadLogRequest;
import dev.dormouse.ateom.wire.ReadLogResponse;
import dev.dormouse.ateom.wire.ReadLogResponse.State;
import dev.dormouse.files.FileTree;
import dev.dormouse.log.LogSegment;
import dev.dormouse.snapshot.TestStores;
import dev.dormouse.snapshot.Verifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of an actor's lines on a node: collected, read, stored, told, removed. */
class KeptLogsTest {

    private static final ActorRef ACTOR = actor("a");
    private static final long LOG_BYTES = 64 * 1024;

    @TempDir
    Path temp;

    private ScriptedRuntime runtime;
    private AteomFixture node;

    @BeforeEach
    void open() throws Exception {
        runtime = new ScriptedRuntime();
        node = new AteomFixture(
                temp.resolve("node"),
                temp.resolve("store"),
                runtime,
                AteomFixture.images(temp),
                new NodeLimits(2, 1 << 30, LOG_BYTES, 0.1));
        node.configure("w1");
    }

    @AfterEach
    void close() {
        node.close();
    }

    private ScriptedRuntime.ScriptedSandbox start(long generation) {
        var container = Container.newBuilder().setName("main").setImage("image").addCommand("/server");
        node.activate(activation("w1", ACTOR, generation, AteomFixture.workload(container)));
        return runtime.running(SlotName.of(AteomFixture.slot("w1")));
    }

    private static List<String> texts(ReadLogResponse response) {
        return response.getLinesList().stream().map(LogLine::getText).toList();
    }

    private List<String> stored(LogNote note) throws Exception {
        byte[] text = TestStores.with(new Verifier())
                .log(dev.dormouse.log.LogNote.of(note).segment().uri());
        return LogSegment.lines(text).stream()
                .map(dev.dormouse.log.LogLine::text)
                .toList();
    }

    private LogNote lastNote() {
        return node.heartbeats.stream()
                .flatMap(report -> report.getLogsList().stream())
                .reduce((one, next) -> next)
                .orElseThrow();
    }

    private Path kept() {
        return node.dataDir.resolve("logs");
    }

    private void awaitNothingKept() {
        await().atMost(AteomFixture.PATIENCE).until(() -> FileTree.list(kept()).isEmpty());
    }

    @Test
    void linesAreGivenWhileTheActorRunsAndWithTheEndWhenItSleeps() throws Exception {
        var sandbox = start(1);
        ReadLogRequest waiting = ReadLogRequest.newBuilder()
                .setActor(ACTOR)
                .setActorUid(AteomFixture.actorUid(ACTOR))
                .setGeneration(1)
                .setWaitMs(10_000)
                .build();
        CompletableFuture<ReadLogResponse> reading = node.ateom.readLog(waiting).subscribeAsCompletionStage();
        sandbox.print("one\n");
        assertThat(texts(reading.get(5, TimeUnit.SECONDS))).containsExactly("one");

        node.notes = false;
        sandbox.printError("two");
        node.checkpoint(node.suspension("w1", ACTOR, 1));
        node.awaitFree("w1");

        ReadLogResponse rest = node.log(ACTOR, 1, 1);
        assertThat(texts(rest)).containsExactly("two");
        assertThat(rest.getLines(0).getError()).isTrue();
        assertThat(rest.getState()).isEqualTo(State.OVER);
    }

    @Test
    void whatWasPrintedIsInTheStoreAndToldWhenTheActorSleptAndThenNotHere() throws Exception {
        start(1).print("one\ntwo\n");
        node.checkpoint(node.suspension("w1", ACTOR, 1));

        awaitNothingKept();
        LogNote note = lastNote();
        assertThat(note.getHeld()).isFalse();
        assertThat(note.getStored()).isEqualTo(2);
        assertThat(stored(note)).containsExactly("one", "two");
        await().atMost(AteomFixture.PATIENCE).until(() -> node.log(ACTOR, 1, 0).getState() == State.MISSING);
    }

    @Test
    void anActorThatPrintsNothingLeavesNothing() {
        start(1);
        node.checkpoint(node.suspension("w1", ACTOR, 1));
        node.awaitFree("w1");

        assertThat(kept()).isEmptyDirectory();
        assertThat(node.log(ACTOR, 1, 0).getState()).isEqualTo(State.MISSING);
    }

    @Test
    void aSegmentStaysUntilTheStoreIsBackAndNoSleepWaitsForThat() throws Exception {
        start(1).print("one\n");
        // a file where the actor's directory would be
        Path inTheWay = temp.resolve("store/default");
        Files.createDirectories(inTheWay.getParent());
        var suspension = node.suspension("w1", ACTOR, 1).setLocation("file://" + temp.resolve("elsewhere"));
        Files.createFile(inTheWay);
        assertThat(node.checkpoint(suspension).hasTaken()).isTrue();
        node.awaitFree("w1");
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        assertThat(texts(node.log(ACTOR, 1, 0))).containsExactly("one");

        Files.delete(inTheWay);

        awaitNothingKept();
        assertThat(stored(lastNote())).containsExactly("one");
    }

    @Test
    void anAteomThatStartsAnewGoesOnWithWhatWasNotTold() throws Exception {
        node.notes = false;
        start(1).print("one\ntwo\n");
        await().atMost(AteomFixture.PATIENCE).until(() -> node.log(ACTOR, 1, 0).getLinesCount() == 2);
        node.close();
        Path file = FileTree.list(kept()).getFirst();
        // it died while it wrote
        Files.writeString(file, "3 17", StandardOpenOption.APPEND);
        Files.writeString(kept().resolve("stray"), "what is this");

        runtime = new ScriptedRuntime();
        node = new AteomFixture(temp, runtime, AteomFixture.images(temp));

        assertThat(texts(node.log(ACTOR, 1, 0))).containsExactly("one", "two");
        assertThat(node.log(ACTOR, 1, 0).getState()).isEqualTo(State.OVER);
        awaitNothingKept();
        assertThat(stored(lastNote())).containsExactly("one", "two");
    }

    @Test
    void whatTheStoreCantTakeIsBoundedAndTheOldestGo() throws Exception {
        Files.createDirectories(temp.resolve("store"));
        Files.createFile(temp.resolve("store/default"));
        var sandbox = start(1);
        for (int i = 1; i <= 300; i++) {
            sandbox.print("%d %s\n".formatted(i, "x".repeat(1000)));
            if (i % 20 == 0) {
                node.running.report();
                await().pollDelay(Duration.ofMillis(250)).until(() -> true);
            }
        }

        await().atMost(AteomFixture.PATIENCE)
                .until(() -> node.log(ACTOR, 1, 299).getLinesCount() == 1);
        assertThat(FileTree.size(kept())).isLessThan(2 * LOG_BYTES);
        ReadLogResponse oldest = node.log(ACTOR, 1, 0);
        assertThat(oldest.getLines(0).getSeq()).isGreaterThan(200);
    }

    @Test
    void nothingIsKeptOfAnActorThatIsDeleted() throws Exception {
        node.notes = false;
        start(1).print("one\n");
        node.checkpoint(node.suspension("w1", ACTOR, 1));
        await().atMost(AteomFixture.PATIENCE).until(() -> lastNote().getStored() == 1);

        node.answer = HeartbeatResponse.newBuilder()
                .addGoneLogs(lastNote().getSegmentId())
                .build();

        awaitNothingKept();
        await("also in the store, where it came after the deletion")
                .atMost(AteomFixture.PATIENCE)
                .until(() -> FileTree.list(temp.resolve("store/default/a")
                                .resolve(lastNote().getSegmentId()))
                        .isEmpty());
    }

    @Test
    void aWorkloadThatNeverGotReadyHasALogToo() throws Exception {
        runtime.port = 1;
        node.notes = false;
        var container = Container.newBuilder()
                .setName("main")
                .setImage("image")
                .addCommand("/server")
                .setReadyz(dev.dormouse.ateom.wire.HttpProbe.newBuilder()
                        .setPath("/")
                        .setPort(80));
        var request =
                activation("w1", ACTOR, 1, AteomFixture.workload(container)).setReadyTimeoutMs(1500);
        CompletableFuture<?> starting = CompletableFuture.runAsync(() -> node.activate(request));
        await().atMost(AteomFixture.PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() ->
                        runtime.running(SlotName.of(AteomFixture.slot("w1"))).print("no config\n"));
        starting.get(20, TimeUnit.SECONDS);

        assertThat(texts(node.log(ACTOR, 1, 0))).contains("no config");
        assertThat(node.log(ACTOR, 1, 0).getState()).isEqualTo(State.OVER);
    }
}
