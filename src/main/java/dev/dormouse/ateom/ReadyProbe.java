package dev.dormouse.ateom;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Asks a workload over HTTP/1.1 whether it is ready, again and again: any status of 2xx or 3xx is yes. A raw socket, since an HTTP
 * client's set-up costs more than the whole wait after a restore.
 */
final class ReadyProbe {

    /** A SYN lost while the sandbox comes up would cost a second; giving up early and asking again costs 20 ms. */
    private static final int CONNECT_MILLIS = 20;

    private static final int ANSWER_MILLIS = 1_000;
    private static final long EAGER_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long EAGER_PAUSE_NANOS = 1_000_000;
    /** After the first second a boot is under way, not a restore: asking less often leaves it the processor. */
    private static final long PATIENT_PAUSE_NANOS = 10_000_000;

    private final InetSocketAddress address;
    private final byte[] request;
    private String lastAnswer = "nothing listens on the port";

    /**
     * @param path of the URL, with its leading slash
     */
    ReadyProbe(String host, int port, String path) {
        address = new InetSocketAddress(host, port);
        request = "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUser-Agent: dormouse-readyz\r\nConnection: close\r\n\r\n"
                .formatted(path, host, port)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Blocks until it is ready: true; or the time is over or asking became pointless: false. */
    boolean await(Duration limit, BooleanSupplier pointless) {
        long start = System.nanoTime();
        while (!pointless.getAsBoolean()) {
            if (ask()) {
                return true;
            }
            long waited = System.nanoTime() - start;
            if (waited > limit.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(waited < EAGER_NANOS ? EAGER_PAUSE_NANOS : PATIENT_PAUSE_NANOS);
        }
        return false;
    }

    /** What the workload answered last, for the user. */
    String lastAnswer() {
        return lastAnswer;
    }

    private boolean ask() {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.connect(address, CONNECT_MILLIS);
            return passes(answer(socket));
        } catch (IOException e) {
            return false;
        }
    }

    private byte[] answer(Socket socket) throws IOException {
        socket.setSoTimeout(ANSWER_MILLIS);
        try {
            socket.getOutputStream().write(request);
            return socket.getInputStream().readNBytes("HTTP/1.1 200".length());
        } catch (SocketTimeoutException e) {
            lastAnswer = "it took the connection but did not answer within %d ms".formatted(ANSWER_MILLIS);
            throw e;
        }
    }

    private boolean passes(byte[] statusLine) {
        String line = new String(statusLine, StandardCharsets.US_ASCII);
        if (!line.matches("HTTP/1\\.[01] [1-5][0-9]{2}")) {
            if (!line.isEmpty()) {
                lastAnswer = "the answer is not HTTP/1.1";
            }
            return false;
        }
        lastAnswer = "it answered " + line.substring("HTTP/1.1 ".length());
        char category = line.charAt("HTTP/1.1 ".length());
        return category == '2' || category == '3';
    }
}
