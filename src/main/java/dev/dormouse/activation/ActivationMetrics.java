package dev.dormouse.activation;

import dev.dormouse.actor.Cause;
import dev.dormouse.actor.Phases;
import dev.dormouse.scheduler.Candidate;
import dev.dormouse.worker.Workers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Counts and times wakes and sleeps. Meters are made once: nothing is looked up by tags on the wake path. */
@Singleton
class ActivationMetrics {

    private final MeterRegistry registry;
    private final Map<Ended, Counter> activations = new ConcurrentHashMap<>();
    private final Map<String, Timer> phases = new ConcurrentHashMap<>();
    private final Timer queueWait;

    private record Ended(String outcome, Cause cause) {

        // written out: in a native executable the one that comes with a record takes 14 us, see docs/decisions/0011
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || other instanceof Ended ended && cause == ended.cause && outcome.equals(ended.outcome);
        }
    }

    ActivationMetrics(MeterRegistry registry, Workers workers) {
        this.registry = registry;
        this.queueWait = histogram("dormouse_scheduler_wait_seconds").register(registry);
        for (Candidate.State state : Candidate.State.values()) {
            registry.gauge(
                    "dormouse_workers",
                    List.of(Tag.of("state", state.name())),
                    workers,
                    known -> known.counts().getOrDefault(state, 0));
        }
    }

    void queueLength(Supplier<Number> length) {
        Gauge.builder("dormouse_scheduler_queue_length", length).register(registry);
    }

    void waited(long nanos) {
        queueWait.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** @param outcome woken, wake_failed, asleep or sleep_failed */
    void ended(String outcome, Cause cause) {
        activations
                .computeIfAbsent(
                        new Ended(outcome, cause),
                        tags -> Counter.builder("dormouse_activations_total")
                                .tag("outcome", tags.outcome())
                                .tag("cause", tags.cause().name())
                                .register(registry))
                .increment();
    }

    void phases(Phases of) {
        phase("claim", of.claim());
        phase("prepare", of.prepare());
        phase("restore", of.restore());
        phase("ready", of.ready());
        phase("checkpoint", of.checkpoint());
        phase("store", of.store());
        phase("total", of.total());
    }

    private void phase(String name, long micros) {
        if (micros > 0) {
            phases.computeIfAbsent(
                            name,
                            phase -> histogram("dormouse_activation_phase_seconds")
                                    .tag("phase", phase)
                                    .register(registry))
                    .record(micros, TimeUnit.MICROSECONDS);
        }
    }

    private static Timer.Builder histogram(String name) {
        return Timer.builder(name)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(2));
    }
}
