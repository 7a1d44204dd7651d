package dev.dormouse.router;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The router's meters, all made beforehand: a request looks up none by its tags. */
final class RouterMetrics {

    private static final int STATUS_CLASSES = 6;

    private final MeterRegistry registry;
    private final Counter[][] requests;
    private final Timer handoverHot;
    private final Timer handoverWoken;
    private final Counter wakes;
    private final Counter retries;

    RouterMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.requests = new Counter[Outcome.values().length][STATUS_CLASSES];
        for (Outcome outcome : Outcome.values()) {
            for (int c = 0; c < STATUS_CLASSES; c++) {
                requests[outcome.ordinal()][c] = Counter.builder("dormouse.router.requests")
                        .description("Requests by how they ended; status is the class of the answer, none without one")
                        .tag("outcome", outcome.tag())
                        .tag("status", c == 0 ? "none" : c + "xx")
                        .register(registry);
            }
        }
        this.handoverHot = handover("running");
        this.handoverWoken = handover("asleep");
        this.wakes = Counter.builder("dormouse.router.wakes")
                .description("Calls of the waker, each for one actor and any number of requests")
                .register(registry);
        this.retries = Counter.builder("dormouse.router.retries")
                .description("Requests sent once more, as nobody answered at the route")
                .register(registry);
    }

    private Timer handover(String actor) {
        return Timer.builder("dormouse.router.handover")
                .description("From a request's arrival until it is on its way to the actor")
                .tag("actor", actor)
                .serviceLevelObjectives(
                        Duration.ofNanos(100_000),
                        Duration.ofNanos(250_000),
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(25),
                        Duration.ofMillis(100),
                        Duration.ofMillis(250),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10))
                .register(registry);
    }

    void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder("dormouse.router." + name, value).description(description).register(registry);
    }

    /** @param status of the answer; 0 when there was none */
    void ended(Outcome outcome, int status) {
        int statusClass = status / 100;
        requests[outcome.ordinal()][statusClass < STATUS_CLASSES ? statusClass : 0].increment();
    }

    void handedOver(boolean woken, long nanos) {
        (woken ? handoverWoken : handoverHot).record(nanos, TimeUnit.NANOSECONDS);
    }

    void wake() {
        wakes.increment();
    }

    void retry() {
        retries.increment();
    }
}
