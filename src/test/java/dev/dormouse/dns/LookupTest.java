package dev.dormouse.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.dns.Lookup.Answer;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LookupTest {

    private DnsServer server;

    @BeforeEach
    void start() {
        server = new DnsServer("127.0.0.1", 0, LookupTest::answer, Runnable::run);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static void answer(DnsQuery query, DnsResponse response) {
        DnsQuestion question = query.recordAt(DnsSection.QUESTION);
        response.addRecord(DnsSection.QUESTION, question);
        switch (question.name()) {
            case "one.example." -> {
                // an alias first, which holds for a shorter time
                response.addRecord(
                        DnsSection.ANSWER,
                        new DefaultDnsRawRecord(
                                question.name(), DnsRecordType.CNAME, 60, Unpooled.wrappedBuffer(new byte[] {1, 'x', 0
                                })));
                response.addRecord(DnsSection.ANSWER, address("x.", 300, "192.0.2.1"));
                response.addRecord(DnsSection.ANSWER, address("x.", 300, "192.0.2.2"));
            }
            case "empty.example." -> {}
            case "broken.example." -> response.setCode(DnsResponseCode.SERVFAIL);
            case "cut.example." -> {
                if (response instanceof DatagramDnsResponse) {
                    response.setTruncated(true);
                } else {
                    response.addRecord(DnsSection.ANSWER, address(question.name(), 5, "192.0.2.3"));
                }
            }
            default -> response.setCode(DnsResponseCode.NXDOMAIN);
        }
    }

    private static DefaultDnsRawRecord address(String name, long seconds, String address) {
        return new DefaultDnsRawRecord(
                name,
                DnsRecordType.A,
                seconds,
                Unpooled.wrappedBuffer(Inet4Address.ofLiteral(address).getAddress()));
    }

    private Answer ask(String host) throws IOException {
        return new Lookup(() -> List.of(new InetSocketAddress("127.0.0.1", server.port()))).addresses(host);
    }

    @Test
    void addressesBehindAnAliasHoldAsLongAsTheAlias() throws Exception {
        assertThat(ask("one.example"))
                .isEqualTo(new Answer(
                        true,
                        List.of(Inet4Address.ofLiteral("192.0.2.1"), Inet4Address.ofLiteral("192.0.2.2")),
                        Duration.ofSeconds(60)));
    }

    @Test
    void aNameWithoutAddressesIsNotOneThatIsNotThere() throws Exception {
        assertThat(ask("empty.example").exists()).isTrue();
        assertThat(ask("empty.example").addresses()).isEmpty();
        assertThat(ask("missing.example").exists()).isFalse();
    }

    @Test
    void whatIsCutIsAskedForAgainOverAConnection() throws Exception {
        assertThat(ask("cut.example").addresses()).containsExactly(Inet4Address.ofLiteral("192.0.2.3"));
    }

    @Test
    void theNextServerIsAskedWhenOneFails() throws Exception {
        assertThatThrownBy(() -> ask("broken.example")).hasMessageContaining("code 2");
        int closed;
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        Lookup both = new Lookup(() ->
                List.of(new InetSocketAddress("127.0.0.1", closed), new InetSocketAddress("127.0.0.1", server.port())));

        assertThat(both.addresses("one.example").exists()).isTrue();
    }

    @Test
    void noiseIsAFailure() throws Exception {
        try (DatagramSocket noisy = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Random random = new Random(1);
            Thread noise = Thread.startVirtualThread(() -> {
                byte[] received = new byte[512];
                try {
                    while (true) {
                        DatagramPacket question = new DatagramPacket(received, received.length);
                        noisy.receive(question);
                        // begins as an answer does, and goes on anyhow
                        byte[] answer = new byte[200];
                        random.nextBytes(answer);
                        System.arraycopy(received, 0, answer, 0, question.getLength());
                        answer[2] = (byte) 0x81;
                        answer[3] = 0;
                        answer[7] = 9;
                        noisy.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
                    }
                } catch (IOException e) {
                    // the test is over
                }
            });
            Lookup lookup = new Lookup(() -> List.of(new InetSocketAddress("127.0.0.1", noisy.getLocalPort())));

            for (int i = 0; i < 100; i++) {
                try {
                    lookup.addresses("one.example");
                } catch (IOException e) {
                    // that is all that may be thrown
                }
            }
            noisy.close();
            noise.join();
        }
    }

    @Test
    void whatIsNoHostNameIsNotAskedFor() {
        assertThatThrownBy(() -> ask("a..b")).hasMessageContaining("not a host name");
        assertThatThrownBy(() -> ask("a".repeat(64))).hasMessageContaining("not a host name");
    }
}
