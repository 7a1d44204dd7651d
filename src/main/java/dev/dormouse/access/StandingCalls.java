package dev.dormouse.access;

import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Calls whose answers go on for as long as the caller likes: they end when he may not have them any more. */
@ApplicationScoped
class StandingCalls {

    static final Duration ASKED_EVERY = Duration.ofSeconds(10);

    private final Gate gate;

    StandingCalls(Gate gate) {
        this.gate = gate;
    }

    /** Asks again from time to time about one that was let through. */
    void watch(Passage passage, RoutingContext call) {
        if (gate.open()) {
            return;
        }
        long timer = call.vertx()
                .setPeriodic(
                        ASKED_EVERY.toMillis(),
                        again -> gate.admit(passage)
                                .subscribe()
                                .with(allowed -> {}, refused -> call.response().reset()));
        call.addEndHandler(ended -> call.vertx().cancelTimer(timer));
    }
}
