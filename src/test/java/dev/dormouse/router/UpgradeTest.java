package dev.dormouse.router;

import static dev.dormouse.router.RouterFixture.ACTOR;
import static dev.dormouse.router.RouterFixture.HOST;
import static dev.dormouse.router.RouterFixture.await;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import dev.dormouse.journal.ChangeFeed.ActorChange;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WebSocket, and whatever else two sides upgrade to. */
class UpgradeTest {

    private final ScriptedWaker waker = ScriptedWaker.at(0);
    private final AtomicInteger openAtActor = new AtomicInteger();
    private final List<String> hosts = new CopyOnWriteArrayList<>();
    private final List<String> offers = new CopyOnWriteArrayList<>();
    private RouterFixture fixture;

    @BeforeEach
    void start() {
        fixture = RouterFixture.start(
                waker,
                s -> Settings.of(s)
                        .headTimeout(Duration.ofMillis(1500))
                        .responseTimeout(Duration.ofMillis(1500))
                        .build());
        HttpServer actor = await(fixture.vertx
                .createHttpServer(new HttpServerOptions().setMaxWebSocketMessageSize(2 << 20))
                // not webSocketHandler: a Quarkus that ran in this JVM before switched it off for all
                .requestHandler(request -> request.toWebSocket().onSuccess(this::chat))
                .listen(0, "127.0.0.1"));
        waker.script = ScriptedWaker.at(actor.actualPort()).script;
    }

    private void chat(ServerWebSocket socket) {
        hosts.add(socket.headers().get("host"));
        offers.add(String.valueOf(socket.headers().get("sec-websocket-extensions")));
        openAtActor.incrementAndGet();
        socket.closeHandler(_ -> openAtActor.decrementAndGet());
        socket.textMessageHandler(text -> socket.writeTextMessage("echo " + text));
        socket.binaryMessageHandler(socket::writeBinaryMessage);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private Future<WebSocket> connect() {
        return connect(new WebSocketClientOptions());
    }

    private Future<WebSocket> connect(WebSocketClientOptions options) {
        return fixture.vertx
                .createWebSocketClient(options)
                .connect(new WebSocketConnectOptions()
                        .setHost("127.0.0.1")
                        .setPort(fixture.port())
                        .setURI("/chat")
                        .putHeader("host", HOST));
    }

    private void awaitNothingOpen() {
        await().untilAsserted(() -> {
            assertThat(openAtActor).as("at the actor").hasValue(0);
            assertThat(fixture.gauge("open")).as("exchanges").isZero();
            assertThat(fixture.gauge("connections")).as("clients").isZero();
        });
    }

    @Test
    void messagesGoBothWays() {
        WebSocket socket = await(connect());
        List<String> heard = new CopyOnWriteArrayList<>();
        socket.textMessageHandler(heard::add);

        for (int i = 0; i < 100; i++) {
            socket.writeTextMessage("m" + i);
        }

        await().until(() -> heard.size() == 100);
        assertThat(heard.getLast()).isEqualTo("echo m99");
        assertThat(hosts).containsExactly(HOST);
    }

    @Test
    void aSilentSocketOutlivesEveryTimeout() {
        WebSocket socket = await(connect());
        Promise<String> heard = Promise.promise();
        socket.textMessageHandler(heard::complete);

        fixture.outlastEveryTimeout();
        socket.writeTextMessage("still there?");

        assertThat(await(heard.future())).isEqualTo("echo still there?");
    }

    @Test
    void largeFramesPassUnchanged() {
        WebSocket socket = await(connect());
        byte[] bytes = new byte[1_000_000];
        new Random(1).nextBytes(bytes);
        Buffer heard = Buffer.buffer();
        socket.handler(heard::appendBuffer);

        socket.writeBinaryMessage(Buffer.buffer(bytes));

        await().until(() -> heard.length() == bytes.length);
        assertThat(heard.getBytes()).isEqualTo(bytes);
    }

    @Test
    void compressionIsBetweenClientAndActor() {
        WebSocket socket = await(connect(new WebSocketClientOptions().setTryUsePerMessageCompression(true)));
        Promise<String> heard = Promise.promise();
        socket.textMessageHandler(heard::complete);

        socket.writeTextMessage("squeeze ".repeat(1000));

        assertThat(await(heard.future())).isEqualTo("echo " + "squeeze ".repeat(1000));
        assertThat(offers).singleElement(as(STRING)).contains("permessage-deflate");
    }

    @Test
    void eitherSideEndsBoth() {
        List<WebSocket> sockets = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            sockets.add(await(connect()));
        }
        assertThat(fixture.gauge("open")).isEqualTo(5);

        sockets.forEach(WebSocket::close);

        awaitNothingOpen();
        assertThat(fixture.count("answered", "1xx")).isEqualTo(5);
    }

    @Test
    void anActivationThatEndsTakesItsSocketsWithIt() {
        WebSocket socket = await(connect());
        Promise<Void> closed = Promise.promise();
        socket.closeHandler(_ -> closed.complete());

        fixture.router.on(new ActorChange(ACTOR, "SUSPENDED", 3, 1, null));

        await(closed.future());
        awaitNothingOpen();
    }

    @Test
    void anUpgradeThatTheActorRefusesIsAnOrdinaryAnswer() {
        HttpServer plain =
                fixture.actor(request -> request.response().setStatusCode(403).end("no socket here"));
        waker.script = ScriptedWaker.at(plain.actualPort()).script;

        Throwable refused = connect()
                .toCompletionStage()
                .handle((_, error) -> error)
                .toCompletableFuture()
                .join();

        assertThat(refused).isInstanceOfSatisfying(UpgradeRejectedException.class, e -> {
            assertThat(e.getStatus()).isEqualTo(403);
            assertThat(e.getBody().toString()).isEqualTo("no socket here");
        });
    }
}
