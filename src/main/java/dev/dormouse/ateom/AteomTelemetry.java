package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.ActorRef;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.ateom.wire.Phases;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/** What activations and checkpoints leave behind for operators: log fields, metrics per phase, spans of the caller's trace. */
final class AteomTelemetry {

    private static final String OK = "ok";
    private static final TextMapGetter<String> TRACE_PARENT = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String traceParent) {
            return List.of("traceparent");
        }

        @Override
        public @Nullable String get(@Nullable String traceParent, String key) {
            return key.equals("traceparent") ? traceParent : null;
        }
    };

    private final MeterRegistry metrics;
    private final Tracer tracer;

    AteomTelemetry(MeterRegistry metrics, Tracer tracer) {
        this.metrics = metrics;
        this.tracer = tracer;
    }

    ActivateResponse activate(ActivateRequest request, Callable<ActivateResponse> work) throws Exception {
        Span span = span("ateom activate", request.getTraceParent(), request.getActor());
        span.setAttribute("dormouse.template", request.getWorkload().getTemplateName());
        try (Fields fields = new Fields(request.getActor(), request.getWorkerUid())) {
            fields.put(
                    "template",
                    request.getWorkload().getTemplateNamespace() + "/"
                            + request.getWorkload().getTemplateName());
            ActivateResponse response = work.call();
            if (response.hasActivated()) {
                Phases phases = response.getActivated().getPhases();
                phase(span, "activate", "prepare", phases.getPrepare());
                phase(span, "activate", "restore", phases.getRestore());
                phase(span, "activate", "ready", phases.getReady());
            }
            outcome(span, "activate", response.hasFailure() ? response.getFailure() : null);
            return response;
        } finally {
            span.end();
        }
    }

    CheckpointResponse checkpoint(CheckpointRequest request, Callable<CheckpointResponse> work) throws Exception {
        Span span = span("ateom checkpoint", request.getTraceParent(), request.getActor());
        try (Fields fields = new Fields(request.getActor(), request.getWorkerUid())) {
            CheckpointResponse response = work.call();
            if (response.hasTaken()) {
                phase(
                        span,
                        "checkpoint",
                        "checkpoint",
                        response.getTaken().getPhases().getCheckpoint());
                phase(
                        span,
                        "checkpoint",
                        "store",
                        response.getTaken().getPhases().getStore());
                metrics.summary("dormouse.ateom.snapshot.bytes")
                        .record(response.getTaken().getSizeBytes());
            }
            outcome(span, "checkpoint", response.hasFailure() ? response.getFailure() : null);
            return response;
        } finally {
            span.end();
        }
    }

    private Span span(String name, String traceParent, ActorRef actor) {
        Context parent = traceParent.isEmpty()
                ? Context.root()
                : W3CTraceContextPropagator.getInstance().extract(Context.root(), traceParent, TRACE_PARENT);
        return tracer.spanBuilder(name)
                .setParent(parent)
                .setAttribute("dormouse.atespace", actor.getAtespace())
                .setAttribute("dormouse.actor", actor.getId())
                .startSpan();
    }

    private void phase(Span span, String command, String phase, long micros) {
        span.setAttribute("dormouse.phase." + phase + "_us", micros);
        Timer.builder("dormouse.ateom.phase")
                .description("Time that a phase of a command took")
                .tag("command", command)
                .tag("phase", phase)
                .publishPercentileHistogram()
                .register(metrics)
                .record(micros, TimeUnit.MICROSECONDS);
    }

    private void outcome(Span span, String command, @Nullable Failure failure) {
        String outcome = failure == null ? OK : failure.getReason().name();
        metrics.counter("dormouse.ateom.commands", "command", command, "outcome", outcome)
                .increment();
        if (failure != null) {
            span.setStatus(StatusCode.ERROR, outcome);
        }
    }

    /** Fields of every log line that is written meanwhile by this thread. */
    private static final class Fields implements AutoCloseable {

        Fields(ActorRef actor, String worker) {
            put("atespace", actor.getAtespace());
            put("actor", actor.getId());
            put("worker", worker);
        }

        void put(String name, String value) {
            MDC.put(name, value);
        }

        @Override
        public void close() {
            List.of("atespace", "actor", "worker", "template").forEach(MDC::remove);
        }
    }
}
