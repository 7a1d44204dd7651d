package dev.dormouse.router;

import dev.dormouse.platform.TraceParent;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/** A span for each wake, below the trace of the request that caused it. Requests to running actors have none of ours. */
final class WakeSpans {

    private final Tracer tracer;

    WakeSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    Span start(ActorAddress address, @Nullable String traceParent) {
        return new Span(tracer.spanBuilder("router wake")
                .setParent(TraceParent.read(traceParent))
                .setAttribute("dormouse.atespace", address.key().atespace().value())
                .setAttribute("dormouse.actor", address.key().id().value())
                .setAttribute("dormouse.port", address.port())
                .startSpan());
    }

    record Span(io.opentelemetry.api.trace.Span span) {

        Scope makeCurrent() {
            return span.makeCurrent();
        }

        void end(@Nullable Throwable error) {
            if (error != null) {
                span.setStatus(StatusCode.ERROR, String.valueOf(error.getMessage()));
            }
            span.end();
        }
    }
}
