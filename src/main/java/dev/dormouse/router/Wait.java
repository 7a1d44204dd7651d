package dev.dormouse.router;

import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request's wait for its actor: a place in the {@link Parking} and a share in the actor's wake, until one of them is over. */
final class Wait {

    private final LoopScope scope;
    private final ActorAddress actor;
    private final Consumer<Backend> awake;
    private final Consumer<Answers.Refusal> refused;
    private long timer;
    private boolean over;

    /**
     * @param awake told where the actor runs
     * @param refused told why the wait was in vain; exactly one of the two is called, unless the wait is {@link #leave left}
     */
    Wait(LoopScope scope, ActorAddress actor, Consumer<Backend> awake, Consumer<Answers.Refusal> refused) {
        this.scope = scope;
        this.actor = actor;
        this.awake = awake;
        this.refused = refused;
    }

    void start(HttpServerRequest request) {
        if (!scope.parking().enter()) {
            over = true;
            refused.accept(Answers.noPlace(scope.parking().places()));
            return;
        }
        timer = scope.vertx().setTimer(scope.settings().parkTimeout().toMillis(), _ -> tooLong());
        scope.wakes()
                .wake(actor, request.getHeader("traceparent"))
                .whenComplete((backend, error) -> scope.context().runOnContext(_ -> woken(backend, error)));
    }

    private void tooLong() {
        if (!over) {
            leave();
            refused.accept(Answers.didNotWake(actor, scope.settings().parkTimeout()));
        }
    }

    private void woken(@Nullable Backend backend, @Nullable Throwable error) {
        if (over) {
            return;
        }
        leave();
        if (backend != null) {
            awake.accept(backend);
        } else if (error != null) {
            refused.accept(Answers.wakeFailed(error));
        }
    }

    /** Gives the place back. */
    void leave() {
        if (!over) {
            over = true;
            scope.parking().leave();
            scope.vertx().cancelTimer(timer);
        }
    }
}
