package dev.dormouse.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.platform.RawApi;
import dev.dormouse.platform.RecordedSpans;
import dev.dormouse.router.RouterService;
import dev.dormouse.sim.SimulatedAteom;
import dev.dormouse.sim.SimulatedAteom.Fault;
import dev.dormouse.sim.SimulatedAteomServer;
import dev.dormouse.sim.SimulatedStorage;
import dev.dormouse.standalone.TestDatabase;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The spans of the control plane alone: router, API, transitions; ateom is a simulation at the other end of a connection. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class TransitionTracesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TestHTTPResource("/")
    URI base;

    @Inject
    RecordedSpans spans;

    @Inject
    RouterService router;

    private final String actor = "a" + UUID.randomUUID().toString().substring(0, 8);
    private RawApi api;
    private SimulatedAteom ateom;
    private SimulatedAteomServer server;

    @BeforeEach
    void start() throws IOException {
        api = new RawApi(base);
        apply("""
                apiVersion: ate.dev/v1alpha1
                kind: WorkerPool
                metadata: {namespace: traced, name: pool, labels: {for: traced}}
                spec: {replicas: 2, ateomImage: "registry.example/dormouse:1"}
                """);
        apply("""
                apiVersion: ate.dev/v1alpha1
                kind: ActorTemplate
                metadata: {namespace: traced, name: simulated}
                spec:
                  pauseImage: registry.example/pause@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a
                  containers:
                    - name: counter
                      image: registry.example/counter@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a
                      readyz: {httpGet: {port: 80}}
                  workerSelector: {matchLabels: {for: traced}}
                  snapshotsConfig: {location: "file:/nowhere/snapshots"}
                """);
        server = SimulatedAteomServer.start("localhost:" + base.getPort(), address -> {
            ateom = new SimulatedAteom(
                    address,
                    "simulated",
                    SimulatedStorage.withEverySnapshot(),
                    SimulatedAteom.slots("traced", "pool", 2));
            return ateom;
        });
        await().atMost(PATIENCE)
                .until(() -> api.get("/v1/actortemplates/traced/simulated")
                        .json()
                        .getJsonObject("status")
                        .getString("phase", "")
                        .equals("Ready"));
        assertThat(api.post(
                                "/v1/atespaces/default/actors",
                                "{\"id\":\"%s\",\"template\":{\"namespace\":\"traced\",\"name\":\"simulated\"}}"
                                        .formatted(actor))
                        .status())
                .isEqualTo(201);
    }

    @AfterEach
    void stop() {
        // before the next test's ateom reports the same workers
        api.post("/v1/atespaces/default/actors/%s:suspend".formatted(actor), "");
        server.close();
    }

    private void apply(String yaml) {
        var answer = api.send("PUT", "/v1/manifests", "application/yaml", BodyPublishers.ofString(yaml));
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }

    /** Nobody listens where the simulation says: the answer is of no interest. */
    private void requestThroughTheRouter() throws Exception {
        HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + router.port()))
                                .header("Host", actor + ".default.actors.resources.substrate.ate.dev")
                                .build(),
                        BodyHandlers.discarding());
    }

    private SpanData ended(String name) {
        return await("span " + name)
                .atMost(PATIENCE)
                .until(
                        () -> spans.of(actor).stream()
                                .filter(span -> span.getName().equals(name))
                                .findFirst()
                                .orElse(null),
                        span -> span != null);
    }

    private List<SpanData> childrenOf(SpanData parent) {
        return spans.of(actor).stream()
                .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
                .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
                .toList();
    }

    private static List<String> names(List<SpanData> spans) {
        return spans.stream().map(SpanData::getName).toList();
    }

    private static String attribute(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.stringKey(name));
    }

    @Test
    void aWakeHangsBelowTheRequestThatCausedItAndASleepBelowTheCallThatAskedForIt() throws Exception {
        requestThroughTheRouter();
        SpanData wake = ended("wake");
        api.post("/v1/atespaces/default/actors/%s:suspend".formatted(actor), "");
        SpanData suspend = ended("suspend");

        SpanData routed = ended("router wake");
        assertThat(wake.getParentSpanId()).isEqualTo(routed.getSpanId());
        assertThat(names(childrenOf(wake))).containsExactly("claim", "activate", "record");
        assertThat(childrenOf(wake).get(1).getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(names(childrenOf(suspend))).containsExactly("claim", "checkpoint", "record");
        assertThat(suspend.getTraceId()).isNotEqualTo(wake.getTraceId());
        SpanData call = spans.of(actor).stream()
                .filter(span -> span.getSpanId().equals(suspend.getParentSpanId()))
                .findFirst()
                .orElseThrow();
        assertThat(call.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(call.getName()).contains("suspend");
        for (SpanData transition : List.of(wake, suspend)) {
            assertThat(attribute(transition, "dormouse.actor")).isEqualTo(actor);
            assertThat(attribute(transition, "dormouse.atespace")).isEqualTo("default");
            assertThat(attribute(transition, "dormouse.template")).isEqualTo("traced/simulated");
            assertThat(attribute(transition, "dormouse.worker")).startsWith("traced/pool/pool-");
            assertThat(transition.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        }
    }

    @Test
    void whatFailsIsAnErrorUpToItsCause() throws Exception {
        ateom.faults(call -> call.method().equals("activate") ? Fault.REFUSED : Fault.NONE);

        requestThroughTheRouter();

        SpanData wake = ended("wake");
        assertThat(names(childrenOf(wake))).containsExactly("claim", "activate");
        assertThat(childrenOf(wake).get(0).getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        for (SpanData failed : List.of(ended("router wake"), wake, ended("activate"))) {
            assertThat(failed.getStatus().getStatusCode()).as(failed.getName()).isEqualTo(StatusCode.ERROR);
            assertThat(failed.getStatus().getDescription()).contains("told to refuse");
        }
        assertThat(ended("activate").getStatus().getDescription()).startsWith("SANDBOX");
    }

    @Test
    void aSnapshotThatCantBeTakenIsAnErrorOfTheSleep() {
        api.post("/v1/atespaces/default/actors/%s:resume".formatted(actor), "{}");
        ateom.faults(call -> call.method().equals("checkpoint") ? Fault.REFUSED : Fault.NONE);

        api.post("/v1/atespaces/default/actors/%s:suspend".formatted(actor), "");

        SpanData suspend = ended("suspend");
        assertThat(suspend.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(ended("checkpoint").getStatus().getDescription()).contains("told to refuse");
        ateom.faults(call -> Fault.NONE);
    }

    @Test
    void heartbeatsAreNoTraces() {
        // every ready template above needed some
        assertThat(spans.all()).isNotEmpty().noneMatch(span -> span.getName().contains("Heartbeat"));
    }
}
