package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.blackbox.OtlpReceiver.Span;
import dev.dormouse.files.FileTree;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What a collector sees of the packaged server and its ateom, and what their logs say of the same, with real sandboxes. */
@Tag("gvisor")
class TracesIT {

    private static final String SERVER = "dormouse";
    private static final String ATEOM = "dormouse-ateom";
    /** Clocks of two processes of one machine agree, but phases are measured in microseconds and put end to end. */
    private static final long TOLERANCE_NANOS = 5_000_000;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path dataDir;

    static OtlpReceiver collector;
    static ServerProcess server;

    @BeforeAll
    static void start() throws IOException {
        collector = new OtlpReceiver();
        server = ServerProcess.start(
                dataDir,
                Map.of(
                        "OTEL_SDK_DISABLED", "false",
                        "OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint(),
                        "OTEL_BSP_SCHEDULE_DELAY", "200",
                        // nothing is sampled but what a caller's own trace asks for
                        "OTEL_TRACES_SAMPLER", "parentbased_traceidratio",
                        "OTEL_TRACES_SAMPLER_ARG", "0",
                        "OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test"),
                "--demo",
                "target/demo");
        StandaloneIT.awaitReady(server);
    }

    @AfterAll
    static void stop() {
        server.close();
        collector.close();
    }

    /** A caller with a trace of its own. */
    private record Caller(String traceId, String spanId, boolean sampled) {

        static Caller fresh(boolean sampled) {
            String random = UUID.randomUUID().toString().replace("-", "");
            return new Caller(random, random.substring(16), sampled);
        }

        String header() {
            return "00-%s-%s-%s".formatted(traceId, spanId, sampled ? "01" : "00");
        }

        /** The trace once it has as many spans. */
        List<Span> spans(int count) {
            return await("%d spans of trace %s".formatted(count, traceId))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> collector.trace(traceId), spans -> spans.size() >= count);
        }
    }

    private static Span the(String name, List<Span> spans) {
        List<Span> found =
                spans.stream().filter(span -> span.name().equals(name)).toList();
        assertThat(found).as("spans '%s' of %s", name, spans).hasSize(1);
        return found.getFirst();
    }

    private static List<String> childrenOf(Span parent, List<Span> spans) {
        return spans.stream()
                .filter(span -> span.parent().equals(parent.id()))
                .sorted(Comparator.comparingLong(Span::startNanos))
                .map(Span::name)
                .toList();
    }

    private static void lieWithinTheirParents(List<Span> spans) {
        for (Span span : spans) {
            spans.stream().filter(parent -> parent.id().equals(span.parent())).forEach(parent -> {
                assertThat(span.startNanos())
                        .as("%s begins within %s", span, parent)
                        .isGreaterThanOrEqualTo(parent.startNanos() - TOLERANCE_NANOS);
                assertThat(span.endNanos())
                        .as("%s ends within %s", span, parent)
                        .isLessThanOrEqualTo(parent.endNanos() + TOLERANCE_NANOS);
            });
        }
    }

    private static void tellsOf(String actor, Span span) {
        JsonObject last = new JsonObject(server.get("/v1/atespaces/default/actors/%s/events".formatted(actor))
                        .body())
                .getJsonArray("items").stream()
                        .map(JsonObject.class::cast)
                        .filter(event -> event.getString("worker") != null)
                        .reduce((first, second) -> second)
                        .orElseThrow();
        assertThat(span.attributes())
                .as(span.name())
                .containsEntry("dormouse.actor", actor)
                .containsEntry("dormouse.atespace", "default")
                .containsEntry("dormouse.template", "demo/counter")
                .containsEntry("dormouse.worker", last.getString("worker"));
    }

    @Test
    void aWakeIsOneTraceFromTheRouterToTheReadyProbe() {
        StandaloneIT.create(server, "traced");
        Caller caller = Caller.fresh(true);

        StandaloneIT.count(server.request("traced", "/", "traceparent", caller.header()));

        List<Span> spans = caller.spans(9);
        assertThat(spans).hasSize(9).allSatisfy(span -> {
            assertThat(span.error()).as("%s", span).isNull();
            assertThat(span.resource()).containsEntry("deployment.environment.name", "test");
        });
        Span router = the("router wake", spans);
        Span wake = the("wake", spans);
        Span activate = the("activate", spans);
        Span ateom = the("ateom activate", spans);
        assertThat(router.parent()).isEqualTo(caller.spanId());
        assertThat(childrenOf(router, spans)).containsExactly("wake");
        assertThat(childrenOf(wake, spans)).containsExactly("claim", "activate", "record");
        assertThat(childrenOf(activate, spans)).containsExactly("ateom activate");
        assertThat(childrenOf(ateom, spans)).containsExactly("prepare", "restore", "ready");
        assertThat(List.of(router.service(), wake.service(), activate.service()))
                .containsOnly(SERVER);
        assertThat(List.of(ateom.service(), the("restore", spans).service())).containsOnly(ATEOM);
        tellsOf("traced", wake);
        tellsOf("traced", ateom);
        // the request goes on while RUNNING is written: the router's span ends before the wake's
        lieWithinTheirParents(
                spans.stream().filter(span -> !span.name().equals("wake")).toList());
    }

    @Test
    void aSleepIsOneTraceFromTheApiToTheStoredSnapshot() {
        StandaloneIT.create(server, "sleeper");
        StandaloneIT.count(server.request("sleeper", "/"));
        Caller caller = Caller.fresh(true);

        server.call("POST", "/v1/atespaces/default/actors/sleeper:suspend", null, "traceparent", caller.header());

        List<Span> spans = caller.spans(8);
        assertThat(spans)
                .hasSize(8)
                .allSatisfy(span -> assertThat(span.error()).as("%s", span).isNull());
        Span suspend = the("suspend", spans);
        Span checkpoint = spans.stream()
                .filter(span ->
                        span.name().equals("checkpoint") && span.service().equals(SERVER))
                .findFirst()
                .orElseThrow();
        Span ateom = the("ateom checkpoint", spans);
        Span api = spans.stream()
                .filter(span -> span.parent().equals(caller.spanId()))
                .findFirst()
                .orElseThrow();
        assertThat(api.name()).startsWith("POST");
        assertThat(childrenOf(api, spans)).containsExactly("suspend");
        assertThat(childrenOf(suspend, spans)).containsExactly("claim", "checkpoint", "record");
        assertThat(childrenOf(checkpoint, spans)).containsExactly("ateom checkpoint");
        assertThat(childrenOf(ateom, spans)).containsExactly("checkpoint", "store");
        assertThat(ateom.service()).isEqualTo(ATEOM);
        tellsOf("sleeper", suspend);
        tellsOf("sleeper", ateom);
        lieWithinTheirParents(spans);
    }

    @Test
    void aFailedWakeIsAnErrorAtEveryLevel() throws IOException {
        StandaloneIT.create(server, "broken");
        StandaloneIT.count(server.request("broken", "/"));
        server.call("POST", "/v1/atespaces/default/actors/broken:suspend", null);
        loseSnapshotsOf("broken");
        Caller caller = Caller.fresh(true);

        int status =
                server.request("broken", "/", "traceparent", caller.header()).statusCode();

        List<Span> spans = caller.spans(5);
        assertThat(status).isEqualTo(503);
        assertThat(spans).hasSize(5);
        assertThat(the("claim", spans).error()).isNull();
        for (String failed : List.of("router wake", "wake", "activate", "ateom activate")) {
            assertThat(the(failed, spans).error()).as(failed).contains("snapshot");
        }
        assertThat(the("ateom activate", spans).error()).startsWith("SNAPSHOT_MISSING");
        tellsOf("broken", the("wake", spans));
        assertThat(LogLines.fields(new LogLines(server.log()).about("broken", "could not be woken"))
                        .getString("traceId"))
                .isEqualTo(caller.traceId());
        assertThat(LogLines.fields(new LogLines(server.ateomLog()).about("broken", "failed"))
                        .getString("traceId"))
                .isEqualTo(caller.traceId());
    }

    /** In the store and in the node's cache. */
    private static void loseSnapshotsOf(String actor) throws IOException {
        FileTree.delete(dataDir.resolve("snapshots/gs/ate-snapshots/demo/counter/default/" + actor));
        FileTree.delete(dataDir.resolve("ateom/cache/default/" + actor));
    }

    @Test
    void whatNobodySamplesIsNotExportedByEitherProcess() {
        StandaloneIT.create(server, "unseen");
        Caller caller = Caller.fresh(false);
        Caller later = Caller.fresh(true);

        StandaloneIT.count(server.request("unseen", "/", "traceparent", caller.header()));
        StandaloneIT.count(server.request("unseen", "/"));
        // spans leave in the order in which they end: once those of a later trace are here, the others would be
        server.call("POST", "/v1/atespaces/default/actors/unseen:suspend", null, "traceparent", later.header());
        later.spans(8);

        assertThat(collector.trace(caller.traceId())).isEmpty();
        // neither heartbeats nor golden actors nor anything else begins a trace with this sampler
        assertThat(collector.spans())
                .allSatisfy(span -> assertThat(span.name() + span.attributes())
                        .doesNotContain("Heartbeat")
                        .doesNotContain("ate-golden"));
    }
}
