package dev.dormouse.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Asks DNS servers for the IPv4 addresses of host names, and how long they hold: which the JDK doesn't tell. */
public final class Lookup {

    private static final Path CONFIGURATION = Path.of("/etc/resolv.conf");
    private static final String SERVER = "nameserver";
    private static final int PORT = 53;
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private static final int MAX_SIZE = 65_535;
    private static final int LABEL_LIMIT = 63;
    private static final int POINTER = 0xc0;
    private static final short ADDRESS = 1;
    private static final short INTERNET = 1;
    private static final short RECURSION_DESIRED = 0x0100;
    private static final int RESPONSE = 0x8000;
    private static final int TRUNCATED = 0x0200;
    private static final int CODE = 0x000f;
    private static final int NO_SUCH_NAME = 3;

    private final SecureRandom random = new SecureRandom();
    private final Supplier<List<InetSocketAddress>> servers;

    /** @param servers asked one after the other until one answers */
    public Lookup(Supplier<List<InetSocketAddress>> servers) {
        this.servers = servers;
    }

    /** Of the servers that this machine's resolver asks, whichever they are by then. */
    public static Lookup ofThisMachine() {
        return new Lookup(Lookup::configured);
    }

    /**
     * @param exists false: there is no such name
     * @param keep how long the addresses hold
     */
    public record Answer(boolean exists, List<Inet4Address> addresses, Duration keep) {}

    /**
     * Blocks, for some seconds when no server answers.
     *
     * @param host in ASCII, without a dot at its end
     * @throws IOException when no server has an answer
     */
    public Answer addresses(String host) throws IOException {
        IOException failure = new IOException("no DNS server is known");
        for (InetSocketAddress server : servers.get()) {
            try {
                return ask(server, host);
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }

    private static List<InetSocketAddress> configured() {
        try (Stream<String> lines = Files.lines(CONFIGURATION)) {
            return lines.map(line -> line.strip().split("\\s+"))
                    .filter(words -> words.length > 1 && words[0].equals(SERVER))
                    .map(words -> new InetSocketAddress(words[1], PORT))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private Answer ask(InetSocketAddress server, String host) throws IOException {
        byte[] question = question((short) random.nextInt(), host);
        try {
            ByteBuffer answer = byDatagram(server, question);
            return (answer.getShort(2) & TRUNCATED) == 0 ? read(answer) : read(byStream(server, question));
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IOException("the answer of " + server + " is not well formed", e);
        }
    }

    private static ByteBuffer byDatagram(InetSocketAddress server, byte[] question) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            // what others send is not received
            socket.connect(server);
            socket.send(new DatagramPacket(question, question.length));
            DatagramPacket packet = new DatagramPacket(new byte[MAX_SIZE], MAX_SIZE);
            long end = System.nanoTime() + LIMIT.toNanos();
            while (true) {
                socket.setSoTimeout((int) Math.max(1, (end - System.nanoTime()) / 1_000_000));
                socket.receive(packet);
                ByteBuffer answer = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
                if (isAnswerTo(question, answer)) {
                    return answer;
                }
            }
        }
    }

    private static ByteBuffer byStream(InetSocketAddress server, byte[] question) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.connect(server, (int) LIMIT.toMillis());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.write(ByteBuffer.allocate(2 + question.length)
                    .putShort((short) question.length)
                    .put(question)
                    .array());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            ByteBuffer answer = ByteBuffer.wrap(in.readNBytes(in.readUnsignedShort()));
            if (!isAnswerTo(question, answer)) {
                throw new IOException("%s answered another question".formatted(server));
            }
            return answer;
        }
    }

    private static byte[] question(short id, String host) throws IOException {
        ByteBuffer message = ByteBuffer.allocate(host.length() + 18);
        message.putShort(id).putShort(RECURSION_DESIRED).putShort((short) 1).position(12);
        for (String label : host.split("\\.")) {
            if (label.isEmpty() || label.length() > LABEL_LIMIT) {
                throw new IOException("not a host name");
            }
            message.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
        }
        message.put((byte) 0).putShort(ADDRESS).putShort(INTERNET);
        return message.array();
    }

    /** By its number, and by the question, which is in each answer: what comes late or is forged is not taken for one. */
    private static boolean isAnswerTo(byte[] question, ByteBuffer answer) {
        int behindHeader = 12;
        int length = question.length - behindHeader;
        return answer.limit() >= question.length
                && answer.getShort(0) == ByteBuffer.wrap(question).getShort()
                && (answer.getShort(2) & RESPONSE) != 0
                && ByteBuffer.wrap(question, behindHeader, length).equals(answer.slice(behindHeader, length));
    }

    /** All addresses in it, those that aliases of the name lead to too. */
    private static Answer read(ByteBuffer message) throws IOException {
        int code = message.getShort(2) & CODE;
        if (code != 0 && code != NO_SUCH_NAME) {
            throw new IOException("the DNS server answered with code " + code);
        }
        int count = Short.toUnsignedInt(message.getShort(6));
        message.position(12);
        skipName(message);
        message.position(message.position() + 4);
        List<Inet4Address> addresses = new ArrayList<>();
        long seconds = Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            skipName(message);
            short type = message.getShort();
            short space = message.getShort();
            seconds = Math.min(seconds, Integer.toUnsignedLong(message.getInt()));
            byte[] data = new byte[Short.toUnsignedInt(message.getShort())];
            message.get(data);
            if (type == ADDRESS
                    && space == INTERNET
                    && InetAddress.getByAddress(data) instanceof Inet4Address address) {
                addresses.add(address);
            }
        }
        return new Answer(
                code == 0, addresses.stream().distinct().toList(), Duration.ofSeconds(count == 0 ? 0 : seconds));
    }

    private static void skipName(ByteBuffer message) {
        int length = Byte.toUnsignedInt(message.get());
        while (length != 0) {
            if ((length & POINTER) == POINTER) {
                message.get();
                return;
            }
            message.position(message.position() + length);
            length = Byte.toUnsignedInt(message.get());
        }
    }
}
