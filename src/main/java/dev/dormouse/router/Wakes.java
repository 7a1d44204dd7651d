package dev.dormouse.router;

import dev.dormouse.activation.Waker;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.Cause;
import dev.dormouse.journal.ChangeFeed.ActorChange;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One call of the {@link Waker} per actor and port, however many requests wait for it. */
final class Wakes {

    private static final class Wake {
        final CompletableFuture<Backend> backend = new CompletableFuture<>();
        volatile long endedGeneration = -1;
    }

    private final Waker waker;
    private final RouteTable routes;
    private final RouterMetrics metrics;
    private final WakeSpans spans;
    private final Executor executor;
    private final Duration limit;
    private final ConcurrentHashMap<ActorAddress, Wake> underWay = new ConcurrentHashMap<>();

    /**
     * @param executor where the waker is called: never an event loop of the router
     * @param limit after which a wake that doesn't answer is given up, so that the next request asks anew
     */
    Wakes(Waker waker, RouteTable routes, RouterMetrics metrics, WakeSpans spans, Executor executor, Duration limit) {
        this.waker = waker;
        this.routes = routes;
        this.metrics = metrics;
        this.spans = spans;
        this.executor = executor;
        this.limit = limit;
    }

    /** Completes on any thread, exceptionally with a {@link Failure} as {@link Waker#wake} says. */
    CompletionStage<Backend> wake(ActorAddress address, @Nullable String traceParent) {
        Wake fresh = new Wake();
        Wake known = underWay.putIfAbsent(address, fresh);
        if (known != null) {
            return known.backend;
        }
        metrics.wake();
        executor.execute(() -> start(address, fresh, traceParent));
        return fresh.backend;
    }

    private void start(ActorAddress address, Wake wake, @Nullable String traceParent) {
        WakeSpans.Span span = spans.start(address, traceParent);
        try (var _ = span.makeCurrent()) {
            waker.wake(address.key(), address.port(), Cause.REQUEST)
                    .ifNoItem()
                    .after(limit)
                    .failWith(() -> new Failure(Code.DEADLINE_EXCEEDED, "actor " + address.key() + " did not wake"))
                    .map(Backend::new)
                    .subscribe()
                    .with(
                            backend -> {
                                span.end(null);
                                woken(address, wake, backend);
                            },
                            error -> {
                                span.end(error);
                                failed(address, wake, error);
                            });
        } catch (RuntimeException e) {
            span.end(e);
            failed(address, wake, e);
        }
    }

    private void woken(ActorAddress address, Wake wake, Backend backend) {
        // it went back to sleep before the answer came: good for a try, not for the table
        if (backend.route().generation() > wake.endedGeneration) {
            routes.put(address, backend);
        }
        underWay.remove(address, wake);
        wake.backend.complete(backend);
    }

    private void failed(ActorAddress address, Wake wake, Throwable error) {
        underWay.remove(address, wake);
        wake.backend.completeExceptionally(error);
    }

    /** Remembers for wakes under way that an activation ended. */
    void on(ActorChange change) {
        if (ActorStatus.RUNNING.name().equals(change.status())
                || ActorStatus.RESUMING.name().equals(change.status())) {
            return;
        }
        underWay.forEach((address, wake) -> {
            if (address.key().equals(change.key())) {
                wake.endedGeneration = Math.max(wake.endedGeneration, change.generation());
            }
        });
    }
}
