package dev.dormouse.ateom;

import static dev.dormouse.ateom.AteomFixture.activation;
import static dev.dormouse.ateom.AteomFixture.actor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.ActorRef;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.Container;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.ateom.wire.HttpProbe;
import dev.dormouse.ateom.wire.LogLine;
import dev.dormouse.ateom.wire.MintTokenResponse;
import dev.dormouse.ateom.wire.Mount;
import dev.dormouse.ateom.wire.OpenPortRequest;
import dev.dormouse.ateom.wire.Scope;
import dev.dormouse.ateom.wire.SlotReport.State;
import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.sandbox.SandboxRuntime;
import dev.dormouse.sandbox.TestServer;
import dev.dormouse.sandbox.gvisor.GvisorRuntime;
import dev.dormouse.sandbox.gvisor.GvisorSettings;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("gvisor")
class GvisorAteomTest {

    @TempDir
    static Path shared;

    private static Path rootfs;

    @TempDir
    Path temp;

    private AteomFixture node;

    @BeforeAll
    static void buildImage() throws Exception {
        rootfs = TestServer.rootfs(shared.resolve("rootfs"));
    }

    @BeforeEach
    void open() throws Exception {
        node = new AteomFixture(temp, gvisor(temp), AteomFixture.images(rootfs));
        node.configure("w1", "w2");
    }

    static SandboxRuntime gvisor(Path directory) throws Exception {
        return GvisorRuntime.open(
                new GvisorSettings(GvisorRuntime.findRunsc().orElseThrow(), directory.resolve("runsc"), null));
    }

    @AfterEach
    void close() {
        node.close();
    }

    private static Container.Builder server() {
        return Container.newBuilder()
                .setName("main")
                .setImage("server@sha256:1")
                .addCommand("/server")
                .addArgs("80")
                .setReadyz(HttpProbe.newBuilder().setPath("/readyz").setPort(80))
                .addMounts(Mount.newBuilder().setVolume("data").setPath("/data"));
    }

    static Workload.Builder workload() {
        return AteomFixture.workload(server());
    }

    private static String get(ActivateResponse activated, String path) {
        assertThat(activated.hasActivated()).as("%s", activated.getFailure()).isTrue();
        return TestServer.get(
                activated.getActivated().getHost(), activated.getActivated().getPortsOrThrow(80), path);
    }

    private ActivateResponse boot(String pod, ActorRef actor) {
        return node.activate(activation(pod, actor, 1, workload()));
    }

    private ActivateResponse wake(String pod, ActorRef actor, long generation, String uri) {
        return node.activate(activation(pod, actor, generation, workload()).setSnapshotUri(uri));
    }

    private String suspend(String pod, ActorRef actor, long generation) {
        CheckpointResponse response = node.checkpoint(node.suspension(pod, actor, generation));
        assertThat(response.hasTaken()).as("%s", response.getFailure()).isTrue();
        return response.getTaken().getUri();
    }

    @Test
    void aTokenIsReadInTheSandboxAndIsAnotherAfterAWake() {
        AtomicInteger minted = new AtomicInteger();
        node.identity = request -> Uni.createFrom()
                .item(MintTokenResponse.newBuilder()
                        .setToken("token %d of %d".formatted(minted.incrementAndGet(), request.getGeneration()))
                        .setExpiresAt(Instant.now().plusSeconds(6).getEpochSecond())
                        .build());
        Workload.Builder bearer = workload().setTokenAudience("vault");
        ActorRef actor = actor("bearer");

        ActivateResponse booted = node.activate(activation("w1", actor, 1, bearer));
        awaitToken(booted, "token 1 of 1");
        awaitToken(booted, "token 2 of 1");
        String uri = suspend("w1", actor, 1);
        int before = minted.get();
        ActivateResponse woken =
                node.activate(activation("w2", actor, 2, bearer).setSnapshotUri(uri));

        awaitToken(woken, "token %d of 2".formatted(before + 1));
        awaitToken(woken, "token %d of 2".formatted(before + 2));
    }

    private static void awaitToken(ActivateResponse activated, String token) {
        await().atMost(AteomFixture.PATIENCE)
                .untilAsserted(
                        () -> assertThat(get(activated, "/read/run/ate/token")).isEqualTo(token));
    }

    @Test
    void theCounterGoesOnOnAnotherSlot() {
        ActorRef counter = actor("counter");
        ActivateResponse booted = boot("w1", counter);
        get(booted, "/count");
        get(booted, "/count");
        get(booted, "/write/data/notes=kept");

        String uri = suspend("w1", counter, 1);
        ActivateResponse woken = wake("w2", counter, 2, uri);

        assertThat(get(woken, "/count")).isEqualTo("3");
        assertThat(get(woken, "/read/data/notes")).isEqualTo("kept");
        assertThat(get(woken, "/read/run/ate/actor-id")).isEqualTo("counter");
        assertThat(get(woken, "/read/run/ate/atespace")).isEqualTo("default");
        node.awaitFree("w1");
    }

    @Test
    void anActorRunsInTheBinaryThatItsTemplateBrings() throws Exception {
        Path other = temp.resolve("other-runsc");
        Files.copy(GvisorRuntime.findRunsc().orElseThrow(), other);
        // another build, as far as anybody can tell
        Files.write(other, new byte[] {0}, StandardOpenOption.APPEND);
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(other)));
        Workload.Builder brings = workload().setTemplateDigest("digest-2");
        brings.getRunscBuilder().setUrl(other.toUri().toString()).setSha256(sha256);
        ActorRef counter = actor("counter");
        get(node.activate(activation("w1", counter, 1, brings)), "/count");

        CheckpointResponse taken = node.checkpoint(node.suspension("w1", counter, 1));
        assertThat(taken.getTaken().getSandboxBuild()).isEqualTo(sha256);
        ActivateResponse own = wake("w2", counter, 2, taken.getTaken().getUri());
        assertThat(own.getFailure().getReason()).isEqualTo(Reason.SNAPSHOT_INCOMPATIBLE);
        ActivateResponse woken = node.activate(activation("w2", counter, 3, brings)
                .setSnapshotUri(taken.getTaken().getUri()));
        assertThat(get(woken, "/count")).isEqualTo("2");
    }

    @Test
    void aBinaryThatIsNotWhatItsTemplateSaysIsNotRun() {
        Workload.Builder brings = workload().setTemplateDigest("digest-2");
        brings.getRunscBuilder()
                .setUrl(GvisorRuntime.findRunsc().orElseThrow().toUri().toString())
                .setSha256("0".repeat(64));

        ActivateResponse refused = node.activate(activation("w1", actor("counter"), 1, brings));

        assertThat(refused.getFailure().getMessage()).contains("the template's runsc", "it has the checksum");
    }

    @Test
    void namesakesInTwoAtespacesGoOnAsThemselves() {
        ActorRef ours = actor("default", "twin");
        ActorRef theirs = actor("team-b", "twin");
        get(boot("w1", ours), "/count");
        ActivateResponse booted = boot("w2", theirs);
        get(booted, "/count");
        get(booted, "/count");
        String oursAt = suspend("w1", ours, 1);
        String theirsAt = suspend("w2", theirs, 1);

        ActivateResponse theirsWoken = wake("w1", theirs, 2, theirsAt);
        ActivateResponse oursWoken = wake("w2", ours, 2, oursAt);

        assertThat(get(theirsWoken, "/count")).isEqualTo("3");
        assertThat(get(theirsWoken, "/read/run/ate/atespace")).isEqualTo("team-b");
        assertThat(get(oursWoken, "/count")).isEqualTo("2");
        assertThat(get(oursWoken, "/read/run/ate/atespace")).isEqualTo("default");
    }

    @Test
    void damagedSnapshotsAreRefusedByNameAndTheSlotStaysClean() throws IOException {
        ActorRef counter = actor("counter");
        get(boot("w1", counter), "/count");
        String uri = suspend("w1", counter, 1);
        Path pages = stored(uri).resolve("memory/pages.img");
        byte[] whole = Files.readAllBytes(pages);

        flipByte(pages, whole.length / 2);
        ActivateResponse flipped = wake("w2", counter, 2, uri);
        Files.write(pages, java.util.Arrays.copyOf(whole, whole.length / 2));
        ActivateResponse truncated = wake("w2", counter, 3, uri);
        Files.delete(pages);
        ActivateResponse missing = wake("w2", counter, 4, uri);
        Files.write(pages, whole);
        ActivateResponse repaired = wake("w2", counter, 5, uri);

        assertThat(flipped.getFailure().getReason()).isEqualTo(Reason.SNAPSHOT_CORRUPT);
        assertThat(flipped.getFailure().getMessage()).contains("pages.img");
        assertThat(truncated.getFailure().getReason()).isEqualTo(Reason.SNAPSHOT_CORRUPT);
        assertThat(missing.getFailure().getReason()).isEqualTo(Reason.SNAPSHOT_MISSING);
        assertThat(missing.getFailure().getMessage()).contains("pages.img");
        assertThat(get(repaired, "/count")).isEqualTo("2");
    }

    @Test
    void aSnapshotOfAnotherBuildIsRefusedBeforeItIsTried() throws IOException {
        ActorRef counter = actor("counter");
        boot("w1", counter);
        String uri = suspend("w1", counter, 1);
        for (Path manifest :
                new Path[] {stored(uri).resolve("manifest.json"), cached(uri).resolve("manifest.json")}) {
            String json = Files.readString(manifest);
            Files.writeString(
                    manifest,
                    json.replaceAll("(\"sandboxBuild\"[^}]*\"sha256\" : \")[0-9a-f]{64}", "$1" + "0".repeat(64)));
        }

        ActivateResponse woken = wake("w2", counter, 2, uri);

        assertThat(woken.getFailure().getReason()).isEqualTo(Reason.SNAPSHOT_INCOMPATIBLE);
        assertThat(woken.getFailure().getMessage()).contains("sandbox build");
        assertThat(node.report("w2").getState()).isEqualTo(State.FREE);
    }

    private Path stored(String uri) {
        return Path.of(uri.substring("file://".length()));
    }

    private Path cached(String uri) {
        Path stored = stored(uri);
        return node.dataDir.resolve("cache").resolve(stored.subpath(stored.getNameCount() - 3, stored.getNameCount()));
    }

    private static void flipByte(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int before = bytes.read();
            bytes.seek(at);
            bytes.write(before ^ 0xff);
        }
    }

    @Test
    void aDataSnapshotBootsWithItsFiles() {
        ActorRef counter = actor("counter");
        ActivateResponse booted = boot("w1", counter);
        get(booted, "/count");
        get(booted, "/write/data/notes=kept");
        CheckpointRequest.Builder data = node.suspension("w1", counter, 1).setScope(Scope.DATA);

        String uri = node.checkpoint(data).getTaken().getUri();
        ActivateResponse woken = wake("w2", counter, 2, uri);

        assertThat(get(woken, "/count")).isEqualTo("1");
        assertThat(get(woken, "/read/data/notes")).isEqualTo("kept");
    }

    @Test
    void aPausedActorGoesOnAndItsSnapshotCanBePromoted() {
        ActorRef counter = actor("counter");
        get(boot("w1", counter), "/count");
        CheckpointRequest.Builder pause = node.suspension("w1", counter, 1).setLocation("");
        String local = node.checkpoint(pause).getTaken().getUri();

        CheckpointResponse promoted =
                AteomFixture.get(node.ateom.promote(dev.dormouse.ateom.wire.PromoteRequest.newBuilder()
                        .setActor(counter)
                        .setSnapshotId(pause.getSnapshotId())
                        .setLocation(node.location)
                        .build()));
        ActivateResponse fromLocal = wake("w2", counter, 2, local);
        assertThat(get(fromLocal, "/count")).isEqualTo("2");
        node.discard("w2", counter, 2);
        ActivateResponse fromStore = wake("w1", counter, 3, promoted.getTaken().getUri());

        assertThat(get(fromStore, "/count")).isEqualTo("2");
    }

    @Test
    void aWorkloadThatExitsBeforeItIsReadySaysSo() {
        Workload.Builder exits =
                AteomFixture.workload(server().clearArgs().addArgs("exit").addArgs("7"));

        ActivateResponse answer = node.activate(activation("w1", actor("a"), 1, exits));

        assertThat(answer.getFailure().getReason()).isEqualTo(Reason.BOOT_FAILED);
        assertThat(answer.getFailure().getMessage()).contains("exited with 7");
        assertThat(node.report("w1").getState()).isEqualTo(State.FREE);
    }

    @Test
    void aWorkloadThatNeverGetsReadySaysWhatItPrinted() {
        Workload.Builder elsewhere = AteomFixture.workload(server().clearArgs().addArgs("8080"));

        ActivateResponse answer =
                node.activate(activation("w1", actor("a"), 1, elsewhere).setReadyTimeoutMs(700));

        assertThat(answer.getFailure().getReason()).isEqualTo(Reason.BOOT_FAILED);
        assertThat(answer.getFailure().getMessage())
                .contains("port 80", "/readyz", "within 700 ms", "listening on 8080");
        node.awaitFree("w1");
    }

    @Test
    void aCrashIsReported() {
        ActorRef counter = actor("counter");
        ActivateResponse booted = boot("w1", counter);
        Thread.startVirtualThread(() -> {
            try {
                TestServer.connect(
                                booted.getActivated().getHost(),
                                booted.getActivated().getPortsOrThrow(80))
                        .getOutputStream()
                        .write("GET /exit/9 HTTP/1.1\r\n\r\n".getBytes());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });

        await().atMost(AteomFixture.PATIENCE)
                .untilAsserted(() ->
                        assertThat(node.report("w1").getExited().getCode()).isEqualTo(9));
        assertThat(node.report("w1").getExited().getMessage()).contains("exited with 9", "listening on 80");
        node.discard("w1", counter, 1);
        assertThat(node.report("w1").getState()).isEqualTo(State.FREE);
    }

    @Test
    void onAFullDiskTheActorRunsOn() throws Exception {
        node.close();
        Path small = Files.createDirectory(temp.resolve("small"));
        run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", small.toString());
        try {
            node = new AteomFixture(
                    small.resolve("node"),
                    temp.resolve("store"),
                    gvisor(temp),
                    AteomFixture.images(rootfs),
                    new NodeLimits(2, 1 << 30, 1 << 20, 0.1));
            node.configure("w1");
            ActorRef counter = actor("counter");
            ActivateResponse booted = boot("w1", counter);
            get(booted, "/touch/40");
            get(booted, "/count");

            CheckpointResponse failed = node.checkpoint(node.suspension("w1", counter, 1));

            assertThat(failed.getFailure().getReason()).isEqualTo(Reason.DISK_FULL);
            assertThat(get(booted, "/count")).isEqualTo("2");
            assertThat(node.report("w1").getState()).isEqualTo(State.RUNNING);
            assertThat(small.resolve("node/staging")).isEmptyDirectory();
        } finally {
            node.close();
            run("umount", small.toString());
            open();
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void theActorsPortsLeadToItUntilItEnds() {
        ActorRef counter = actor("counter");
        Workload.Builder elsewhere =
                AteomFixture.workload(server().clearArgs().addArgs("8080").clearReadyz());
        ActivateResponse booted = node.activate(activation("w1", counter, 1, elsewhere));
        OpenPortRequest open = OpenPortRequest.newBuilder()
                .setWorkerUid(AteomFixture.uid("w1"))
                .setActor(counter)
                .setGeneration(1)
                .setPort(8080)
                .build();

        int port = AteomFixture.get(node.ateom.openPort(open)).getEndpointPort();

        assertThat(TestServer.get(booted.getActivated().getHost(), port, "/count"))
                .isEqualTo("1");
        assertThat(AteomFixture.get(node.ateom.openPort(open)).getEndpointPort())
                .isEqualTo(port);
    }

    @Test
    void aQuietActorIsIdleAndARequestEndsThat() {
        ActorRef counter = actor("counter");
        ActivateResponse booted = boot("w1", counter);

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(node.report("w1").getIdleMs()).isGreaterThan(1500));
        get(booted, "/count");
        await().atMost(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(node.report("w1").getIdleMs()).isLessThan(1000));
    }

    @Test
    void whatTheActorPrintedIsInItsLog() {
        boot("w1", actor("talker"));

        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(node.log(actor("talker"), 1, 0).getLinesList())
                        .extracting(LogLine::getText)
                        .contains("listening on 80"));
    }
}
