package dev.dormouse.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.activation.Waker;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A router on a port of its own, with a scripted waker and real actors: HTTP servers. */
final class RouterFixture implements AutoCloseable {

    static final String DOMAIN = "actors.resources.substrate.ate.dev";
    static final String HOST = "a.team." + DOMAIN;
    static final ActorKey ACTOR = ActorKey.of("team", "a");
    /** Takes requests and never answers, once {@link #startSilent} was called. */
    static final ActorKey SILENT = ActorKey.of("team", "silent");

    static final String SILENT_HOST = "silent.team." + DOMAIN;

    final Vertx vertx = Vertx.vertx();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final List<List<ActorKey>> busyReports = new CopyOnWriteArrayList<>();
    final ScriptedWaker waker;
    final Router router;
    private @Nullable Future<Void> stopped;
    private volatile int silentPort;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    private RouterFixture(ScriptedWaker waker, RouterSettings settings) {
        this.waker = waker;
        this.router = new Router(
                settings,
                this::wake,
                (keys, _) -> {
                    busyReports.add(keys);
                    return Uni.createFrom().voidItem();
                },
                registry,
                OpenTelemetry.noop().getTracer("test"),
                InstantSource.system(),
                executor);
        await(router.start());
    }

    static RouterFixture start(ScriptedWaker waker) {
        return start(waker, settings -> settings);
    }

    static RouterFixture start(ScriptedWaker waker, UnaryOperator<RouterSettings> change) {
        return new RouterFixture(waker, change.apply(defaults()));
    }

    private Uni<Waker.Route> wake(ActorKey key, int actorPort, Cause cause) {
        return key.equals(SILENT)
                ? Uni.createFrom().item(new Waker.Route(key, 1, "127.0.0.1", silentPort))
                : waker.wake(key, actorPort, cause);
    }

    private static RouterSettings defaults() {
        return new RouterSettings(
                "0.0.0.0",
                0,
                DOMAIN,
                2,
                2048,
                Duration.ofSeconds(10),
                Duration.ofMinutes(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                16384,
                10_000,
                Duration.ofMillis(20));
    }

    /** An actor's HTTP server, with h2c, on a port of its own. */
    HttpServer actor(Handler<HttpServerRequest> handler) {
        return await(vertx.createHttpServer(new HttpServerOptions().setPort(0).setHost("127.0.0.1"))
                .requestHandler(handler)
                .listen());
    }

    void startSilent() {
        silentPort = actor(_ -> {}).actualPort();
    }

    /** Returns once the response time-out has ended a request that began after this was called. */
    void outlastResponseTimeout() {
        startSilent();
        String answer =
                Raw.exchange(port(), "GET / HTTP/1.1\r\nHost: " + SILENT_HOST + "\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 504");
    }

    /** As {@link #outlastResponseTimeout}, and then the head time-out has closed the connection for being idle. */
    void outlastEveryTimeout() {
        startSilent();
        String answer = Raw.exchange(port(), "GET / HTTP/1.1\r\nHost: " + SILENT_HOST + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 504");
    }

    int port() {
        return router.port();
    }

    double count(String outcome, String status) {
        return registry.get("dormouse.router.requests")
                .tag("outcome", outcome)
                .tag("status", status)
                .counter()
                .count();
    }

    double gauge(String name) {
        return registry.get("dormouse.router." + name).gauge().value();
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    Future<Void> stopRouter() {
        if (stopped == null) {
            stopped = router.stop();
        }
        return stopped;
    }

    @Override
    public void close() {
        await(stopRouter());
        await(vertx.close());
        executor.close();
    }
}
