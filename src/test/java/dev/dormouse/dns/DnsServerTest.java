package dev.dormouse.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Asked by the JDK's own client of DNS. */
class DnsServerTest {

    private static final String DOMAIN = "actors.example.com";
    private static final String IPV4 = "203.0.113.7";
    private static final String IPV6 = "2001:db8::7";

    private List<InetAddress> addresses;
    private DnsServer server;

    @BeforeEach
    void start() throws Exception {
        addresses = List.of(InetAddress.getByName(IPV4), InetAddress.getByName(IPV6));
        server = new DnsServer("127.0.0.1", 0, new ActorZone(DOMAIN, () -> addresses));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<String> ask(String name, String type) throws NamingException {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.put(Context.PROVIDER_URL, "dns://127.0.0.1:" + server.port());
        environment.put("com.sun.jndi.dns.timeout.retries", "1");
        InitialDirContext dns = new InitialDirContext(environment);
        try {
            Attribute found = dns.getAttributes(name, new String[] {type}).get(type);
            List<String> values = new ArrayList<>();
            for (int i = 0; found != null && i < found.size(); i++) {
                values.add(found.get(i).toString());
            }
            return values;
        } finally {
            dns.close();
        }
    }

    @Test
    void everyActorIsAtTheRouter() throws NamingException {
        assertThat(ask("my-counter.default." + DOMAIN, "A")).containsExactly(IPV4);
        assertThat(ask("MY-counter." + DOMAIN.toUpperCase(), "A")).containsExactly(IPV4);
        assertThat(ask("my-counter.default." + DOMAIN, "AAAA")).containsExactly(IPV6);
        assertThat(ask(DOMAIN, "A")).containsExactly(IPV4);
    }

    @Test
    void aRecordOfAnotherKindIsThereNotButTheNameIs() throws NamingException {
        assertThat(ask("my-counter.default." + DOMAIN, "MX")).isEmpty();

        addresses = List.of(addresses.getFirst());
        assertThat(ask("my-counter.default." + DOMAIN, "AAAA")).isEmpty();
    }

    @Test
    void otherNamesAreRefused() {
        assertThatThrownBy(() -> ask("example.com", "A")).hasMessageContaining("[response code 5]");
        assertThatThrownBy(() -> ask("not" + DOMAIN, "A")).hasMessageContaining("[response code 5]");
    }

    @Test
    void whileTheRoutersAddressIsUnknownNothingIsSaidOfTheName() {
        addresses = List.of();

        assertThatThrownBy(() -> ask("a." + DOMAIN, "A")).hasMessageContaining("[response code 2]");
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
        assertThatThrownBy(() -> new DnsServer("127.0.0.1", server.port(), new ActorZone(DOMAIN, () -> addresses)))
                .hasMessageContaining("is the port taken? Set dormouse.dns.port");
    }
}
