package dev.dormouse.router;

import static dev.dormouse.router.RouterFixture.ACTOR;
import static dev.dormouse.router.RouterFixture.HOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.activation.Waker.Route;
import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests for actors that sleep. */
class ParkingTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: " + HOST + "\r\nConnection: close\r\n\r\n";

    private final CompletableFuture<Route> wake = new CompletableFuture<>();
    private final ScriptedWaker waker =
            new ScriptedWaker((_, _) -> Uni.createFrom().completionStage(wake));
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private RouterFixture fixture;

    private void start(UnaryOperator<RouterSettings> change) {
        fixture = RouterFixture.start(waker, change);
    }

    @AfterEach
    void stop() {
        clients.close();
        fixture.close();
    }

    private Future<Raw.Answer> get() {
        return clients.submit(() -> Raw.send(fixture.port(), GET));
    }

    private void awaitParked(int n) {
        await().until(() -> fixture.gauge("parked") == n);
    }

    private void wakeUp() {
        HttpServer actor = fixture.actor(request -> request.response().end("awake"));
        wake.complete(new Route(ACTOR, 1, "127.0.0.1", actor.actualPort()));
    }

    @Test
    void twoHundredRequestsCauseOneWakeAndAreAllAnswered() throws Exception {
        start(s -> s);
        List<Future<Raw.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(get());
        }
        awaitParked(200);

        wakeUp();

        for (Future<Raw.Answer> answer : answers) {
            assertThat(answer.get().body()).isEqualTo("awake");
        }
        assertThat(waker.calls).hasValue(1);
        assertThat(fixture.gauge("parked")).isZero();
        await().until(() -> fixture.gauge("open") == 0);
    }

    @Test
    void whoWaitsForAnActorDoesNotKeepItBusy() throws Exception {
        start(s -> s);
        Future<Raw.Answer> answer = get();
        awaitParked(1);
        fixture.startSilent();

        try (Socket held = Raw.open(fixture.port())) {
            held.getOutputStream()
                    .write(GET.replace(HOST, RouterFixture.SILENT_HOST).getBytes());
            await().until(() -> !fixture.busyReports.isEmpty());
        }

        // older, but nobody is at work on it
        assertThat(fixture.busyReports.getFirst()).containsExactly(RouterFixture.SILENT);
        wakeUp();
        assertThat(answer.get().body()).isEqualTo("awake");
    }

    @Test
    void aRunningActorNeedsNoWaker() throws Exception {
        start(s -> s);
        wakeUp();
        get().get();

        for (int i = 0; i < 20; i++) {
            assertThat(get().get().body()).isEqualTo("awake");
        }

        assertThat(waker.calls).hasValue(1);
    }

    @Test
    void anActorThatSleepsAgainIsAskedForAgain() throws Exception {
        start(s -> s);
        wakeUp();
        get().get();

        fixture.router.on(new ChangeFeed.ActorChange(ACTOR, "SUSPENDING", 7, 1, null));
        get().get();

        assertThat(waker.calls).hasValue(2);
    }

    @Test
    void theBodyWaitsUnreadWhileTheActorWakes() throws Exception {
        start(s -> s);
        byte[] body = new byte[4 << 20];
        Future<Raw.Answer> answer = clients.submit(() -> {
            String head = "POST / HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                    .formatted(HOST, body.length);
            return Raw.send(fixture.port(), head + new String(body, StandardCharsets.ISO_8859_1));
        });
        awaitParked(1);
        HttpServer actor = fixture.actor(request ->
                request.body().onSuccess(b -> request.response().end("got " + b.length())));

        wake.complete(new Route(ACTOR, 1, "127.0.0.1", actor.actualPort()));

        assertThat(answer.get().body()).isEqualTo("got " + body.length);
    }

    @Test
    void whoFindsNoPlaceIsToldToComeAgain() throws Exception {
        start(s -> Settings.of(s).maxParked(3).build());
        List<Future<Raw.Answer>> parked = List.of(get(), get(), get());
        awaitParked(3);

        Raw.Answer refused = get().get();

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.headers()).containsKey("retry-after");
        assertThat(new JsonObject(refused.body()).getString("code")).isEqualTo("UNAVAILABLE");
        wakeUp();
        for (Future<Raw.Answer> answer : parked) {
            assertThat(answer.get().status()).isEqualTo(200);
        }
    }

    @Test
    void whoWaitsTooLongIsToldToComeAgain() throws Exception {
        start(s -> Settings.of(s).parkTimeout(Duration.ofMillis(150)).build());

        Raw.Answer refused = get().get();

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.headers()).containsKey("retry-after");
        assertThat(fixture.gauge("parked")).isZero();
    }

    @Test
    void aWakeGoesOnWhenNobodyWaitsAnyMore() throws Exception {
        start(s -> Settings.of(s).parkTimeout(Duration.ofMillis(100)).build());
        assertThat(get().get().status()).isEqualTo(503);

        wakeUp();
        await().until(() -> fixture.gauge("routes") == 1);

        assertThat(get().get().body()).isEqualTo("awake");
        assertThat(waker.calls).hasValue(1);
    }

    @Test
    void aClientThatGoesAwayFreesItsPlace() throws IOException {
        start(s -> s);
        try (Socket socket = Raw.open(fixture.port())) {
            socket.getOutputStream().write(GET.getBytes(StandardCharsets.ISO_8859_1));
            awaitParked(1);
        }

        awaitParked(0);

        await().until(() -> fixture.count("client_gone", "none") == 1);
        assertThat(fixture.gauge("open")).isZero();
    }

    @Test
    void aFailedWakeIsAnsweredWithItsReason() throws Exception {
        start(s -> s);
        record Case(Failure failure, int status, boolean retry) {}
        List<Case> cases = List.of(
                new Case(new Failure(Code.NOT_FOUND, "actor team/a not found"), 404, false),
                new Case(
                        new Failure(
                                Code.FAILED_PRECONDITION, "no free workers available", Duration.ofMillis(1500), null),
                        503,
                        true),
                new Case(new Failure(Code.RESOURCE_EXHAUSTED, "quota reached"), 429, false),
                new Case(
                        new Failure(Code.RESOURCE_EXHAUSTED, "quota reached", Duration.ofMillis(1500), null),
                        429,
                        true),
                new Case(new Failure(Code.FAILED_PRECONDITION, "template demo/x is not ready"), 503, false),
                new Case(new Failure(Code.ABORTED, "another operation is in progress"), 503, false),
                new Case(new Failure(Code.UNAVAILABLE, "the sandbox did not start"), 503, false));

        for (Case c : cases) {
            waker.script = (_, _) -> Uni.createFrom().failure(c.failure());

            Raw.Answer answer = get().get();

            assertThat(answer.status()).isEqualTo(c.status());
            assertThat(answer.headers().get("retry-after")).isEqualTo(c.retry() ? "2" : null);
            JsonObject problem = new JsonObject(answer.body());
            assertThat(problem.getString("code")).isEqualTo(c.failure().code().name());
            assertThat(problem.getString("detail")).isEqualTo(c.failure().detail());
            assertThat(problem.getInteger("status")).isEqualTo(c.status());
        }
    }

    @Test
    void aWakerThatThrowsShowsNothingOfItself() throws Exception {
        start(s -> s);
        waker.script = (_, _) -> {
            throw new IllegalStateException("password");
        };

        Raw.Answer answer = get().get();

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("password");
    }

    @Test
    void afterAFailureTheNextRequestAsksAgain() throws Exception {
        start(s -> s);
        waker.script = (_, _) -> Uni.createFrom().failure(new Failure(Code.UNAVAILABLE, "not now"));
        get().get();
        waker.script = (_, _) -> Uni.createFrom().completionStage(wake);
        wakeUp();

        assertThat(get().get().body()).isEqualTo("awake");
    }

    @Test
    void portsOfAnActorAreWokenForThemselves() throws Exception {
        start(s -> s);
        HttpServer other = fixture.actor(request -> request.response().end("other port"));
        wakeUp();
        CompletableFuture<Route> first = wake;
        waker.script = (key, port) -> port == 81
                ? Uni.createFrom().item(new Route(key, 1, "127.0.0.1", other.actualPort()))
                : Uni.createFrom().completionStage(first);

        assertThat(get().get().body()).isEqualTo("awake");
        assertThat(Raw.send(fixture.port(), GET.replace(HOST, HOST + ":81")).body())
                .isEqualTo("other port");
        assertThat(get().get().body()).isEqualTo("awake");
        assertThat(waker.calls).hasValue(2);
    }
}
