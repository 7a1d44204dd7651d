package dev.dormouse.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClient;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Asked by Vert.x' client of DNS. */
class DnsServerTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final String DOMAIN = "actors.example.com";
    private static final String IPV4 = "203.0.113.7";
    private static final String IPV6 = "2001:db8:0:0:0:0:0:7";

    private List<InetAddress> addresses;
    private DnsServer server;

    @AfterAll
    static void close() {
        VERTX.close();
    }

    @BeforeEach
    void start() throws Exception {
        addresses = List.of(InetAddress.getByName(IPV4), InetAddress.getByName(IPV6));
        server = new DnsServer("127.0.0.1", 0, new ActorZone(DOMAIN, () -> addresses), Runnable::run);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<String> ask(String name, String type) throws Exception {
        DnsClient dns = VERTX.createDnsClient(server.port(), "127.0.0.1");
        Future<List<String>> answer = switch (type) {
            case "A" -> dns.resolveA(name);
            case "AAAA" -> dns.resolveAAAA(name);
            default -> dns.resolveTXT(name);
        };
        return answer.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void everyActorIsAtTheRouter() throws Exception {
        assertThat(ask("my-counter.default." + DOMAIN, "A")).containsExactly(IPV4);
        assertThat(ask("MY-counter." + DOMAIN.toUpperCase(), "A")).containsExactly(IPV4);
        assertThat(ask("my-counter.default." + DOMAIN, "AAAA")).containsExactly(IPV6);
        assertThat(ask(DOMAIN, "A")).containsExactly(IPV4);
    }

    @Test
    void aRecordOfAnotherKindIsThereNotButTheNameIs() throws Exception {
        assertThat(ask("my-counter.default." + DOMAIN, "TXT")).isEmpty();

        addresses = List.of(addresses.getFirst());
        assertThat(ask("my-counter.default." + DOMAIN, "AAAA")).isEmpty();
    }

    @Test
    void otherNamesAreRefused() {
        assertThatThrownBy(() -> ask("example.com", "A")).hasMessageContaining("REFUSED");
        assertThatThrownBy(() -> ask("not" + DOMAIN, "A")).hasMessageContaining("REFUSED");
    }

    @Test
    void whileTheRoutersAddressIsUnknownNothingIsSaidOfTheName() {
        addresses = List.of();

        assertThatThrownBy(() -> ask("a." + DOMAIN, "A")).hasMessageContaining("SERVFAIL");
    }

    /** A query for the A records of {@code a.actors.example.com}. */
    private static byte[] query() {
        return new byte[] {
            0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 6, 'a', 'c', 't', 'o', 'r', 's', 7, 'e', 'x', 'a', 'm',
            'p', 'l', 'e', 3, 'c', 'o', 'm', 0, 0, 1, 0, 1
        };
    }

    @Test
    void itAnswersOverTcpToo() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeShort(query().length);
            out.write(query());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);

            assertThat(answer).startsWith(0x12, 0x34);
            assertThat(answer).endsWith(203, 0, 113, 7);
        }
    }

    @Test
    void whatIsNoQueryHarmsNobody() throws Exception {
        try (DatagramSocket socket = new DatagramSocket()) {
            byte[] noise = {1, 2, 3};
            socket.send(new DatagramPacket(noise, noise.length, InetAddress.getByName("127.0.0.1"), server.port()));
        }
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.getOutputStream().write(new byte[] {0, 3, 1, 2, 3});
        }

        assertThat(ask("a." + DOMAIN, "A")).containsExactly(IPV4);
    }

    @Test
    void aPortThatIsTakenIsSaid() {
        assertThatThrownBy(() -> new DnsServer(
                        "127.0.0.1", server.port(), new ActorZone(DOMAIN, () -> addresses), Runnable::run))
                .hasMessageContaining("is the port taken? Set dormouse.dns.port");
    }
}
