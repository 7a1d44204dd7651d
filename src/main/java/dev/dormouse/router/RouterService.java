package dev.dormouse.router;

import dev.dormouse.activation.Waker;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.ShutdownOrder;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs the {@link Router} in the control plane. */
@ApplicationScoped
public class RouterService {

    private static final Logger log = Logger.getLogger(RouterService.class);

    private static final long START_LIMIT_SECONDS = 10;
    private static final long CLOSE_LIMIT_SECONDS = 5;

    private final DormouseConfig config;
    private final Instance<Waker> waker;
    private final Instance<ActorStore> actors;
    private final Instance<ChangeFeed> changes;
    private final MeterRegistry registry;
    private final Tracer tracer;
    private final Vertx vertx;
    private @Nullable Router router;
    private @Nullable Cancellable following;

    @Inject
    RouterService(
            DormouseConfig config,
            Instance<Waker> waker,
            Instance<ActorStore> actors,
            Instance<ChangeFeed> changes,
            MeterRegistry registry,
            Tracer tracer,
            Vertx vertx) {
        this.config = config;
        this.waker = waker;
        this.actors = actors;
        this.changes = changes;
        this.registry = registry;
        this.tracer = tracer;
        this.vertx = vertx;
    }

    void start(@Observes StartupEvent started) throws InterruptedException {
        if (config.role() != DormouseConfig.Role.SERVER) {
            return;
        }
        RouterSettings settings = RouterSettings.of(config.router(), config.mode());
        ActorStore store = actors.get();
        Router fresh = new Router(
                settings,
                waker.get(),
                store::reportBusy,
                registry,
                tracer,
                InstantSource.system(),
                this::onApplicationContext);
        router = fresh;
        // before the first route: no change of it may be missed
        following = changes.get()
                .changes()
                .subscribe()
                .with(fresh::on, error -> log.error("The router no longer hears of changes", error));
        try {
            fresh.start().toCompletionStage().toCompletableFuture().get(START_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "the router can't listen at %s:%d; is the port taken? Set dormouse.router.port"
                            .formatted(settings.host(), settings.port()),
                    e);
        }
        log.infof("Router listens at %s:%d", settings.host(), fresh.port());
    }

    /** Database clients want the application's own event loops and a context per call. */
    private void onApplicationContext(Runnable call) {
        Context context = Objects.requireNonNull(VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext()));
        VertxContextSafetyToggle.setContextSafe(context, true);
        context.runOnContext(_ -> call.run());
    }

    void stop(@Observes @Priority(ShutdownOrder.ROUTER) ShutdownEvent stopping) throws InterruptedException {
        Router running = router;
        if (running == null) {
            return;
        }
        long limit = running.settings().drainTimeout().toSeconds() + CLOSE_LIMIT_SECONDS;
        try {
            running.stop().toCompletionStage().toCompletableFuture().get(limit, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.warn("The router did not close in time", e);
        }
        if (following != null) {
            following.cancel();
        }
    }

    /** Where it listens; 0 in a process that has no router. */
    public int port() {
        return router == null ? 0 : router.port();
    }
}
