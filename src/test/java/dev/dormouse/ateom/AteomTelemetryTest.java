package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.Activated;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.ateom.wire.Phases;
import dev.dormouse.ateom.wire.Workload;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import org.jboss.logging.MDC;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AteomTelemetryTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALL = "00f067aa0ba902b7";
    private static final String WORKER = "demo/pool/pool-0";
    private static final Workload WORKLOAD = Workload.newBuilder()
            .setTemplateNamespace("demo")
            .setTemplateName("counter")
            .build();

    private final InMemorySpanExporter exported = InMemorySpanExporter.create();
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(exported))
            .build();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final AteomTelemetry telemetry = new AteomTelemetry(metrics, provider.get("test"));

    @AfterEach
    void close() {
        provider.close();
    }

    private static ActivateRequest activation(String flags) {
        return ActivateRequest.newBuilder()
                .setActor(AteomFixture.actor("counter"))
                .setWorkload(WORKLOAD)
                .setTraceParent("00-%s-%s-%s".formatted(TRACE, CALL, flags))
                .build();
    }

    private static ActivateResponse activated() {
        return ActivateResponse.newBuilder()
                .setActivated(Activated.newBuilder()
                        .setPhases(Phases.newBuilder()
                                .setPrepare(1000)
                                .setRestore(20_000)
                                .setReady(3000)))
                .build();
    }

    private SpanData span(String name) {
        return exported.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private double commands(String outcome) {
        return metrics.counter("dormouse.ateom.commands", "command", "activate", "outcome", outcome)
                .count();
    }

    @Test
    void aCommandIsASpanBelowTheCallAndItsPhasesFollowEachOtherBelowIt() throws Exception {
        telemetry.activate(activation("01"), WORKER, AteomTelemetryTest::activated);

        SpanData command = span("ateom activate");
        assertThat(command.getTraceId()).isEqualTo(TRACE);
        assertThat(command.getParentSpanId()).isEqualTo(CALL);
        assertThat(command.getAttributes().asMap())
                .containsEntry(AttributeKey.stringKey("dormouse.atespace"), "default")
                .containsEntry(AttributeKey.stringKey("dormouse.actor"), "counter")
                .containsEntry(AttributeKey.stringKey("dormouse.template"), "demo/counter")
                .containsEntry(AttributeKey.stringKey("dormouse.worker"), WORKER);
        for (String phase : List.of("prepare", "restore", "ready")) {
            assertThat(span(phase).getParentSpanId()).isEqualTo(command.getSpanId());
        }
        assertThat(span("prepare").getEndEpochNanos()).isEqualTo(span("restore").getStartEpochNanos());
        assertThat(span("restore").getEndEpochNanos() - span("restore").getStartEpochNanos())
                .isEqualTo(20_000_000);
        assertThat(span("restore").getEndEpochNanos()).isEqualTo(span("ready").getStartEpochNanos());
        assertThat(commands("ok")).isEqualTo(1);
    }

    @Test
    void whatTheCommandLogsHasItsFieldsAndNothingElseHas() throws Exception {
        telemetry.activate(activation("01"), WORKER, () -> {
            assertThat(MDC.getMap())
                    .containsEntry("atespace", "default")
                    .containsEntry("actor", "counter")
                    .containsEntry("template", "demo/counter")
                    .containsEntry("worker", WORKER)
                    .containsEntry("traceId", TRACE);
            return activated();
        });

        assertThat(MDC.getMap()).isEmpty();
    }

    @Test
    void aRefusalIsAnErrorWithItsReason() throws Exception {
        telemetry.activate(
                activation("01"),
                WORKER,
                () -> ActivateResponse.newBuilder()
                        .setFailure(Failure.newBuilder()
                                .setReason(Reason.BOOT_FAILED)
                                .setMessage("it exited"))
                        .build());

        assertThat(span("ateom activate").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span("ateom activate").getStatus().getDescription()).isEqualTo("BOOT_FAILED: it exited");
        assertThat(exported.getFinishedSpanItems()).hasSize(1);
        assertThat(commands("BOOT_FAILED")).isEqualTo(1);
    }

    @Test
    void aCommandForAWorkerThatIsNotHereIsAnErrorToo() {
        assertThatThrownBy(() -> telemetry.activate(activation("01"), "gone", () -> {
                    throw new CommandFailure(Reason.NOT_RUNNING, "no such worker");
                }))
                .isInstanceOf(CommandFailure.class);

        assertThat(span("ateom activate").getStatus().getDescription()).isEqualTo("NOT_RUNNING: no such worker");
        assertThat(commands("NOT_RUNNING")).isEqualTo(1);
    }

    @Test
    void anUnexpectedFailureIsAnErrorOfTheCommand() {
        CheckpointRequest request = CheckpointRequest.newBuilder()
                .setActor(AteomFixture.actor("counter"))
                .setTraceParent("00-%s-%s-01".formatted(TRACE, CALL))
                .build();

        assertThatThrownBy(() -> telemetry.checkpoint(request, null, WORKER, () -> {
                    throw new IllegalStateException("surprise");
                }))
                .hasMessage("surprise");

        assertThat(span("ateom checkpoint").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    }

    @Test
    void aTraceThatTheCallerDoesNotSampleIsNotSampledHere() throws Exception {
        telemetry.activate(activation("00"), WORKER, AteomTelemetryTest::activated);

        assertThat(exported.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void sizesOfSnapshotsAreRecorded() throws Exception {
        CheckpointRequest request = CheckpointRequest.newBuilder()
                .setActor(AteomFixture.actor("counter"))
                .build();

        telemetry.checkpoint(
                request,
                WORKLOAD,
                WORKER,
                () -> CheckpointResponse.newBuilder()
                        .setTaken(dev.dormouse.ateom.wire.SnapshotTaken.newBuilder()
                                .setSizeBytes(512))
                        .build());

        assertThat(metrics.summary("dormouse.ateom.snapshot.bytes").totalAmount())
                .isEqualTo(512);
    }
}
