package dev.dormouse.router;

import static dev.dormouse.router.RouterFixture.ACTOR;
import static dev.dormouse.router.RouterFixture.HOST;
import static dev.dormouse.router.RouterFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.activation.Waker.Route;
import dev.dormouse.journal.ChangeFeed.ActorChange;
import dev.dormouse.journal.ChangeFeed.Missed;
import dev.dormouse.name.ActorKey;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the router knows may be old: it must be found out, and nobody may get what was meant for another. */
class StaleRouteTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: " + HOST + "\r\nConnection: close\r\n\r\n";
    private static final String POST =
            "POST / HTTP/1.1\r\nHost: " + HOST + "\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc";

    private final ScriptedWaker waker = ScriptedWaker.at(0);
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private RouterFixture fixture;

    @BeforeEach
    void start() {
        fixture = RouterFixture.start(
                waker,
                s -> Settings.of(s).responseTimeout(Duration.ofMillis(1000)).build());
    }

    @AfterEach
    void stop() {
        fixture.close();
        clients.close();
    }

    private HttpServer activation(long generation, String answer) {
        HttpServer server = fixture.actor(request -> request.response().end(answer));
        waker.script = (key, _) -> Uni.createFrom().item(new Route(key, generation, "127.0.0.1", server.actualPort()));
        return server;
    }

    private Raw.Answer send(String request) {
        return Raw.send(fixture.port(), request);
    }

    @Test
    void aRefusedConnectionLeadsToTheNewActivation() {
        HttpServer old = activation(1, "old");
        assertThat(send(GET).body()).isEqualTo("old");
        await(old.close());
        activation(2, "new");

        assertThat(send(GET).body()).isEqualTo("new");
        assertThat(waker.calls).hasValue(2);
    }

    @Test
    void aBodyThatWasNotReadYetGoesToTheNewActivation() {
        HttpServer old = activation(1, "old");
        send(GET);
        await(old.close());
        HttpServer echo = fixture.actor(
                request -> request.body().onSuccess(body -> request.response().end("new " + body)));
        waker.script = (key, _) -> Uni.createFrom().item(new Route(key, 2, "127.0.0.1", echo.actualPort()));

        assertThat(send(POST).body()).isEqualTo("new abc");
    }

    @Test
    void anActorThatIsNotThereAtAllIsABadGatewayAfterAFewTries() {
        HttpServer gone = activation(1, "");
        await(gone.close());

        Raw.Answer answer = send(GET);

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
        assertThat(waker.calls.get()).isBetween(2, 4);
    }

    @Test
    void aNewerGenerationTakesTheOldRoutesPlace() {
        activation(1, "old");
        send(GET);
        activation(2, "new");

        fixture.router.on(new ActorChange(ACTOR, "RUNNING", 9, 2, null));

        assertThat(send(GET).body()).isEqualTo("new");
    }

    @Test
    void anOldNewsDoesNotDropANewRoute() {
        activation(2, "new");
        send(GET);

        fixture.router.on(new ActorChange(ACTOR, "SUSPENDED", 3, 1, null));
        fixture.router.on(new ActorChange(ACTOR, "RUNNING", 4, 2, null));
        fixture.router.on(new ActorChange(ActorKey.of("other", "a"), "SUSPENDED", 3, 2, null));
        send(GET);

        assertThat(waker.calls).hasValue(1);
    }

    @Test
    void afterMissedChangesNothingIsTrusted() {
        activation(1, "one");
        send(GET);

        fixture.router.on(new Missed());
        send(GET);

        assertThat(waker.calls).hasValue(2);
    }

    @Test
    void keptConnectionsCloseWithTheRoute() {
        AtomicInteger open = new AtomicInteger();
        HttpServer server = await(fixture.vertx
                .createHttpServer()
                .connectionHandler(connection -> {
                    open.incrementAndGet();
                    connection.closeHandler(_ -> open.decrementAndGet());
                })
                .requestHandler(request -> request.response().end("hi"))
                .listen(0, "127.0.0.1"));
        waker.script = ScriptedWaker.at(server.actualPort()).script;
        send(GET);
        assertThat(open).hasValue(1);

        fixture.router.on(new ActorChange(ACTOR, "SUSPENDING", 2, 1, null));

        await().atMost(Duration.ofSeconds(2)).until(() -> open.get() == 0);
    }

    @Test
    void aKeptConnectionThatTheActorClosedIsNoError() throws Exception {
        // answers once on each connection and says nothing of closing it
        try (ServerSocket server = new ServerSocket(0)) {
            clients.submit(() -> serveOnce(server));
            waker.script = ScriptedWaker.at(server.getLocalPort()).script;

            for (int i = 0; i < 30; i++) {
                assertThat(send(GET).body()).isEqualTo("once");
            }
        }
    }

    private Void serveOnce(ServerSocket server) throws IOException {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                readHead(socket);
                answer(socket, "once");
            }
        }
        return null;
    }

    private static String readHead(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = socket.getInputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.append((char) b);
            if (head.toString().endsWith("\r\n\r\n")) {
                return head.toString();
            }
        }
        throw new IOException("closed");
    }

    private static void answer(Socket socket, String body) throws IOException {
        socket.getOutputStream()
                .write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(body.length(), body)
                        .getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void aPostThatTheActorMayHaveSeenIsNotSentTwice() throws Exception {
        AtomicInteger seen = new AtomicInteger();
        HttpServer server = fixture.actor(request -> request.body().onSuccess(_ -> {
            seen.incrementAndGet();
            request.connection().close();
        }));
        waker.script = ScriptedWaker.at(server.actualPort()).script;

        assertThat(send(POST).status()).isEqualTo(502);
        assertThat(seen).hasValue(1);
    }

    @Test
    void aLateAnswerReachesNobodyElse() throws Exception {
        CountDownLatch timedOut = new CountDownLatch(1);
        List<String> heads = new CopyOnWriteArrayList<>();
        try (ServerSocket server = new ServerSocket(0)) {
            waker.script = ScriptedWaker.at(server.getLocalPort()).script;
            clients.submit(() -> {
                while (!server.isClosed()) {
                    Socket socket = server.accept();
                    clients.submit(() -> {
                        try (socket) {
                            while (true) {
                                String head = readHead(socket);
                                heads.add(head);
                                if (head.startsWith("GET /slow")) {
                                    timedOut.await();
                                    answer(socket, "slow");
                                } else {
                                    answer(socket, "fast");
                                }
                            }
                        }
                    });
                }
                return null;
            });

            Raw.Answer slow = send(GET.replace("GET /", "GET /slow"));
            timedOut.countDown();

            assertThat(slow.status()).isEqualTo(504);
            for (int i = 0; i < 20; i++) {
                assertThat(send(GET).body()).isEqualTo("fast");
            }
        }
    }

    @Test
    void anAnswerThatBeganInTimeMayTakeForEver() throws Exception {
        CompletableFuture<HttpServerResponse> answering = new CompletableFuture<>();
        HttpServer server = fixture.actor(request -> {
            request.response().setChunked(true).write("began ");
            answering.complete(request.response());
        });
        waker.script = ScriptedWaker.at(server.actualPort()).script;

        Future<Raw.Answer> answer = clients.submit(() -> send(GET));
        answering.get();
        fixture.outlastResponseTimeout();
        answering.get().end("ended");

        assertThat(answer.get().body()).contains("began ", "ended");
    }

    @Test
    void aRequestThatAnActivationTookWithItIsAnsweredAtOnce() throws Exception {
        fixture.close();
        fixture = RouterFixture.start(waker);
        HttpServer silent = fixture.actor(_ -> {});
        waker.script = ScriptedWaker.at(silent.actualPort()).script;
        Future<Raw.Answer> answer = clients.submit(() -> send(GET));
        await().until(() -> fixture.gauge("open") == 1 && fixture.gauge("parked") == 0);

        fixture.router.on(new ActorChange(ACTOR, "SUSPENDING", 2, 1, null));
        assertThat(answer.isDone()).isFalse();
        fixture.router.on(new ActorChange(ACTOR, "SUSPENDED", 3, 1, null));

        assertThat(answer.get().status()).isEqualTo(503);
        assertThat(answer.get().headers()).containsKey("retry-after");
    }

    @Test
    void aWakeWhoseActorSleptBeforeTheAnswerLeavesNoRoute() throws Exception {
        HttpServer server = fixture.actor(request -> request.response().end("hi"));
        waker.script = (key, _) -> Uni.createFrom().item(() -> {
            fixture.router.on(new ActorChange(key, "SUSPENDING", 2, 1, null));
            return new Route(key, 1, "127.0.0.1", server.actualPort());
        });

        assertThat(send(GET).body()).isEqualTo("hi");

        assertThat(fixture.gauge("routes")).isZero();
    }

    @Test
    void concurrentActorsNeverGetEachOthersAnswers() throws Exception {
        List<HttpServer> servers = List.of(0, 1, 2, 3).stream()
                .map(n -> fixture.actor(request -> request.response().end("actor" + n)))
                .toList();
        waker.script = (key, _) -> {
            int n = key.id().value().charAt(1) - '0';
            return Uni.createFrom()
                    .item(new Route(key, 1, "127.0.0.1", servers.get(n).actualPort()));
        };
        List<Future<Integer>> wrong = new java.util.ArrayList<>();
        for (int c = 0; c < 8; c++) {
            int client = c;
            wrong.add(clients.submit(() -> {
                int bad = 0;
                for (int i = 0; i < 40; i++) {
                    int n = (client + i) % 4;
                    if (i % 10 == client) {
                        fixture.router.on(new ActorChange(ActorKey.of("team", "a" + n), "SUSPENDING", 2, 1, null));
                    }
                    String body =
                            send(GET.replace("Host: a.", "Host: a" + n + ".")).body();
                    bad += body.equals("actor" + n) ? 0 : 1;
                }
                return bad;
            }));
        }
        for (Future<Integer> w : wrong) {
            assertThat(w.get()).isZero();
        }
    }
}
