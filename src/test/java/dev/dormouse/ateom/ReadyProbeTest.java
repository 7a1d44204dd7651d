package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadyProbeTest {

    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer server;
    private volatile int status = 503;
    private volatile int readyAfter = Integer.MAX_VALUE;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/readyz", exchange -> {
            int answer = asked.incrementAndGet() > readyAfter ? 200 : status;
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private ReadyProbe probe() {
        return new ReadyProbe("127.0.0.1", server.getAddress().getPort(), "/readyz");
    }

    @Test
    void itAsksUntilTheAnswerIsYes() {
        readyAfter = 5;

        assertThat(probe().await(Duration.ofSeconds(10), () -> false)).isTrue();
        assertThat(asked.get()).isEqualTo(6);
    }

    @Test
    void aRedirectIsReadyToo() {
        status = 302;

        assertThat(probe().await(Duration.ofSeconds(10), () -> false)).isTrue();
    }

    @Test
    void itGivesUpInTimeAndTellsTheLastAnswer() {
        ReadyProbe probe = probe();

        assertThat(probe.await(Duration.ofMillis(100), () -> false)).isFalse();
        assertThat(probe.lastAnswer()).isEqualTo("it answered 503");
    }

    @Test
    void itStopsWhenAskingBecamePointless() {
        AtomicInteger looks = new AtomicInteger();

        assertThat(probe().await(Duration.ofMinutes(5), () -> looks.incrementAndGet() > 3))
                .isFalse();
    }

    @Test
    void oneWhoTakesTheConnectionAndIsSilentIsToldFromNobody() throws IOException {
        // the kernel takes the connection
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            ReadyProbe probe = new ReadyProbe("127.0.0.1", silent.getLocalPort(), "/readyz");

            assertThat(probe.await(Duration.ofMillis(50), () -> false)).isFalse();
            assertThat(probe.lastAnswer()).isEqualTo("it took the connection but did not answer within 1000 ms");
        }
    }

    @Test
    void nobodyListeningIsNotReady() {
        server.stop(0);
        ReadyProbe probe = probe();

        assertThat(probe.await(Duration.ofMillis(50), () -> false)).isFalse();
        assertThat(probe.lastAnswer()).isEqualTo("nothing listens on the port");
    }
}
