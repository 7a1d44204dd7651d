package dev.dormouse.router;

import static dev.dormouse.router.RouterFixture.ACTOR;
import static dev.dormouse.router.RouterFixture.HOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
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

    private void actor(Handler<HttpServerRequest> handler) {
        HttpServer server = fixture.actor(handler);
        waker.script = ScriptedWaker.at(server.actualPort()).script;
    }

    private void quickActor() {
        actor(request -> request.response().end("hi"));
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Waits until the other side has closed it, or for longer than Raw's patience. */
    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketException reset) {
            // closed before it had read all that we sent
            return true;
        }
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
    void aHeadThatComesInDropsIsClosed() throws IOException {
        start(s -> Settings.of(s).headTimeout(Duration.ofMillis(500)).build());

        try (Socket socket = Raw.open(fixture.port())) {
            write(socket, "GET / HTTP/1.1\r\nX: ");
            fixture.vertx.setPeriodic(50, timer -> {
                try {
                    write(socket, "x");
                } catch (IOException closed) {
                    fixture.vertx.cancelTimer(timer);
                }
            });

            assertThat(isClosed(socket)).isTrue();
        }
    }

    @Test
    void anIdleKeptConnectionIsClosed() throws IOException {
        start(s -> Settings.of(s).headTimeout(Duration.ofMillis(300)).build());
        quickActor();

        try (Socket socket = Raw.open(fixture.port())) {
            write(socket, GET);
            assertThat(read(socket)).endsWith("hi");
        }
        await().until(() -> fixture.gauge("connections") == 0);
    }

    @Test
    void connectionsBeyondTheLimitAreClosed() throws IOException {
        start(s -> Settings.of(s).maxConnections(3).build());
        quickActor();
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Socket socket = Raw.open(fixture.port());
            write(socket, GET);
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            open.add(socket);
        }

        try (Socket fourth = Raw.open(fixture.port())) {
            write(fourth, GET);
            assertThat(isClosed(fourth)).isTrue();
        } catch (SocketException reset) {
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
        CompletableFuture<HttpServerResponse> answering = new CompletableFuture<>();
        actor(request -> {
            if (request.uri().equals("/slow")) {
                answering.complete(request.response());
            } else {
                request.response().end("hi");
            }
        });
        try (Socket busy = Raw.open(fixture.port());
                Socket idle = Raw.open(fixture.port())) {
            write(idle, GET);
            byte[] answer = new byte[1];
            assertThat(idle.getInputStream().read(answer)).isEqualTo(1);
            write(busy, GET.replace("GET /", "GET /slow"));
            answering.get();

            CompletableFuture<Void> stopped =
                    fixture.stopRouter().toCompletionStage().toCompletableFuture();

            read(idle);
            assertThat(stopped).isNotDone();
            answering.get().end("late");

            assertThat(read(busy)).startsWith("HTTP/1.1 200").endsWith("late");
            stopped.get();
        }
    }

    @Test
    void actorsWithLongRequestsAreReportedBusy() throws IOException {
        start(s -> s);
        actor(_ -> {});
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
    void quickRequestsAreNotReported() throws IOException {
        start(s -> s);
        quickActor();
        fixture.startSilent();
        try (Socket other = Raw.open(fixture.port())) {
            write(other, GET.replace(HOST, RouterFixture.SILENT_HOST));

            // a report is made while quick ones come and go
            await().until(() -> {
                Raw.send(fixture.port(), GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
                return !fixture.busyReports.isEmpty();
            });

            assertThat(fixture.busyReports)
                    .allSatisfy(report -> assertThat(report).containsExactly(RouterFixture.SILENT));
        }
    }
}
