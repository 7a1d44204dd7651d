package dev.dormouse.router;

import dev.dormouse.activation.Waker;
import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.name.ActorKey;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * HTTP traffic for actors, on event loops of its own: neither can the API's work hold it up, nor do the framework's interceptors
 * cost anything here.
 */
final class Router {

    /** Longer than any wake may take with all its waits; a waker that never answers must not block an actor for ever. */
    private static final Duration WAKE_LIMIT = Duration.ofMinutes(3);

    private static final Duration DRAIN_POLL = Duration.ofMillis(50);

    /** Tells the actors' store who is busy: {@link dev.dormouse.actor.ActorStore#reportBusy}. */
    interface BusyReport {
        Uni<Void> send(List<ActorKey> keys, Instant until);
    }

    private final RouterSettings settings;
    private final RouterMetrics metrics;
    private final RouteTable routes;
    private final Wakes wakes;
    private final Parking parking;
    private final AtomicInteger connections = new AtomicInteger();
    private final List<RouterLoop> loops = new CopyOnWriteArrayList<>();
    private final Activity activity;
    private final Vertx vertx;

    /** @param executor where the waker and the report are called */
    Router(
            RouterSettings settings,
            Waker waker,
            BusyReport busyReport,
            MeterRegistry registry,
            Tracer tracer,
            InstantSource clock,
            Executor executor) {
        this.settings = settings;
        this.metrics = new RouterMetrics(registry);
        this.routes = new RouteTable(backend -> loops.forEach(loop -> loop.retire(backend)));
        this.wakes = new Wakes(waker, routes, metrics, new WakeSpans(tracer), executor, WAKE_LIMIT);
        this.parking = new Parking(settings.maxParked());
        this.activity = new Activity(loops, busyReport, clock, executor);
        this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(settings.eventLoops()));
        metrics.gauge("parked", "Requests that wait for their actors", parking::taken);
        metrics.gauge("connections", "Open connections from clients", connections::get);
        metrics.gauge("open", "Requests and streams under way", this::openExchanges);
        metrics.gauge("routes", "Actors in the route table", routes::size);
    }

    /** Listens; fails when the port is taken. */
    Future<Void> start() {
        DeploymentOptions instances = new DeploymentOptions().setInstances(settings.eventLoops());
        return vertx.deployVerticle(
                        () -> {
                            RouterLoop loop = new RouterLoop(this);
                            loops.add(loop);
                            return loop;
                        },
                        instances)
                .onSuccess(_ -> activity.start(vertx))
                .mapEmpty();
    }

    LoopScope scope(Vertx vertx, Context context) {
        return new LoopScope(
                vertx,
                context,
                settings,
                routes,
                wakes,
                parking,
                metrics,
                new Backends(vertx),
                new Connections(connections, settings.maxConnections(), settings.headTimeout()),
                new OpenExchanges());
    }

    /** Keeps the route table true. */
    void on(ChangeFeed.Change change) {
        switch (change) {
            case ChangeFeed.ActorChange actor -> {
                wakes.on(actor);
                routes.on(actor);
                lastGenerationEndedBy(actor)
                        .ifPresent(ended -> loops.forEach(loop -> loop.activationEnded(actor.key(), ended)));
            }
            case ChangeFeed.Missed _ -> routes.clear();
            case ChangeFeed.WorkerChange _, ChangeFeed.CatalogChange _, ChangeFeed.CallersWaiting _ -> {}
        }
    }

    /** Up to which generation no activation can run any more; empty while the newest still may. */
    private static OptionalLong lastGenerationEndedBy(ChangeFeed.ActorChange change) {
        return switch (change.status()) {
            case "SUSPENDED", "PAUSED", "DELETED" -> OptionalLong.of(change.generation());
            // a new activation begins only where the one before is over
            case "RESUMING", "RUNNING" -> OptionalLong.of(change.generation() - 1);
            default -> OptionalLong.empty();
        };
    }

    /** Takes no new connection, lets requests in flight end for up to the drain time-out, then closes all. */
    Future<Void> stop() {
        loops.forEach(RouterLoop::drain);
        Promise<Void> drained = Promise.promise();
        awaitDrained(System.nanoTime() + settings.drainTimeout().toNanos(), drained);
        return drained.future().compose(_ -> vertx.close());
    }

    private void awaitDrained(long deadline, Promise<Void> drained) {
        vertx.setTimer(DRAIN_POLL.toMillis(), _ -> {
            if (openExchanges() == 0 || System.nanoTime() - deadline > 0) {
                drained.complete();
            } else {
                awaitDrained(deadline, drained);
            }
        });
    }

    int openExchanges() {
        return loops.stream().mapToInt(RouterLoop::openExchanges).sum();
    }

    int port() {
        return loops.getFirst().port();
    }

    RouterSettings settings() {
        return settings;
    }

    RouterMetrics metrics() {
        return metrics;
    }
}
