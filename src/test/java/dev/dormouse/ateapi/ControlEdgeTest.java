package dev.dormouse.ateapi;

import static dev.dormouse.ateapi.Clients.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.dormouse.ateapi.v008.wire.Actor.Status;
import dev.dormouse.ateapi.v008.wire.ActorRef;
import dev.dormouse.ateapi.v008.wire.CreateActorRequest;
import dev.dormouse.ateapi.v008.wire.GetActorRequest;
import dev.dormouse.ateapi.v008.wire.GetActorResponse;
import dev.dormouse.ateapi.v008.wire.ResumeActorRequest;
import dev.dormouse.ateapi.v008.wire.SuspendActorRequest;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.RawApi;
import dev.dormouse.platform.RecordedSpans;
import dev.dormouse.standalone.TestDatabase;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What reaches Control that no generated client would send; clients that go away; what users see of calls. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ControlEdgeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> METHODS = List.of(
            "GetActor",
            "CreateActor",
            "UpdateActor",
            "SuspendActor",
            "PauseActor",
            "ResumeActor",
            "DeleteActor",
            "ListActors",
            "CreateAtespace",
            "GetAtespace",
            "DeleteAtespace");

    @TestHTTPResource("/")
    URI base;

    @TestHTTPResource(value = "/", management = true)
    URI metrics;

    @Inject
    RecordedSpans spans;

    private final String id = "x" + UUID.randomUUID().toString().substring(0, 8);
    private final ActorRef ref =
            ActorRef.newBuilder().setAtespace("default").setName(id).build();
    private SimulatedPool pool;
    private Clients clients;

    @BeforeEach
    void start() throws IOException {
        pool = SimulatedPool.start(base);
        clients = new Clients("localhost", base.getPort());
        create(ref);
    }

    private void create(ActorRef actor) {
        clients.v008()
                .createActor(CreateActorRequest.newBuilder()
                        .setActorRef(actor)
                        .setActorTemplateNamespace("wire")
                        .setActorTemplateName("simulated")
                        .build());
    }

    private void suspend(ActorRef actor) {
        clients.v008()
                .suspendActor(
                        SuspendActorRequest.newBuilder().setActorRef(actor).build());
    }

    @AfterEach
    void stop() {
        pool.ateom().latency(Duration.ZERO);
        suspend(ref);
        clients.close();
        pool.close();
    }

    @Test
    void anEmptyRequestLacksSomething() {
        for (String method : METHODS) {
            if (!method.equals("ListActors")) {
                assertThat(refusal(Code.INVALID_ARGUMENT, () -> clients.raw(method, new byte[0])))
                        .as(method)
                        .endsWith("is required");
            }
        }
    }

    @Test
    void whatIsNoMessageIsRefused() {
        byte[] cut = {0x0a, 0x7f, 'a'};
        byte[] endless = {
            (byte) 0xff,
            (byte) 0xff,
            (byte) 0xff,
            (byte) 0xff,
            (byte) 0xff,
            (byte) 0xff,
            (byte) 0xff,
            (byte) 0xff,
            (byte) 0xff,
            (byte) 0xff,
            (byte) 0xff
        };
        byte[] noText = {0x0a, 0x03, 'a', (byte) 0xc3, 0x28};
        byte[] noTextInside = {0x0a, 0x04, 0x12, 0x02, (byte) 0xc3, 0x28};
        byte[] aNumber = {0x08, 0x01};
        byte[] innerCut = {0x0a, 0x03, 0x12, 0x7f, 'a'};
        for (String method : METHODS) {
            for (byte[] bad : List.of(cut, endless, noText, noTextInside, innerCut)) {
                if (!method.equals("ListActors") || bad == cut || bad == endless) {
                    assertThat(refusalOf(method, bad))
                            .as("%s of %s", method, bad)
                            .doesNotContain("Exception");
                }
            }
            if (!method.equals("ListActors")) {
                refusal(Code.INVALID_ARGUMENT, () -> clients.raw(method, aNumber));
            }
        }
    }

    /** A message of another era in a method that tells eras apart is refused as such. */
    private String refusalOf(String method, byte[] bad) {
        try {
            clients.raw(method, bad);
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode().name()).as(method).isIn("INVALID_ARGUMENT", "FAILED_PRECONDITION");
            return String.valueOf(e.getStatus().getDescription());
        }
        throw new AssertionError(method + " was carried out");
    }

    @Test
    void anyBytesAreAnsweredAndNeverAsOurFault() {
        Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = new byte[random.nextInt(24)];
            random.nextBytes(bytes);
            if (bytes.length > 2 && random.nextBoolean()) {
                bytes[0] = 0x0a;
                bytes[1] = (byte) (bytes.length - 2);
            }
            String method = METHODS.get(random.nextInt(METHODS.size()));
            try {
                clients.raw(method, bytes);
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode().name())
                        .as("%s of %s", method, HexFormat.of().formatHex(bytes))
                        .isIn("INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "ALREADY_EXISTS");
            }
        }
    }

    @Test
    void fieldsThatNobodyKnowsAreIgnored() throws Exception {
        GetActorRequest later = GetActorRequest.newBuilder()
                .setActorRef(ref)
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                900,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFromUtf8("of the future"))
                                        .build())
                        .build())
                .build();

        assertThat(GetActorResponse.parseFrom(clients.raw("GetActor", later.toByteString()))
                        .getActor()
                        .getActorId())
                .isEqualTo(id);
    }

    @Test
    void aRequestInTwoPiecesIsOne() throws Exception {
        ByteString atespace = GetActorRequest.newBuilder()
                .setActorRef(ActorRef.newBuilder().setAtespace("default"))
                .build()
                .toByteString();
        ByteString name = GetActorRequest.newBuilder()
                .setActorRef(ActorRef.newBuilder().setName(id))
                .build()
                .toByteString();

        assertThat(GetActorResponse.parseFrom(clients.raw("GetActor", atespace.concat(name)))
                        .getActor()
                        .getActorId())
                .isEqualTo(id);
    }

    @Test
    void aRequestThatIsTooLargeIsRefusedAndTheConnectionServesOn() {
        byte[] large = GetActorRequest.newBuilder()
                .setActorRef(ActorRef.newBuilder().setAtespace("default").setName("a".repeat(5 << 20)))
                .build()
                .toByteArray();

        refusal(Code.RESOURCE_EXHAUSTED, () -> clients.raw("GetActor", large));

        assertThat(clients.v008()
                        .getActor(GetActorRequest.newBuilder().setActorRef(ref).build())
                        .getActor()
                        .getActorId())
                .isEqualTo(id);
    }

    @Test
    void whatIsNoMethodIsUnimplemented() {
        refusal(Code.UNIMPLEMENTED, () -> clients.raw("StealActor", new byte[0]));
        refusal(
                Code.UNIMPLEMENTED,
                () -> ClientCalls.blockingUnaryCall(
                        clients.channel(),
                        Clients.descriptor("ateapi.Nothing/GetActor"),
                        CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
                        new byte[0]));
    }

    @Test
    void metadataThatIsTooLargeIsRefusedAndTheConnectionServesOn() {
        Metadata large = new Metadata();
        large.put(Metadata.Key.of("x-large", Metadata.ASCII_STRING_MARSHALLER), "a".repeat(64 << 10));
        var loaded = clients.v008().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(large));
        var question = GetActorRequest.newBuilder().setActorRef(ref).build();

        // by the client itself: the server has told it how much is too much
        refusal(Code.INTERNAL, () -> loaded.getActor(question));

        assertThat(status()).isEqualTo(Status.STATUS_SUSPENDED);
    }

    @Test
    void aDeadlineEndsTheCallAndNotTheWake() {
        pool.ateom().latency(Duration.ofSeconds(1));

        refusal(
                Code.DEADLINE_EXCEEDED,
                () -> clients.v008()
                        .withDeadlineAfter(200, TimeUnit.MILLISECONDS)
                        .resumeActor(
                                ResumeActorRequest.newBuilder().setActorRef(ref).build()));

        awaitRunning();
    }

    @Test
    void aClientThatGoesAwayLeavesTheWakeToTheServer() {
        pool.ateom().latency(Duration.ofSeconds(1));
        var call = clients.v008Later()
                .resumeActor(ResumeActorRequest.newBuilder().setActorRef(ref).build());
        await().atMost(PATIENCE).until(() -> status() == Status.STATUS_RESUMING);

        call.cancel(true);

        awaitRunning();
        assertThat(pool.ateom().running(ActorKey.of("default", id))).isPresent();
    }

    @Test
    void aClientThatGoesAwayTakesNoOtherCallOfItsConnectionAlong() throws Exception {
        pool.ateom().latency(Duration.ofSeconds(1));
        var gone = clients.v008Later()
                .resumeActor(ResumeActorRequest.newBuilder().setActorRef(ref).build());
        await().atMost(PATIENCE).until(() -> status() == Status.STATUS_RESUMING);
        gone.cancel(true);

        // under way when the answer to the other is due
        pool.ateom().latency(Duration.ofSeconds(2));
        ActorRef other = ref.toBuilder().setName(id + "-other").build();
        create(other);
        var stays = clients.v008Later()
                .resumeActor(ResumeActorRequest.newBuilder().setActorRef(other).build());

        assertThat(stays.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getActor().getStatus())
                .isEqualTo(Status.STATUS_RUNNING);
        assertThat(status()).isEqualTo(Status.STATUS_RUNNING);
        suspend(other);
    }

    @Test
    void aHundredClientsThatGoAwayLeaveNothingBehind() {
        var question = GetActorRequest.newBuilder().setActorRef(ref).build();
        for (int i = 0; i < 100; i++) {
            clients.v008Later().getActor(question).cancel(true);
        }

        // connections of the database that were held would be missed now: there are fewer
        for (int i = 0; i < 100; i++) {
            assertThat(status()).isEqualTo(Status.STATUS_SUSPENDED);
        }
    }

    private void awaitRunning() {
        await().atMost(PATIENCE).until(() -> status() == Status.STATUS_RUNNING);
    }

    private Status status() {
        return clients.v008()
                .getActor(GetActorRequest.newBuilder().setActorRef(ref).build())
                .getActor()
                .getStatus();
    }

    @Test
    void reflectionTellsWhatThereIs() throws Exception {
        assertThat(Reflection.services(clients.channel())).contains("ateapi.Control");
        var file = Reflection.file(clients.channel(), "ateapi.Control");
        assertThat(file.getPackage()).isEqualTo("ateapi");
        assertThat(file.getServices().getFirst().getMethods()).hasSize(14);
        assertThat(file.findMessageTypeByName("Actor")
                        .findFieldByName("atespace")
                        .getNumber())
                .isEqualTo(15);
    }

    @Test
    void callsAreCountedAndTimedByMethodAndStatus() {
        clients.v008().getActor(GetActorRequest.newBuilder().setActorRef(ref).build());

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(new RawApi(metrics).get("/q/metrics").body())
                                .containsPattern(
                                        "(?m)^grpc_server_processing_duration_seconds_count\\{[^}]*"
                                                + "method=\"GetActor\"[^}]*service=\"ateapi.Control\"[^}]*statusCode=\"OK\"[^}]*} [1-9]"));
    }

    @Test
    void aCallIsASpanAndItsTransitionHangsBelowIt() {
        clients.v008()
                .resumeActor(ResumeActorRequest.newBuilder().setActorRef(ref).build());

        SpanData wake = await().atMost(PATIENCE)
                .until(
                        () -> spans.of(id).stream()
                                .filter(span -> span.getName().equals("wake"))
                                .findFirst()
                                .orElse(null),
                        span -> span != null);
        SpanData call = await().atMost(PATIENCE)
                .until(
                        () -> spans.all().stream()
                                .filter(span -> span.getSpanId().equals(wake.getParentSpanId()))
                                .findFirst()
                                .orElse(null),
                        span -> span != null);
        assertThat(call.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(call.getName()).isEqualTo("ateapi.Control/ResumeActor");
        assertThat(call.getAttributes().get(AttributeKey.stringKey("rpc.system")))
                .isEqualTo("grpc");
        assertThat(call.getAttributes().get(AttributeKey.stringKey("rpc.service")))
                .isEqualTo("ateapi.Control");
        assertThat(call.getAttributes().get(AttributeKey.stringKey("rpc.method")))
                .isEqualTo("ResumeActor");
        assertThat(call.getAttributes().get(AttributeKey.longKey("rpc.grpc.status_code")))
                .isZero();
    }
}
