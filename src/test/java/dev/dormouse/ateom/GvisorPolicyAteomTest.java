package dev.dormouse.ateom;

import static dev.dormouse.ateom.AteomFixture.activation;
import static dev.dormouse.ateom.AteomFixture.actor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.ActorRef;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.Policy;
import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.dns.DnsServer;
import dev.dormouse.dns.Lookup;
import dev.dormouse.sandbox.TestServer;
import dev.dormouse.sandbox.gvisor.OutsideNetwork;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsSection;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An actor that is held to host names, from its question to its connection, across a sleep. */
@Tag("gvisor")
class GvisorPolicyAteomTest {

    private static final String NAMES = "169.254.17.1";
    private static final String SERVER = "192.0.2.238";

    @TempDir
    Path temp;

    private DnsServer upstream;
    private OutsideNetwork outside;
    private AteomFixture node;

    @BeforeEach
    void open() throws Exception {
        upstream = new DnsServer(
                "127.0.0.1",
                0,
                (query, response) -> {
                    DnsQuestion question = query.recordAt(DnsSection.QUESTION);
                    response.addRecord(DnsSection.QUESTION, question);
                    response.addRecord(
                            DnsSection.ANSWER,
                            new DefaultDnsRawRecord(
                                    question.name(),
                                    DnsRecordType.A,
                                    60,
                                    Unpooled.wrappedBuffer(
                                            Inet4Address.ofLiteral(SERVER).getAddress())));
                },
                Runnable::run);
        Path rootfs = TestServer.rootfs(temp.resolve("rootfs"));
        outside = new OutsideNetwork(
                rootfs,
                "ateom" + ProcessHandle.current().pid() % 10_000,
                List.of("192.0.2.237/30"),
                List.of(SERVER + "/30"),
                80,
                81);
        TestServer.get(SERVER, 80, "/count");
        TestServer.get(SERVER, 81, "/count");
        node = new AteomFixture(
                temp.resolve("node"),
                temp.resolve("store"),
                GvisorAteomTest.gvisor(temp),
                AteomFixture.images(rootfs),
                new NodeLimits(2, 1 << 30, 1 << 20, 0.1),
                new Outside(new Lookup(() -> List.of(new InetSocketAddress("127.0.0.1", upstream.port()))), List.of()));
        node.configure("w1", "w2");
    }

    @AfterEach
    void close() {
        node.close();
        outside.close();
        upstream.close();
    }

    private static Workload.Builder workload() {
        Policy.Builder policy = Policy.newBuilder();
        policy.getEgressBuilder()
                .addRulesBuilder()
                .addHosts("*.example.com")
                .addPortsBuilder()
                .setPort(80);
        return GvisorAteomTest.workload().setPolicy(policy);
    }

    private static String get(ActivateResponse activated, String path) {
        assertThat(activated.hasActivated()).as("%s", activated.getFailure()).isTrue();
        return TestServer.get(
                activated.getActivated().getHost(), activated.getActivated().getPortsOrThrow(80), path);
    }

    private static String dial(ActivateResponse activated, int port) {
        return get(activated, "/dial/" + SERVER + "/" + port);
    }

    @Test
    void anAllowedNameOpensItsAddressAndNothingElseAlsoAfterAWake() {
        ActorRef tries = actor("tries");
        ActivateResponse booted = node.activate(activation("w1", tries, 1, workload()));
        assertThat(get(booted, "/read/etc/resolv.conf")).isEqualTo("nameserver " + NAMES + "\n");
        assertThat(dial(booted, 80)).isEqualTo("Connection refused");
        assertThat(get(booted, "/resolve/" + NAMES + "/example.org")).isEqualTo("code 5");
        assertThat(dial(booted, 80)).isEqualTo("Connection refused");

        assertThat(get(booted, "/resolve/" + NAMES + "/api.example.com")).isEqualTo(SERVER);

        assertThat(dial(booted, 80)).isEqualTo("connected");
        assertThat(dial(booted, 81)).isEqualTo("Connection refused");
        get(booted, "/count");

        CheckpointResponse slept = node.checkpoint(node.suspension("w1", tries, 1));
        assertThat(slept.hasTaken()).as("%s", slept.getFailure()).isTrue();
        ActivateResponse woken = node.activate(activation("w2", tries, 2, workload())
                .setSnapshotUri(slept.getTaken().getUri()));

        assertThat(get(woken, "/count")).isEqualTo("2");
        assertThat(dial(woken, 80)).isEqualTo("Connection refused");
        assertThat(get(woken, "/resolve/" + NAMES + "/example.org")).isEqualTo("code 5");
        assertThat(get(woken, "/resolve/" + NAMES + "/api.example.com")).isEqualTo(SERVER);
        assertThat(dial(woken, 80)).isEqualTo("connected");
    }

    @Test
    void aPolicyThatIsNoneIsRefused() {
        Workload.Builder forged = GvisorAteomTest.workload();
        forged.getPolicyBuilder().getEgressBuilder().addRulesBuilder().addCidrs("10.0.0.0/8 accept; #");

        ActivateResponse answer = node.activate(activation("w1", actor("forged"), 1, forged));

        assertThat(answer.getFailure().getMessage()).contains("policy is not valid");
    }
}
