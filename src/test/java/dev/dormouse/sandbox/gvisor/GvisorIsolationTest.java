package dev.dormouse.sandbox.gvisor;

import static dev.dormouse.sandbox.gvisor.GvisorFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.Running;
import dev.dormouse.sandbox.SandboxRuntime.Slot;
import dev.dormouse.sandbox.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an actor can reach, and who can reach it. */
@Tag("gvisor")
class GvisorIsolationTest {

    private static final String BLOCKED = "Connection timed out";

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
        slot = gvisor.runtime.openSlot("isolation");
    }

    @AfterEach
    void closeSlot() {
        slot.close();
    }

    @Test
    void aPortIsClosedWithItsActivationAndNotUsedByTheNext() throws Exception {
        Running first = gvisor.boot(slot);
        int firstPort = first.openPort(80);
        TestServer.get(slot.ip(), firstPort, "/count");
        first.kill();

        Running second = gvisor.boot(slot);

        assertThat(second.openPort(80)).isNotEqualTo(firstPort);
        assertThat(get(slot, second, "/count")).isEqualTo("1");
        assertThatThrownBy(() -> TestServer.connect(slot.ip(), firstPort)).hasMessageContaining("refused");
    }

    @Test
    void anOldConnectionNeverReachesTheNextActor() throws Exception {
        Running first = gvisor.boot(slot);
        get(slot, first, "/count");
        try (Socket old = TestServer.connect(slot.ip(), first.openPort(80))) {
            assertThat(TestServer.exchange(old, "/count")).isEqualTo("2");
            Path image = gvisor.newImage();
            first.checkpoint(image);
            first.kill();

            Running second = gvisor.restore(slot, image);

            assertThatThrownBy(() -> TestServer.exchange(old, "/count")).isInstanceOf(IOException.class);
            assertThat(get(slot, second, "/count")).isEqualTo("3");
        }
    }

    @Test
    void anotherPortOpensOnDemand() throws Exception {
        Bundle bundle = gvisor.bundle(gvisor.server("main", "/server", "8080"));
        Running running = slot.prepare(bundle).boot();

        int port = running.openPort(8080);

        assertThat(TestServer.get(slot.ip(), port, "/count")).isEqualTo("1");
        assertThat(running.openPort(8080)).isEqualTo(port);
    }

    @Test
    void anotherSlotsActorIsUnreachable() throws Exception {
        try (Slot other = gvisor.runtime.openSlot("other")) {
            Running target = gvisor.boot(other);
            get(other, target, "/count");
            Running running = gvisor.boot(slot);

            assertThat(dial(running, other.ip(), target.openPort(80))).isEqualTo(BLOCKED);
            assertThat(dial(running, other.gatewayIp(), 1)).isEqualTo(BLOCKED);
        }
    }

    @Test
    void theHostIsUnreachableButForTheMetadataService() throws Exception {
        InetAddress gateway = InetAddress.getByName(slot.gatewayIp());
        try (ServerSocket metadata = new ServerSocket(0, 10, gateway);
                ServerSocket elsewhere = new ServerSocket(0)) {
            Bundle plain = gvisor.bundle(gvisor.server());
            Running running = slot.prepare(new Bundle(
                            plain.id(),
                            plain.containers(),
                            plain.identityDir(),
                            List.of(80),
                            metadata.getLocalPort(),
                            null))
                    .boot();

            assertThat(dial(running, SlotAddress.GATEWAY_IP, 80)).isEqualTo("connected");
            assertThat(dial(running, SlotAddress.GATEWAY_IP, 81)).isEqualTo(BLOCKED);
            assertThat(dial(running, slot.gatewayIp(), elsewhere.getLocalPort()))
                    .isEqualTo(BLOCKED);
            assertThat(dial(running, ownAddress(), elsewhere.getLocalPort())).isEqualTo(BLOCKED);
        }
    }

    @Test
    void theOutsideIsReachableButForLinkLocalAddresses() throws Exception {
        String link = "outside" + ProcessHandle.current().pid() % 10_000;
        List<String> host = List.of("192.0.2.253/30", "169.254.99.1/30");
        List<String> addresses = List.of("192.0.2.254/30", "169.254.99.2/30");
        try (OutsideNetwork outside = new OutsideNetwork(gvisor.rootfs, link, host, addresses, 99)) {
            Running running = gvisor.boot(slot);
            assertThat(TestServer.get("192.0.2.254", 99, "/count")).isEqualTo("1");

            assertThat(dial(running, "192.0.2.254", 99)).isEqualTo("connected");
            assertThat(dial(running, "169.254.99.2", 99)).isEqualTo(BLOCKED);
        }
    }

    private String dial(Running running, String ip, int port) throws Exception {
        return get(slot, running, "/dial/" + ip + "/" + port);
    }

    private static String ownAddress() throws IOException {
        return java.net.NetworkInterface.networkInterfaces()
                .filter(candidate -> !candidate.getName().startsWith(SlotAddress.ANY))
                .flatMap(java.net.NetworkInterface::inetAddresses)
                .filter(address -> address.getAddress().length == 4 && !address.isLoopbackAddress())
                .findFirst()
                .orElseThrow()
                .getHostAddress();
    }
}
