package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.LogFields;
import dev.dormouse.platform.TraceParent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** How transitions are followed: spans over each and its steps, and the fields of its log lines. Costs next to nothing while tracing is off. */
@Singleton
class Traces {

    private final Tracer tracer;

    Traces(Tracer tracer) {
        this.tracer = tracer;
    }

    /** The fields of a log line about an actor, as far as its record knows them. */
    static LogFields fields(Actor actor) {
        LogFields fields = LogFields.of(actor.key()).template(actor.template());
        return actor.activation() == null ? fields : fields.worker(name(actor.activation()));
    }

    private static String name(Actor.Activation activation) {
        Actor.WorkerRef worker = activation.worker();
        return LogFields.workerName(new PoolRef(worker.namespace(), worker.pool()), worker.pod());
    }

    /** Must be called where the caller's context is the current one; what no caller asked for is a trace of its own. */
    Trace begin(String name, ActorKey key, Cause cause) {
        Context parent = switch (cause) {
            case API, REQUEST -> Context.current();
            // they begin on whatever thread noticed the need, whose context is somebody else's
            case IDLE, PRESSURE, DRAIN, GOLDEN, ACTOR, RECOVERY -> Context.root();
        };
        return new Trace(
                tracer.spanBuilder(name)
                        .setParent(parent)
                        .setAttribute("dormouse.atespace", key.atespace().value())
                        .setAttribute("dormouse.actor", key.id().value())
                        .setAttribute("dormouse.cause", cause.name())
                        .startSpan(),
                key);
    }

    /** Of one transition. */
    final class Trace {

        private final Span span;
        private LogFields fields;

        private Trace(Span span, ActorKey key) {
            this.span = span;
            this.fields = LogFields.of(key).trace(span.getSpanContext());
        }

        void about(TemplateRef template) {
            fields = fields.template(template);
            span.setAttribute("dormouse.template", template.toString());
        }

        /** The worker may change while a wake tries again. */
        void on(Actor.Activation activation) {
            fields = fields.worker(name(activation));
            span.setAttribute("dormouse.worker", name(activation));
        }

        /** Runs what logs about it. */
        void log(Runnable lines) {
            fields.log(lines);
        }

        /** A step that begins now. */
        Step step(String name) {
            return new Step(start(name, SpanKind.INTERNAL));
        }

        /** A step that lasts as long as the work. */
        <T> Uni<T> step(String name, Uni<T> work) {
            return Uni.createFrom().deferred(() -> {
                Step step = step(name);
                return work.onItemOrFailure().invoke((done, failure) -> step.end(failure));
            });
        }

        /** A call of ateom that begins now. */
        Step call(String name) {
            return new Step(start(name, SpanKind.CLIENT));
        }

        private Span start(String name, SpanKind kind) {
            return tracer.spanBuilder(name)
                    .setParent(Context.root().with(span))
                    .setSpanKind(kind)
                    .startSpan();
        }

        void end(@Nullable Throwable failure) {
            finish(span, failure);
        }
    }

    /** One step of a transition. */
    record Step(Span span) {

        /** Goes with the call, so that what ateom does hangs below it. */
        String parent() {
            return TraceParent.of(span);
        }

        void end(@Nullable Throwable failure) {
            finish(span, failure);
        }

        /** Ateom answered that it could not do it. */
        void refused(dev.dormouse.ateom.wire.Failure failure) {
            span.setStatus(StatusCode.ERROR, failure.getReason() + ": " + failure.getMessage());
            span.end();
        }
    }

    private static void finish(Span span, @Nullable Throwable failure) {
        if (failure != null) {
            span.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
        }
        span.end();
    }
}
