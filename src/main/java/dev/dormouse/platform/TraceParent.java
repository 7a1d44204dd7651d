package dev.dormouse.platform;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A trace on its way from process to process, as text: W3C's {@code traceparent}. */
public final class TraceParent {

    private static final String NAME = "traceparent";
    private static final TextMapGetter<String> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String traceParent) {
            return List.of(NAME);
        }

        @Override
        public @Nullable String get(@Nullable String traceParent, String key) {
            return NAME.equals(key) ? traceParent : null;
        }
    };

    private TraceParent() {}

    /** What to give to the next process; empty while tracing is off. Says too when the trace is not sampled. */
    public static String of(Span span) {
        StringBuilder text = new StringBuilder();
        W3CTraceContextPropagator.getInstance().inject(Context.root().with(span), text, (carrier, name, value) -> {
            if (NAME.equals(name) && carrier != null) {
                carrier.append(value);
            }
        });
        return text.toString();
    }

    /** The parent of what this process does for the caller; a root where the text is empty or no traceparent. */
    public static Context read(@Nullable String traceParent) {
        return traceParent == null || traceParent.isEmpty()
                ? Context.root()
                : W3CTraceContextPropagator.getInstance().extract(Context.root(), traceParent, GETTER);
    }
}
