package dev.dormouse.platform;

import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import io.opentelemetry.api.trace.SpanContext;
import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * What a log line about an actor holds beside its text, so that all lines about one actor, template or worker can be found:
 * {@code atespace}, {@code actor}, {@code template} (namespace/name) and {@code worker} (namespace/pool/pod).
 */
public final class LogFields {

    /** While it is open, what this thread logs has the fields. */
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    private final Map<String, String> values;

    private LogFields(Map<String, String> values) {
        this.values = values;
    }

    public static LogFields of(ActorKey actor) {
        return new LogFields(
                Map.of("atespace", actor.atespace().value(), "actor", actor.id().value()));
    }

    /** Of a line about a template and no actor. */
    public static LogFields of(TemplateRef template) {
        return new LogFields(Map.of()).template(template);
    }

    /** Of a line about something else. */
    public static LogFields of(Map<String, String> fields) {
        return new LogFields(Map.copyOf(fields));
    }

    public LogFields template(TemplateRef template) {
        return with("template", template.toString());
    }

    /** @param worker as {@link #workerName} gives it */
    public LogFields worker(String worker) {
        return with("worker", worker);
    }

    /** Leads from the line to the trace. */
    public LogFields trace(SpanContext trace) {
        return trace.isSampled() ? with("traceId", trace.getTraceId()) : this;
    }

    /** The name of a worker in logs, traces and the journal. */
    public static String workerName(PoolRef pool, String pod) {
        return pool + "/" + pod;
    }

    private LogFields with(String name, String value) {
        Map<String, String> more = new HashMap<>(values);
        more.put(name, value);
        return new LogFields(more);
    }

    /** Runs what logs, on any thread. */
    public void log(Runnable lines) {
        if (Vertx.currentContext() instanceof ContextInternal context && !VertxContext.isDuplicatedContext(context)) {
            // an event loop's own context keeps no fields: what is put there is gone at the next look
            context.duplicate().dispatch(() -> logHere(lines));
        } else {
            logHere(lines);
        }
    }

    private void logHere(Runnable lines) {
        try (Scope open = open()) {
            lines.run();
        }
    }

    /** For threads that are no event loop's. */
    public Scope open() {
        Map<String, @Nullable Object> before = new HashMap<>();
        values.forEach((name, value) -> before.put(name, MDC.put(name, value)));
        return () -> before.forEach(LogFields::restore);
    }

    private static void restore(String name, @Nullable Object value) {
        if (value == null) {
            MDC.remove(name);
        } else {
            MDC.put(name, value);
        }
    }
}
