package dev.dormouse.sandbox.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime.Running;
import dev.dormouse.sandbox.SandboxRuntime.Slot;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process with running sandboxes is killed; the next one finds a clean machine. */
@Tag("gvisor")
class GvisorLeftOversTest {

    @TempDir
    Path directory;

    @Test
    void aKilledProcessTakesItsSandboxesAlong() throws Exception {
        Process victim = startVictim();
        String hostInterface = awaitLine(victim, "running ");

        victim.destroyForcibly().waitFor();

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(processesOf(directory.resolve("work"))).isEmpty());
        await().atMost(Duration.ofSeconds(10)).until(() -> Files.notExists(Path.of("/sys/class/net", hostInterface)));
        try (GvisorFixture next = new GvisorFixture(directory)) {
            Slot slot = next.runtime.openSlot("victim");
            assertThat(files(directory.resolve("work/victim/bundles"))).isEmpty();
            assertThat(GvisorFixture.get(slot, next.boot(slot), "/count")).isEqualTo("1");
        }
    }

    @Test
    void aSlotThatWasBusyWhenItsProcessDiedIsEndedByTheNext() throws Exception {
        Process victim = startVictim("busy");
        awaitLine(victim, "running ");
        List<ProcessHandle> before = processesOf(directory.resolve("work"));
        assertThat(before).isNotEmpty();
        victim.destroyForcibly().waitFor();

        try (GvisorFixture next = new GvisorFixture(directory)) {
            await().atMost(Duration.ofSeconds(10)).until(() -> before.stream().noneMatch(ProcessHandle::isAlive));
            Slot slot = next.runtime.openSlot("victim");
            assertThat(GvisorFixture.get(slot, next.boot(slot), "/count")).isEqualTo("1");
        }
    }

    private Process startVictim(String... args) throws Exception {
        List<String> command = Stream.concat(
                        Stream.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Victim.class.getName(),
                                directory.toString()),
                        Stream.of(args))
                .toList();
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String awaitLine(Process process, String prefix) throws Exception {
        BufferedReader lines = process.inputReader();
        String line = lines.readLine();
        while (line != null && !line.startsWith(prefix)) {
            line = lines.readLine();
        }
        assertThat(line).as("what the victim says").isNotNull();
        return line.substring(prefix.length());
    }

    private static List<ProcessHandle> processesOf(Path work) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().arguments().stream()
                        .flatMap(Stream::of)
                        .anyMatch(argument -> argument.contains(work.toString())))
                .toList();
    }

    private static List<Path> files(Path directory) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** Runs a sandbox and waits to be killed. */
    static final class Victim {

        public static void main(String[] args) throws Exception {
            GvisorFixture gvisor = new GvisorFixture(Path.of(args[0]));
            Slot slot = gvisor.runtime.openSlot("victim");
            Running running = gvisor.boot(slot);
            GvisorFixture.get(slot, running, "/count");
            SlotShell shell = ((GvisorSlot) slot).shell();
            if (args.length > 1) {
                Path begun = Path.of(args[0], "begun");
                CompletableFuture.runAsync(() -> block(shell, begun));
                await().until(() -> Files.exists(begun));
            }
            System.out.println("running " + ((GvisorSlot) slot).address().hostInterface());
            Thread.sleep(Duration.ofMinutes(1));
        }

        private static void block(SlotShell shell, Path begun) {
            try {
                shell.run(": > %s; sleep 60".formatted(begun), Duration.ofMinutes(2));
            } catch (SandboxException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
