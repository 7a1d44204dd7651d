package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.LogFields;
import dev.dormouse.platform.TraceParent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What activations and checkpoints leave behind for operators: log lines, metrics per phase, spans of the caller's trace. */
final class AteomTelemetry {

    private static final Logger LOG = Logger.getLogger(AteomTelemetry.class);
    private static final String OK = "ok";

    private final MeterRegistry metrics;
    private final Tracer tracer;

    AteomTelemetry(MeterRegistry metrics, Tracer tracer) {
        this.metrics = metrics;
        this.tracer = tracer;
    }

    /** @param worker as {@link LogFields#workerName} gives it */
    ActivateResponse activate(ActivateRequest request, String worker, Callable<ActivateResponse> work)
            throws Exception {
        ActorKey actor =
                ActorKey.of(request.getActor().getAtespace(), request.getActor().getId());
        Command command =
                new Command("activate", actor, template(request.getWorkload()), worker, request.getTraceParent());
        return command.run(() -> {
            ActivateResponse response = work.call();
            if (response.hasFailure()) {
                command.refused(response.getFailure());
                return response;
            }
            var phases = response.getActivated().getPhases();
            Map<String, Long> micros = new LinkedHashMap<>();
            micros.put("prepare", phases.getPrepare());
            micros.put("restore", phases.getRestore());
            micros.put("ready", phases.getReady());
            command.done(micros);
            return response;
        });
    }

    /** @param template of the actor; null when the worker runs no such actor */
    CheckpointResponse checkpoint(
            CheckpointRequest request, @Nullable Workload workload, String worker, Callable<CheckpointResponse> work)
            throws Exception {
        ActorKey actor =
                ActorKey.of(request.getActor().getAtespace(), request.getActor().getId());
        TemplateRef template = workload == null ? null : template(workload);
        Command command = new Command("checkpoint", actor, template, worker, request.getTraceParent());
        return command.run(() -> {
            CheckpointResponse response = work.call();
            if (response.hasFailure()) {
                command.refused(response.getFailure());
                return response;
            }
            var phases = response.getTaken().getPhases();
            Map<String, Long> micros = new LinkedHashMap<>();
            micros.put("checkpoint", phases.getCheckpoint());
            micros.put("store", phases.getStore());
            command.done(micros);
            metrics.summary("dormouse.ateom.snapshot.bytes")
                    .record(response.getTaken().getSizeBytes());
            return response;
        });
    }

    private static TemplateRef template(Workload workload) {
        return new TemplateRef(workload.getTemplateNamespace(), workload.getTemplateName());
    }

    /** One command of the control plane. */
    private final class Command {

        private final String name;
        private final ActorKey actor;
        private final Span span;
        private final LogFields fields;

        Command(String name, ActorKey actor, @Nullable TemplateRef template, String worker, String traceParent) {
            this.name = name;
            this.actor = actor;
            this.span = tracer.spanBuilder("ateom " + name)
                    .setParent(TraceParent.read(traceParent))
                    .setSpanKind(SpanKind.SERVER)
                    .setAttribute("dormouse.atespace", actor.atespace().value())
                    .setAttribute("dormouse.actor", actor.id().value())
                    .setAttribute("dormouse.worker", worker)
                    .startSpan();
            LogFields known = LogFields.of(actor).worker(worker).trace(span.getSpanContext());
            if (template != null) {
                known = known.template(template);
                span.setAttribute("dormouse.template", template.toString());
            }
            this.fields = known;
        }

        <T> T run(Callable<T> work) throws Exception {
            try (LogFields.Scope open = fields.open()) {
                return work.call();
            } catch (CommandFailure e) {
                refused(e.toWire());
                throw e;
            } catch (Exception e) {
                span.setStatus(StatusCode.ERROR, String.valueOf(e.getMessage()));
                count("error");
                throw e;
            } finally {
                span.end();
            }
        }

        /** @param micros that each phase took, in the order in which they followed each other until now */
        void done(Map<String, Long> micros) {
            long total = micros.values().stream().mapToLong(Long::longValue).sum();
            Instant begin = Instant.now().minus(total, ChronoUnit.MICROS);
            for (Map.Entry<String, Long> phase : micros.entrySet()) {
                Instant end = begin.plus(phase.getValue(), ChronoUnit.MICROS);
                tracer.spanBuilder(phase.getKey())
                        .setParent(Context.root().with(span))
                        .setStartTimestamp(begin)
                        .startSpan()
                        .end(end);
                begin = end;
                record(phase.getKey(), phase.getValue());
            }
            count(OK);
            LOG.infof("%s of %s took %d ms", name, actor, TimeUnit.MICROSECONDS.toMillis(total));
        }

        void refused(Failure failure) {
            String reason = failure.getReason().name();
            span.setStatus(StatusCode.ERROR, reason + ": " + failure.getMessage());
            count(reason);
            LOG.warnf("%s of %s failed: %s: %s", name, actor, reason, failure.getMessage());
        }

        private void record(String phase, long micros) {
            Timer.builder("dormouse.ateom.phase")
                    .description("Time that a phase of a command took")
                    .tag("command", name)
                    .tag("phase", phase)
                    .publishPercentileHistogram()
                    .register(metrics)
                    .record(micros, TimeUnit.MICROSECONDS);
        }

        private void count(String outcome) {
            metrics.counter("dormouse.ateom.commands", "command", name, "outcome", outcome)
                    .increment();
        }
    }
}
