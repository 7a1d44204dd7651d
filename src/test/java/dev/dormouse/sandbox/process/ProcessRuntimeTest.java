package dev.dormouse.sandbox.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dormouse.policy.EgressPolicy;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.SandboxRuntime.BindMount;
import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.ContainerSpec;
import dev.dormouse.sandbox.SandboxRuntime.Egress;
import dev.dormouse.sandbox.SandboxRuntime.Exit;
import dev.dormouse.sandbox.SandboxRuntime.Prepared;
import dev.dormouse.sandbox.SandboxRuntime.Running;
import dev.dormouse.sandbox.SandboxRuntime.Slot;
import dev.dormouse.sandbox.TestServer;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each fact holds in both ways of starting a process, where this machine has both. */
class ProcessRuntimeTest {

    enum Way {
        BEST,
        BY_PATH;

        ProcessRuntime open(Path work) {
            return this == BEST ? ProcessRuntime.open(work, "In a test.") : ProcessRuntime.openByPath(work);
        }
    }

    @TempDir
    static Path directory;

    static Path rootfs;

    private ProcessRuntime runtime;
    private Slot slot;

    @BeforeAll
    static void compileServer() throws Exception {
        rootfs = TestServer.rootfs(directory.resolve("rootfs"));
        Files.createDirectories(rootfs.resolve("data"));
    }

    void open(Way way) throws Exception {
        runtime = way.open(directory.resolve("work"));
        slot = runtime.openSlot("s");
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    @ParameterizedTest
    @EnumSource
    void aBootedActorAnswersOnAPortOfItsOwn(Way way) throws Exception {
        open(way);

        Running running = boot(Files.createTempDirectory(directory, "data"));

        assertThat(get(running, "/count")).isEqualTo("1");
        assertThat(running.openPort(80)).isNotEqualTo(80);
        assertThat(get(running, "/env/PORT")).isEqualTo(Integer.toString(running.openPort(80)));
        assertThat(get(running, "/env/HOME")).isEqualTo("(none)");
    }

    @ParameterizedTest
    @EnumSource
    void aDurableDirectoryOutlivesTheActivationAndTheImageIsNotChanged(Way way) throws Exception {
        open(way);
        Path data = Files.createTempDirectory(directory, "data");
        Running running = boot(data);
        String place = way == Way.BEST && namespaces() ? "/data" : data.toString();
        assertThat(get(running, "/write" + place + "/note=kept")).isEqualTo("written");
        running.kill();

        Running next = boot(data);

        assertThat(get(next, "/read" + place + "/note")).isEqualTo("kept");
        assertThat(rootfs.resolve("data")).isEmptyDirectory();
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfTheWorkloadIsToldWithItsCode(Way way) throws Exception {
        open(way);
        Running running = boot(Files.createTempDirectory(directory, "data"));
        get(running, "/count");

        try (Socket socket = TestServer.connect(slot.ip(), running.openPort(80))) {
            socket.getOutputStream().write("GET /exit/7 HTTP/1.1\r\n\r\n".getBytes());

            assertThat(running.exited().toCompletableFuture().get(5, TimeUnit.SECONDS))
                    .isEqualTo(new Exit(7, "container 'main' exited with 7"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFrozenActorDoesNothingUntilItIsUnfrozen(Way way) throws Exception {
        open(way);
        Running running = boot(Files.createTempDirectory(directory, "data"));
        get(running, "/count");

        running.freeze();
        try (Socket socket = TestServer.connect(slot.ip(), running.openPort(80))) {
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> TestServer.exchange(socket, "/count")).isInstanceOf(SocketTimeoutException.class);
        }
        running.unfreeze();

        // the request that waited was counted, too
        assertThat(get(running, "/count")).isEqualTo("3");
    }

    @ParameterizedTest
    @EnumSource
    void killEndsAllProcessesAndFreesThePort(Way way) throws Exception {
        open(way);
        Path data = Files.createTempDirectory(directory, "data");
        Running running = boot(data);
        get(running, "/count");
        int port = running.openPort(80);

        running.kill();
        running.kill();

        assertThat(processesOf(rootfs)).isEmpty();
        assertThat(directory.resolve("work/s")).doesNotExist();
        assertThatThrownBy(() -> TestServer.connect(slot.ip(), port)).hasMessageContaining("refused");
        assertThat(running.exited().toCompletableFuture()).isNotDone();
        assertThat(boot(data).openPort(80)).isNotEqualTo(port);
    }

    @ParameterizedTest
    @EnumSource
    void memoryIsNotKept(Way way) throws Exception {
        open(way);
        Running running = boot(Files.createTempDirectory(directory, "data"));

        assertThat(runtime.canSnapshotMemory()).isFalse();
        assertThatThrownBy(() -> running.checkpoint(directory.resolve("image")))
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED));
        assertThat(get(running, "/count")).isEqualTo("1");
    }

    @ParameterizedTest
    @EnumSource
    void whatAKilledProcessLeftIsEndedWhenItsSlotOpensAgain(Way way) throws Exception {
        Process victim = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        way.name(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String line = victim.inputReader().readLine();
        while (line != null && !line.startsWith("running")) {
            line = victim.inputReader().readLine();
        }
        List<ProcessHandle> left = processesOf(rootfs);
        assertThat(left).isNotEmpty();
        victim.destroyForcibly().waitFor();

        open(way);

        await().atMost(Duration.ofSeconds(5)).until(() -> left.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(get(boot(Files.createTempDirectory(directory, "data")), "/count"))
                .isEqualTo("1");
    }

    private Running boot(Path data) throws Exception {
        return bootIn(slot, rootfs, data);
    }

    private static Running bootIn(Slot slot, Path rootfs, Path data) throws Exception {
        Prepared prepared = slot.prepare(new Bundle(
                "b",
                List.of(new ContainerSpec(
                        "main",
                        rootfs,
                        List.of("/server"),
                        Map.of("GREETING", "hello"),
                        "/",
                        0,
                        0,
                        List.of(),
                        List.of(new BindMount(data, "/data")),
                        null)),
                Files.createTempDirectory("identity"),
                List.of(80),
                0,
                null));
        return prepared.boot();
    }

    private String get(Running running, String path) throws Exception {
        return TestServer.get(slot.ip(), running.openPort(80), path);
    }

    private static boolean namespaces() {
        return Launcher.bestOfThisMachine() instanceof NamespaceLauncher;
    }

    /** In namespaces the command line names the image, by path the program is in it. */
    private static List<ProcessHandle> processesOf(Path rootfs) {
        return ProcessHandle.allProcesses()
                .filter(process -> Stream.concat(
                                process.info().command().stream(),
                                process.info().arguments().stream().flatMap(Stream::of))
                        .anyMatch(word -> word.contains(rootfs.toString()) || word.equals("/server")))
                .toList();
    }

    /** Runs an actor and waits to be killed. */
    static final class Victim {

        public static void main(String[] args) throws Exception {
            Path directory = Path.of(args[1]);
            Slot slot = Way.valueOf(args[0]).open(directory.resolve("work")).openSlot("s");
            Running running = bootIn(slot, directory.resolve("rootfs"), Files.createTempDirectory(directory, "data"));
            TestServer.get(slot.ip(), running.openPort(80), "/count");
            System.out.println("running");
            Thread.sleep(Duration.ofMinutes(1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPolicyThatCanNotBeEnforcedIsRefused(Way way) throws Exception {
        runtime = way.open(directory.resolve("work"));
        slot = runtime.openSlot("s");
        Egress egress = new Egress(new EgressPolicy(true, List.of()), List.of(), 0);

        assertThatThrownBy(() -> slot.prepare(new Bundle("b", List.of(), directory, List.of(80), 0, null, egress)))
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED))
                .hasMessageContaining("spec.policy.egress");
    }
}
