package dev.dormouse.sandbox.gvisor;

import static dev.dormouse.sandbox.gvisor.GvisorFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.policy.Cidr;
import dev.dormouse.policy.EgressPolicy;
import dev.dormouse.policy.EgressRule;
import dev.dormouse.policy.HostPattern;
import dev.dormouse.policy.Port;
import dev.dormouse.policy.Port.Protocol;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.Egress;
import dev.dormouse.sandbox.SandboxRuntime.Prepared;
import dev.dormouse.sandbox.SandboxRuntime.Running;
import dev.dormouse.sandbox.SandboxRuntime.Slot;
import dev.dormouse.sandbox.TestServer;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An actor that tries to get where its policy doesn't let it. */
@Tag("gvisor")
class GvisorPolicyTest {

    private static final String REFUSED = "Connection refused";
    private static final String BLOCKED = "Connection timed out";
    private static final String CONNECTED = "connected";
    private static final String SERVER = "192.0.2.246";
    private static final String OTHER = "192.0.2.245";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    static Path directory;

    static GvisorFixture gvisor;
    static OutsideNetwork outside;
    Slot slot;

    @BeforeAll
    static void open() throws Exception {
        gvisor = new GvisorFixture(directory);
        outside = new OutsideNetwork(
                gvisor.rootfs,
                "policy" + ProcessHandle.current().pid() % 10_000,
                List.of("192.0.2.241/29"),
                List.of(SERVER + "/29", OTHER + "/29"),
                80,
                81);
        TestServer.get(SERVER, 80, "/count");
        TestServer.get(OTHER, 81, "/count");
    }

    @AfterAll
    static void close() {
        outside.close();
        gvisor.close();
    }

    @BeforeEach
    void openSlot() throws Exception {
        slot = gvisor.runtime.openSlot("policy");
    }

    @AfterEach
    void closeSlot() {
        slot.close();
    }

    private static EgressRule ranges(List<Port> ports, String... ranges) {
        return new EgressRule(List.of(), Stream.of(ranges).map(Cidr::parse).toList(), ports);
    }

    private static EgressRule host(String name, Port... ports) {
        return new EgressRule(List.of(new HostPattern(name)), List.of(), List.of(ports));
    }

    private static Port tcp(int number) {
        return new Port(number, Protocol.TCP);
    }

    private Bundle bundle(List<Cidr> guarded, boolean allows, EgressRule... rules) throws Exception {
        return bundle(0, guarded, allows, rules);
    }

    private Bundle bundle(int gatewayPort, List<Cidr> guarded, boolean allows, EgressRule... rules) throws Exception {
        Bundle plain = gvisor.bundle(gvisor.server());
        return new Bundle(
                plain.id(),
                plain.containers(),
                plain.identityDir(),
                plain.ports(),
                gatewayPort,
                null,
                new Egress(new EgressPolicy(allows, List.of(rules)), guarded, 0));
    }

    private String dial(Running running, String ip, int port) throws Exception {
        return get(slot, running, "/dial/" + ip + "/" + port);
    }

    @Test
    void onlyTheAllowedPortOfTheAllowedAddressIsReached() throws Exception {
        Running running = slot.prepare(bundle(List.of(), false, ranges(List.of(tcp(80)), SERVER + "/32")))
                .boot();

        assertThat(dial(running, SERVER, 80)).isEqualTo(CONNECTED);
        assertThat(dial(running, SERVER, 81)).isEqualTo(REFUSED);
        assertThat(dial(running, OTHER, 80)).isEqualTo(REFUSED);
    }

    @Test
    void theWholeInternetIsNotThisMachineNorAnotherActor() throws Exception {
        try (ServerSocket metadata = new ServerSocket(0, 10, InetAddress.getByName(slot.gatewayIp()));
                ServerSocket control = new ServerSocket(0);
                Slot other = gvisor.runtime.openSlot("other")) {
            Running target = gvisor.boot(other);
            get(other, target, "/count");
            EgressRule all = ranges(List.of(), "0.0.0.0/0");
            Running running = slot.prepare(bundle(metadata.getLocalPort(), List.of(), false, all))
                    .boot();

            assertThat(dial(running, OTHER, 81)).isEqualTo(CONNECTED);
            assertThat(dial(running, SlotAddress.GATEWAY_IP, 80)).isEqualTo(CONNECTED);
            assertThat(dial(running, SlotAddress.GATEWAY_IP, 81)).isEqualTo(BLOCKED);
            assertThat(dial(running, slot.gatewayIp(), control.getLocalPort())).isEqualTo(BLOCKED);
            assertThat(dial(running, "192.0.2.241", control.getLocalPort())).isEqualTo(BLOCKED);
            assertThat(dial(running, other.ip(), target.openPort(80))).isEqualTo(BLOCKED);
            assertThat(dial(running, "169.254.169.254", 80)).isEqualTo(BLOCKED);
        }
    }

    @Test
    void theCloudsMetadataIsOutOfReachAlsoByItsOwnAddress() throws Exception {
        Running running = slot.prepare(
                        bundle(List.of(), false, ranges(List.of(), "169.254.169.254/32", "169.254.0.0/16")))
                .boot();

        assertThat(dial(running, "169.254.169.254", 80)).isEqualTo(BLOCKED);
    }

    @Test
    void noRangeOpensWhatIsGuardedButItsOwnAddress() throws Exception {
        List<Cidr> guarded = List.of(Cidr.parse(SERVER + "/32"));
        Running ranged = slot.prepare(bundle(guarded, false, ranges(List.of(), "192.0.2.240/29")))
                .boot();
        assertThat(dial(ranged, OTHER, 80)).isEqualTo(CONNECTED);
        assertThat(dial(ranged, SERVER, 80)).isEqualTo(REFUSED);
        ranged.kill();

        Running open = slot.prepare(bundle(guarded, true)).boot();
        assertThat(dial(open, OTHER, 80)).isEqualTo(CONNECTED);
        assertThat(dial(open, SERVER, 80)).isEqualTo(REFUSED);
        open.kill();

        Running named = slot.prepare(bundle(guarded, false, ranges(List.of(tcp(80)), SERVER + "/32")))
                .boot();
        assertThat(dial(named, SERVER, 80)).isEqualTo(CONNECTED);
        assertThat(dial(named, SERVER, 81)).isEqualTo(REFUSED);
    }

    @Test
    void aHostIsReachedOnceItIsNamed() throws Exception {
        Prepared prepared = slot.prepare(bundle(List.of(), false, host("one.example", tcp(80)), host("two.example")));
        Running running = prepared.boot();
        assertThat(dial(running, SERVER, 80)).isEqualTo(REFUSED);

        prepared.allow(0, List.of(Inet4Address.ofLiteral(SERVER)), MINUTE);
        prepared.allow(0, List.of(Inet4Address.ofLiteral(SERVER)), MINUTE);

        assertThat(dial(running, SERVER, 80)).isEqualTo(CONNECTED);
        assertThat(dial(running, SERVER, 81)).isEqualTo(REFUSED);
        assertThat(dial(running, OTHER, 80)).isEqualTo(REFUSED);
    }

    @Test
    void aNameHoldsForItsTime() throws Exception {
        Prepared prepared = slot.prepare(bundle(List.of(), false, host("one.example")));
        Running running = prepared.boot();
        get(slot, running, "/count");

        prepared.allow(0, List.of(Inet4Address.ofLiteral(SERVER)), Duration.ofSeconds(1));
        assertThat(dial(running, SERVER, 80)).isEqualTo(CONNECTED);
        Thread.sleep(1500);

        assertThat(dial(running, SERVER, 80)).isEqualTo(REFUSED);
    }

    @Test
    void thePolicyHoldsAfterARestoreAndWhatWasNamedBeforeIsForgotten() throws Exception {
        EgressRule[] rules = {ranges(List.of(tcp(80)), OTHER + "/32"), host("one.example")};
        Prepared first = slot.prepare(bundle(List.of(), false, rules));
        Running booted = first.boot();
        get(slot, booted, "/count");
        first.allow(1, List.of(Inet4Address.ofLiteral(SERVER)), MINUTE);
        assertThat(dial(booted, SERVER, 80)).isEqualTo(CONNECTED);
        Path image = gvisor.newImage();
        booted.checkpoint(image);
        booted.kill();

        Running woken = slot.prepare(bundle(List.of(), false, rules)).restore(image);

        assertThat(get(slot, woken, "/count")).isEqualTo("2");
        assertThat(dial(woken, OTHER, 80)).isEqualTo(CONNECTED);
        assertThat(dial(woken, OTHER, 81)).isEqualTo(REFUSED);
        assertThat(dial(woken, SERVER, 80)).isEqualTo(REFUSED);
        assertThatThrownBy(() -> first.allow(1, List.of(Inet4Address.ofLiteral(SERVER)), MINUTE))
                .isInstanceOf(SandboxException.class);
    }

    @Test
    void thePolicyEndsWithItsActivation() throws Exception {
        Running held = slot.prepare(bundle(List.of(), false)).boot();
        assertThat(dial(held, SERVER, 80)).isEqualTo(REFUSED);
        held.kill();

        Running free = gvisor.boot(slot);

        assertThat(dial(free, SERVER, 80)).isEqualTo(CONNECTED);
    }

    @Test
    void requestsStillComeInAndAreAnswered() throws Exception {
        Running running = slot.prepare(bundle(List.of(), false)).boot();

        assertThat(get(slot, running, "/count")).isEqualTo("1");
        assertThat(TestServer.get(slot.ip(), running.openPort(80), "/count")).isEqualTo("2");
    }
}
