package dev.dormouse.sandbox.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime.Running;
import dev.dormouse.sandbox.SandboxRuntime.Slot;
import dev.dormouse.sandbox.TestServer;
import dev.dormouse.sandbox.host.Command;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine with one slot that others reach at the machine's address, as a Pod is; a network namespace stands for the others. */
@Tag("gvisor")
class GvisorPodTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String HERE = "198.18.77.1";
    private static final String THERE = "198.18.77.2";

    @TempDir
    Path directory;

    private GvisorFixture gvisor;

    @BeforeEach
    void open() throws Exception {
        removeNeighbour();
        ip("netns", "add", "dormouse-test");
        ip("link", "add", "dt0", "type", "veth", "peer", "name", "dt1", "netns", "dormouse-test");
        ip("addr", "add", HERE + "/30", "dev", "dt0");
        ip("link", "set", "dt0", "up");
        ip("-n", "dormouse-test", "addr", "add", THERE + "/30", "dev", "dt1");
        ip("-n", "dormouse-test", "link", "set", "dt1", "up");
        gvisor = new GvisorFixture(directory, GvisorRuntime.findRunsc().orElseThrow(), HERE);
    }

    @AfterEach
    void close() throws Exception {
        gvisor.close();
        removeNeighbour();
    }

    private static void removeNeighbour() {
        try {
            ip("netns", "del", "dormouse-test");
            ip("link", "del", "dt0");
        } catch (SandboxException e) {
            // there is none, or it went with its peer
        }
    }

    private static void ip(String... args) throws SandboxException {
        String[] command = new String[args.length + 1];
        command[0] = "ip";
        System.arraycopy(args, 0, command, 1, args.length);
        Command.run(LIMIT, "", command);
    }

    private static String ask(int port) throws SandboxException {
        return Command.run(
                LIMIT,
                "",
                "ip",
                "netns",
                "exec",
                "dormouse-test",
                "busybox",
                "wget",
                "-q",
                "-O",
                "-",
                "http://%s:%d/count".formatted(HERE, port));
    }

    @Test
    void theActorIsReachedAtTheMachinesAddressFromOutsideAndFromHere() throws Exception {
        Slot slot = gvisor.runtime.openSlot("pod");
        Running running = gvisor.boot(slot);
        int port = running.openPort(GvisorFixture.ACTOR_PORT);

        assertThat(slot.ip()).isEqualTo(HERE);
        assertThat(GvisorFixture.get(slot, running, "/count")).isEqualTo("1");
        assertThat(ask(port)).isEqualTo("2");

        running.kill();
        assertThatThrownBy(() -> ask(port)).hasMessageContaining("refused");
        assertThatThrownBy(() -> TestServer.connect(HERE, port)).hasMessageContaining("refused");
    }

    @Test
    void thereIsOneSlot() throws Exception {
        gvisor.runtime.openSlot("pod");

        assertThatThrownBy(() -> gvisor.runtime.openSlot("second")).hasMessageContaining("no more than 1 slots");
    }
}
