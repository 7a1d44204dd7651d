package dev.dormouse.router;

import static dev.dormouse.router.RouterFixture.ACTOR;
import static dev.dormouse.router.RouterFixture.HOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the router doesn't put up with, and how it ends. */
class LimitsTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n";

    private final ScriptedWaker waker = ScriptedWaker.at(0);
    private RouterFixture fixture;

    private void start(UnaryOperator<RouterSettings> change) {
        fixture = RouterFixture.start(waker, change);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private void actor(long delayMs) {
        HttpServer server = fixture.actor(request -> {
            if (delayMs == 0) {
                request.response().end("hi");
            } else {
                fixture.vertx.setTimer(delayMs, _ -> request.response().end("hi"));
            }
        });
        waker.script = ScriptedWaker.at(server.actualPort()).script;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String read(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aConnectionThatSaysNothingIsClosed() throws IOException {
        start(s -> Settings.of(s).headTimeout(Duration.ofMillis(300)).build());

        try (Socket socket = Raw.open(fixture.port())) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aHeadThatComesInDropsIsClosed() {
        start(s -> Settings.of(s).headTimeout(Duration.ofMillis(500)).build());

        long began = System.nanoTime();
        try (Socket socket = Raw.open(fixture.port())) {
            for (int i = 0; i < 200; i++) {
                write(socket, i == 0 ? "GET / HTTP/1.1\r\nX: " : "x");
                Thread.sleep(50);
            }
        } catch (IOException | InterruptedException closed) {
            // that's what it is about
        }

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void anIdleKeptConnectionIsClosed() throws IOException {
        start(s -> Settings.of(s).headTimeout(Duration.ofMillis(300)).build());
        actor(0);

        try (Socket socket = Raw.open(fixture.port())) {
            write(socket, GET);
            assertThat(read(socket)).endsWith("hi");
        }
        await().until(() -> fixture.gauge("connections") == 0);
    }

    @Test
    void connectionsBeyondTheLimitAreClosed() throws IOException {
        start(s -> Settings.of(s).maxConnections(3).build());
        actor(0);
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Socket socket = Raw.open(fixture.port());
            write(socket, GET);
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            open.add(socket);
        }

        try (Socket fourth = Raw.open(fixture.port())) {
            write(fourth, GET);
            assertThat(fourth.getInputStream().read()).isEqualTo(-1);
        } catch (java.net.SocketException reset) {
            // closed before it had sent
        }

        for (Socket socket : open) {
            socket.close();
        }
        await().until(() -> fixture.gauge("connections") == 0);
        assertThat(Raw.send(fixture.port(), GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void whatIsInFlightMayEndWhenTheRouterStops() throws Exception {
        start(s -> s);
        actor(600);
        try (Socket busy = Raw.open(fixture.port());
                Socket idle = Raw.open(fixture.port())) {
            write(idle, GET);
            byte[] answer = new byte[1];
            assertThat(idle.getInputStream().read(answer)).isEqualTo(1);
            write(busy, GET);
            await().until(() -> fixture.gauge("open") == 1);

            CompletableFuture<Void> stopped =
                    fixture.stopRouter().toCompletionStage().toCompletableFuture();

            assertThat(read(busy)).startsWith("HTTP/1.1 200").endsWith("hi");
            read(idle);
            stopped.get();
        }
    }

    @Test
    void actorsWithLongRequestsAreReportedBusy() throws IOException {
        start(s -> s);
        actor(6_000);
        try (Socket one = Raw.open(fixture.port());
                Socket two = Raw.open(fixture.port())) {
            write(one, GET);
            write(two, GET);

            await().until(() -> !fixture.busyReports.isEmpty());

            assertThat(fixture.busyReports.getFirst()).containsExactly(ACTOR);
        }
        await().until(() -> fixture.gauge("open") == 0);
    }

    @Test
    void quickRequestsAreNotReported() throws Exception {
        start(s -> s);
        actor(0);
        for (int i = 0; i < 25; i++) {
            Raw.send(fixture.port(), GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
            Thread.sleep(100);
        }

        assertThat(fixture.busyReports).isEmpty();
    }
}
