package dev.dormouse.sandbox.gvisor;

import static dev.dormouse.sandbox.gvisor.GvisorFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime.BindMount;
import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.ContainerSpec;
import dev.dormouse.sandbox.SandboxRuntime.Exit;
import dev.dormouse.sandbox.SandboxRuntime.Output;
import dev.dormouse.sandbox.SandboxRuntime.Prepared;
import dev.dormouse.sandbox.SandboxRuntime.Running;
import dev.dormouse.sandbox.SandboxRuntime.Slot;
import dev.dormouse.sandbox.SandboxRuntime.Usage;
import dev.dormouse.sandbox.TestServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("gvisor")
class GvisorLifecycleTest {

    /** Among {@link ProcessStat#fields}. */
    private static final int PROCESS_GROUP = 2;

    @TempDir
    static Path directory;

    static GvisorFixture gvisor;
    Slot slot;

    @BeforeAll
    static void open() throws Exception {
        gvisor = new GvisorFixture(directory);
    }

    @AfterAll
    static void close() {
        gvisor.close();
    }

    @BeforeEach
    void openSlot() throws Exception {
        slot = gvisor.runtime.openSlot("lifecycle");
    }

    @AfterEach
    void closeSlot() {
        slot.close();
    }

    @Test
    void aBootedActorAnswers() throws Exception {
        Running running = gvisor.boot(slot);

        assertThat(get(slot, running, "/count")).isEqualTo("1");
    }

    @Test
    void aRestoredActorGoesOnWhereItStopped() throws Exception {
        Running first = gvisor.boot(slot);
        get(slot, first, "/count");
        get(slot, first, "/count");
        Path image = gvisor.newImage();
        first.checkpoint(image);
        first.kill();

        Running second = gvisor.restore(slot, image);

        assertThat(get(slot, second, "/count")).isEqualTo("3");
    }

    @Test
    void anActorThatHadConnectionsOpenHearsNewOnes() throws Exception {
        Running first = gvisor.boot(slot);
        get(slot, first, "/count");
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Socket socket = new Socket(slot.ip(), first.openPort(GvisorFixture.ACTOR_PORT));
            socket.getOutputStream().write("GET /count HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            open.add(socket);
        }
        Path image = gvisor.newImage();
        first.checkpoint(image);
        first.kill();

        Running second = gvisor.restore(slot, image);

        assertThat(get(slot, second, "/count")).isEqualTo("7");
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Test
    void theContainersSpecIsHonoured() throws Exception {
        ContainerSpec spec = new ContainerSpec(
                "main",
                gvisor.rootfs,
                List.of("/server", "80"),
                Map.of("GREETING", "it's $HOME \"here\""),
                "/proc",
                1234,
                2345,
                List.of(3456, 4567),
                List.of(),
                null);

        Running running = slot.prepare(gvisor.bundle(spec)).boot();

        assertThat(get(slot, running, "/env/GREETING")).isEqualTo("it's $HOME \"here\"");
        assertThat(get(slot, running, "/env/PATH")).isEqualTo("(none)");
        assertThat(get(slot, running, "/cwd")).isEqualTo("/proc");
        assertThat(get(slot, running, "/ids")).isEqualTo("1234 2345 3456 4567");
    }

    @Test
    void outputIsAppendedToItsFiles() throws Exception {
        Path directory = gvisor.newDirectory("output");
        Path log = directory.resolve("it's the output");
        Output output = new Output(log, directory.resolve("errors"));
        Files.writeString(log, "before\n");
        ContainerSpec spec = new ContainerSpec(
                "main", gvisor.rootfs, List.of("/server", "80"), Map.of(), "/", 0, 0, List.of(), List.of(), output);

        Running running = slot.prepare(gvisor.bundle(spec)).boot();
        get(slot, running, "/count");

        assertThat(log).hasContent("before\nlistening on 80\n");
        assertThat(output.stderr()).isEmptyFile();
    }

    @Test
    void durableDirectoriesAndIdentityAreReadAfreshAfterARestore() throws Exception {
        Path durable = gvisor.newDirectory("durable");
        Running first = slot.prepare(bundleWith(durable)).boot();
        get(slot, first, "/write/data/note=first");
        Path image = gvisor.newImage();
        first.checkpoint(image);
        first.kill();
        assertThat(durable.resolve("note")).hasContent("first");

        Path other = gvisor.newDirectory("durable");
        Bundle bundle = bundleWith(other);
        Prepared prepared = slot.prepare(bundle);
        Files.writeString(other.resolve("note"), "of the second");
        Files.writeString(bundle.identityDir().resolve("actor-id"), "second");
        Running second = prepared.restore(image);

        assertThat(get(slot, second, "/read/data/note")).isEqualTo("of the second");
        assertThat(get(slot, second, "/read/run/ate/actor-id")).isEqualTo("second");
        assertThat(get(slot, second, "/write/run/ate/actor-id=forged")).isEqualTo("Read-only file system");
    }

    @Test
    void twoContainersShareASandboxAndItsSnapshot() throws Exception {
        Bundle bundle = pair();
        Running first = slot.prepare(bundle).boot();
        get(slot, first, "/count");
        assertThat(TestServer.get(slot.ip(), first.openPort(81), "/count")).isEqualTo("1");
        assertThat(get(slot, first, "/dial/127.0.0.1/81")).isEqualTo("connected");
        Path image = gvisor.newImage();
        first.checkpoint(image);
        first.kill();

        Running second = slot.prepare(pair()).restore(image);

        assertThat(get(slot, second, "/count")).isEqualTo("2");
        assertThat(TestServer.get(slot.ip(), second.openPort(81), "/count")).isEqualTo("2");
    }

    @Test
    void theEndOfTheSecondContainerIsTold() throws Exception {
        Running running = slot.prepare(pair()).boot();
        TestServer.get(slot.ip(), running.openPort(81), "/count");

        try (var socket = TestServer.connect(slot.ip(), running.openPort(81))) {
            socket.getOutputStream().write("GET /exit/9 HTTP/1.1\r\n\r\n".getBytes());

            Exit exit = exitOf(running);

            assertThat(exit.code()).isEqualTo(9);
            assertThat(exit.message()).isEqualTo("container 'side' exited with 9");
        }
    }

    @Test
    void theEndOfABootedWorkloadIsToldWithItsCode() throws Exception {
        Running running = gvisor.boot(slot);
        get(slot, running, "/count");

        requestExit(running, 7);

        assertThat(exitOf(running)).isEqualTo(new Exit(7, "container 'main' exited with 7"));
    }

    @Test
    void theEndOfARestoredWorkloadIsToldWithItsCode() throws Exception {
        Running first = gvisor.boot(slot);
        get(slot, first, "/count");
        Path image = gvisor.newImage();
        first.checkpoint(image);
        first.kill();
        Running second = gvisor.restore(slot, image);

        requestExit(second, 8);

        assertThat(exitOf(second)).isEqualTo(new Exit(8, "container 'main' exited with 8"));
        assertThat(first.exited().toCompletableFuture()).isNotDone();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void aWorkloadThatEndsAtOnceIsToldWithItsCode(int code) throws Exception {
        Bundle bundle = gvisor.bundle(gvisor.server("main", "/server", "exit", Integer.toString(code)));

        Running running = slot.prepare(bundle).boot();

        assertThat(exitOf(running).code()).isEqualTo(code);
    }

    @Test
    void aProgramThatIsNotThereIsNamed() throws Exception {
        Prepared prepared = slot.prepare(gvisor.bundle(gvisor.server("main", "/nowhere")));

        assertThatThrownBy(prepared::boot).isInstanceOf(SandboxException.class).hasMessageContaining("/nowhere");
        assertThat(get(slot, gvisor.boot(slot), "/count")).isEqualTo("1");
    }

    @Test
    void killLeavesNothingBehind() throws Exception {
        Running running = gvisor.boot(slot);
        get(slot, running, "/count");
        running.checkpoint(gvisor.newImage());

        running.kill();
        running.kill();

        SlotShell shell = ((GvisorSlot) slot).shell();
        assertThat(processes(shell)).containsExactly("1");
        assertThat(filesBelow(directory.resolve("work")))
                .allMatch(file -> file.startsWith(directory.resolve("work/builds")));
        assertThat(Files.readAllLines(shell.proc().resolve("1/mounts"))).noneMatch(mount -> mount.contains("identity"));
        assertThat(running.exited().toCompletableFuture()).isNotDone();
    }

    /** What ends a container or is typed at a terminal goes to a whole process group; a snapshot that is being taken must not break off. */
    @Test
    void signalsToOurProcessGroupDoNotReachTheSlot() throws Exception {
        Path shell = Path.of("/proc", Long.toString(((GvisorSlot) slot).shell().pid()));

        String itsGroup = ProcessStat.fields(shell).get(PROCESS_GROUP);

        assertThat(itsGroup)
                .isNotEqualTo(ProcessStat.fields(Path.of("/proc/self")).get(PROCESS_GROUP));
    }

    @Test
    void closedSlotLeavesNothingBehind() throws Exception {
        Slot other = gvisor.runtime.openSlot("other");
        gvisor.boot(other);
        String hostInterface = ((GvisorSlot) other).address().hostInterface();
        assertThat(Path.of("/sys/class/net", hostInterface)).exists();

        other.close();

        assertThat(Path.of("/sys/class/net", hostInterface)).doesNotExist();
        assertThat(directory.resolve("work/other")).doesNotExist();
        assertThat(ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine().orElse(""))
                        .filter(command -> command.contains(directory + "/work/other")))
                .isEmpty();
    }

    @Test
    void aPreparedSandboxCanBeDiscardedAndItsPlaceUsedAgain() throws Exception {
        Prepared unused = slot.prepare(gvisor.bundle(gvisor.server()));
        assertThatThrownBy(() -> slot.prepare(gvisor.bundle(gvisor.server()))).hasMessageContaining("already");

        unused.discard();

        assertThat(get(slot, gvisor.boot(slot), "/count")).isEqualTo("1");
    }

    @Test
    void aPreparedSandboxIsStoppedUntilItIsUsed() throws Exception {
        slot.prepare(gvisor.bundle(gvisor.server()));
        SlotShell shell = ((GvisorSlot) slot).shell();

        // the signal was sent; each thread stops when the kernel gets to it
        await().untilAsserted(() -> assertThat(processes(shell))
                .anySatisfy(pid -> assertThat(stateOf(shell, pid)).isEqualTo("T")));
    }

    private static String stateOf(SlotShell shell, String pid) throws IOException {
        return ProcessStat.fields(shell.proc().resolve(pid)).getFirst();
    }

    @Test
    void aSlotWhoseProcessesWereKilledIsRebuiltAtTheNextPrepare() throws Exception {
        Running running = gvisor.boot(slot);
        get(slot, running, "/count");
        ((GvisorSlot) slot).shell().process().destroyForcibly();
        running.exited().toCompletableFuture().get(5, TimeUnit.SECONDS);
        running.kill();

        Running next = gvisor.boot(slot);

        assertThat(get(slot, next, "/count")).isEqualTo("1");
    }

    @Test
    void usageGrowsWithWorkAndOnlyWithWork() throws Exception {
        Running running = gvisor.boot(slot);
        get(slot, running, "/count");
        AtomicReference<Usage> last = new AtomicReference<>(running.usage());
        // the closing of the connection may still be under way
        await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(10)).until(() -> {
            Usage now = running.usage();
            return now.equals(last.getAndSet(now));
        });
        Usage idle = running.usage();

        get(slot, running, "/spin/100");

        assertThat(running.usage().cpu()).isGreaterThan(idle.cpu());
        assertThat(running.usage().bytes()).isGreaterThan(idle.bytes());
    }

    private Bundle bundleWith(Path durable) throws IOException {
        return gvisor.bundle(new ContainerSpec(
                "main",
                gvisor.rootfs,
                List.of("/server", "80"),
                Map.of(),
                "/",
                0,
                0,
                List.of(),
                List.of(new BindMount(durable, "/data")),
                null));
    }

    private static Bundle pair() throws IOException {
        Bundle bundle = gvisor.bundle(gvisor.server("main", "/server", "80"), gvisor.server("side", "/server", "81"));
        return new Bundle(bundle.id(), bundle.containers(), bundle.identityDir(), List.of(80, 81), 0, null);
    }

    private void requestExit(Running running, int code) throws Exception {
        try (var socket = TestServer.connect(slot.ip(), running.openPort(80))) {
            socket.getOutputStream().write(("GET /exit/" + code + " HTTP/1.1\r\n\r\n").getBytes());
        }
    }

    private static Exit exitOf(Running running) throws Exception {
        CompletableFuture<Exit> exit = running.exited().toCompletableFuture();
        return exit.get(5, TimeUnit.SECONDS);
    }

    private static List<String> processes(SlotShell shell) throws IOException {
        try (Stream<Path> files = Files.list(shell.proc())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> Character.isDigit(name.charAt(0)))
                    .toList();
        }
    }

    private static List<Path> filesBelow(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
