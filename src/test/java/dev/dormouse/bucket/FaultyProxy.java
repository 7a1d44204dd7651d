package dev.dormouse.bucket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Stands before a server of HTTP and does to requests what networks and busy servers do. One request a connection. */
public final class FaultyProxy implements AutoCloseable {

    /** What happens to a request. */
    public enum Fault {
        NONE,
        /** The connection is reset before the server sees anything. */
        RESET,
        /** The server does it all, and its answer is lost. */
        ANSWER_LOST,
        /** Answered 500, unseen by the server. */
        ERROR_500,
        /** Answered 503, unseen by the server. */
        ERROR_503,
        /** The connection ends in the middle of the answer. */
        TRUNCATED,
        /** The answer begins and then nothing more comes. */
        STALLED
    }

    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)\\s*$");

    private final ServerSocket socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger faults = new AtomicInteger();
    private volatile Function<String, Fault> plan = request -> Fault.NONE;

    /**
     * @param target port of the server
     */
    public FaultyProxy(int target) throws IOException {
        this.target = target;
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** How many requests suffered. */
    public int faults() {
        return faults.get();
    }

    /** Decides by method and target: {@code PUT /bucket/key?x}. */
    public void plan(Function<String, Fault> plan) {
        this.plan = plan;
    }

    /** Each different request suffers the first time and goes well the second time. */
    public void firstTime(Fault fault) {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        plan(request -> seen.add(request) ? fault : Fault.NONE);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = readHead(client.getInputStream());
            if (head.isEmpty()) {
                return;
            }
            Fault fault = plan.apply(head.substring(0, head.lastIndexOf(' ', head.indexOf('\r'))));
            if (fault != Fault.NONE) {
                faults.incrementAndGet();
            }
            serve(client, head, fault);
        } catch (IOException e) {
            // either side went away
        } finally {
            open.remove(client);
        }
    }

    private void serve(Socket client, String head, Fault fault) throws IOException {
        if (fault == Fault.RESET) {
            reset(client);
            return;
        }
        Matcher length = LENGTH.matcher(head);
        long body = length.find() ? Long.parseLong(length.group(1)) : 0;
        if (fault == Fault.ERROR_500 || fault == Fault.ERROR_503) {
            relay(client.getInputStream(), OutputStream.nullOutputStream(), body);
            String status = fault == Fault.ERROR_500 ? "500 Internal Server Error" : "503 Slow Down";
            client.getOutputStream()
                    .write(("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return;
        }
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            open.add(server);
            server.getOutputStream().write(oneRequest(head).getBytes(StandardCharsets.ISO_8859_1));
            relay(client.getInputStream(), server.getOutputStream(), body);
            answer(client, server.getInputStream(), fault);
            open.remove(server);
        }
    }

    private static void answer(Socket client, InputStream answer, Fault fault) throws IOException {
        String head = readHead(answer);
        if (fault == Fault.ANSWER_LOST) {
            answer.transferTo(OutputStream.nullOutputStream());
            reset(client);
            return;
        }
        OutputStream out = client.getOutputStream();
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        if (fault == Fault.NONE) {
            answer.transferTo(out);
            return;
        }
        byte[] body = answer.readAllBytes();
        out.write(body, 0, body.length / 2);
        out.flush();
        if (fault == Fault.STALLED) {
            // until the client has had enough
            client.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }

    private static String oneRequest(String head) {
        return Arrays.stream(head.split("\r\n"))
                        .filter(line -> !line.toLowerCase(java.util.Locale.ROOT).startsWith("connection:"))
                        .collect(Collectors.joining("\r\n"))
                + "\r\nConnection: close\r\n\r\n";
    }

    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int last = 0;
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.write(b);
            last = last << 8 | b;
            if (last == 0x0d0a0d0a) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
        return "";
    }

    private static void relay(InputStream in, OutputStream out, long count) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        for (long left = count; left > 0; ) {
            int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (n < 0) {
                throw new IOException("the client went away");
            }
            out.write(buffer, 0, n);
            left -= n;
        }
        out.flush();
    }

    private static void reset(Socket client) throws SocketException {
        client.setSoLinger(true, 0);
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket each : open) {
            each.close();
        }
    }
}
