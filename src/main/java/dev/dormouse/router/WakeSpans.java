package dev.dormouse.router;

import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A span for each wake, below the trace of the request that caused it. Requests to running actors have none of ours. */
final class WakeSpans {

    private static final TextMapGetter<String> TRACE_PARENT = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String traceParent) {
            return List.of("traceparent");
        }

        @Override
        public @Nullable String get(@Nullable String traceParent, String key) {
            return "traceparent".equals(key) ? traceParent : null;
        }
    };

    private final Tracer tracer;

    WakeSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    Span start(ActorAddress address, @Nullable String traceParent) {
        Context parent = traceParent == null
                ? Context.root()
                : W3CTraceContextPropagator.getInstance().extract(Context.root(), traceParent, TRACE_PARENT);
        return new Span(tracer.spanBuilder("router.wake")
                .setParent(parent)
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
