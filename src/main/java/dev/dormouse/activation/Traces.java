package dev.dormouse.activation;

import dev.dormouse.actor.Phases;
import dev.dormouse.name.ActorKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Spans over a transition and its phases. Costs next to nothing while tracing is off. */
@Singleton
class Traces {

    private final Tracer tracer;
    private final InstantSource clock;

    Traces(Tracer tracer, InstantSource clock) {
        this.tracer = tracer;
        this.clock = clock;
    }

    Trace begin(String name, ActorKey key) {
        Span span = tracer.spanBuilder(name)
                .setAttribute("actor", key.id().value())
                .setAttribute("atespace", key.atespace().value())
                .startSpan();
        return new Trace(span);
    }

    /** The span of one transition. */
    final class Trace {

        private final Span span;

        private Trace(Span span) {
            this.span = span;
        }

        /** The W3C traceparent for ateom; empty while tracing is off. */
        String parent() {
            SpanContext context = span.getSpanContext();
            return context.isValid() && context.isSampled()
                    ? "00-%s-%s-%s"
                            .formatted(
                                    context.getTraceId(),
                                    context.getSpanId(),
                                    context.getTraceFlags().asHex())
                    : "";
        }

        /** A phase that ended just now. */
        void phase(String name, long micros) {
            if (span.isRecording() && micros > 0) {
                Instant end = clock.instant();
                record(name, end.minus(micros, ChronoUnit.MICROS), end);
            }
        }

        /** The phases on the worker, the last of which ended just now. */
        void phases(Phases phases) {
            if (span.isRecording()) {
                Instant ready = clock.instant();
                Instant restored = ready.minus(phases.ready(), ChronoUnit.MICROS);
                Instant prepared = restored.minus(phases.restore(), ChronoUnit.MICROS);
                record("ready", restored, ready);
                record("restore", prepared, restored);
                record("prepare", prepared.minus(phases.prepare(), ChronoUnit.MICROS), prepared);
            }
        }

        void end(@Nullable Throwable failure) {
            if (failure != null) {
                span.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
            }
            span.end();
        }

        private void record(String name, Instant start, Instant end) {
            tracer.spanBuilder(name)
                    .setParent(Context.root().with(span))
                    .setStartTimestamp(start)
                    .startSpan()
                    .end(end);
        }
    }
}
