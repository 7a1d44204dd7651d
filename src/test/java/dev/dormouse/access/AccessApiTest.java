package dev.dormouse.access;

import static dev.dormouse.ateapi.Clients.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.ateapi.Clients;
import dev.dormouse.ateapi.Reflection;
import dev.dormouse.ateapi.v008.wire.ActorRef;
import dev.dormouse.ateapi.v008.wire.DebugClearRequest;
import dev.dormouse.ateapi.v008.wire.ListActorsRequest;
import dev.dormouse.ateapi.v008.wire.ResumeActorRequest;
import dev.dormouse.ateom.wire.HeartbeatRequest;
import dev.dormouse.ateom.wire.WorkerRegistryGrpc;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.RawApi;
import dev.dormouse.standalone.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A standalone server with a token, at both of its edges. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(AccessApiTest.Guarded.class)
class AccessApiTest {

    static final String TOKEN = "correct-horse-battery-staple";
    private static final String FORGED = "correct-horse-battery-stapler";

    public static final class Guarded implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("dormouse.access.token", TOKEN);
        }
    }

    @TestHTTPResource("/")
    URI base;

    @TestHTTPResource(value = "/", management = true)
    URI management;

    private RawApi api;
    private Clients clients;
    private AuditLines audit;

    @BeforeEach
    void start() {
        api = new RawApi(base);
        clients = new Clients("localhost", base.getPort());
        audit = AuditLines.listen();
    }

    @AfterEach
    void stop() {
        audit.close();
        clients.close();
    }

    private RawApi.Answer send(String method, String path, String body, String... headers) {
        return api.send(method, path, "application/json", BodyPublishers.ofString(body), headers);
    }

    private static String[] bearer(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }

    @Test
    void theTokenOpensRest() {
        assertThat(send("GET", "/v1/workers", "", bearer(TOKEN)).status()).isEqualTo(200);
        assertThat(send("GET", "/v1/actortemplates", "", bearer(TOKEN)).status())
                .isEqualTo(200);
        assertThat(send("POST", "/v1/admin/sweep", "", bearer(TOKEN)).status()).isEqualTo(200);
        assertThat(send("GET", "/v1/workers", "", "Authorization", "bearer  " + TOKEN)
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/workers",
                "GET /v1/watch",
                "POST /v1/atespaces",
                "PUT /v1/manifests",
                "POST /v1/admin/sweep",
                "GET /v1/actors?no-such=parameter",
                "GET /v1/atespaces/Bad_Name",
                "GET /console/live",
                "POST /v1/atespaces/default/actors/x:resume"
            })
    void withoutItNothingIsToldAndNothingDone(String request) {
        String method = request.split(" ")[0];
        String path = request.split(" ")[1];

        for (String[] headers :
                List.of(new String[0], bearer(FORGED), bearer(""), new String[] {"Authorization", "Basic " + TOKEN})) {
            RawApi.Answer answer = send(method, path, "{\"bad", headers);

            assertThat(answer.problem(401, Code.UNAUTHENTICATED)).doesNotContain(FORGED);
            assertThat(answer.response().headers().firstValue("WWW-Authenticate"))
                    .contains("Bearer");
        }
    }

    @Test
    void anOversizedHeaderIsRefused() {
        RawApi.Answer answer = send("GET", "/v1/workers", "", bearer("a".repeat(100_000)));

        assertThat(answer.status()).isEqualTo(431);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void theTokenOpensGrpc() {
        Clients known = clients.calledWith(TOKEN);

        assertThat(known.v008()
                        .listActors(ListActorsRequest.getDefaultInstance())
                        .getActorsList())
                .isEmpty();
        assertThat(refusal(Code.NOT_FOUND, () -> known.v008().resumeActor(resume("nobody"))))
                .contains("not found");
    }

    @Test
    void withoutItGrpcTellsNothing() {
        for (Clients unknown : List.of(
                clients,
                clients.calledWith(FORGED),
                clients.calledWith("a".repeat(7_000)),
                clients.with("authorization", TOKEN))) {
            String refusal = refusal(Code.UNAUTHENTICATED, () -> unknown.v008().resumeActor(resume("nobody")));

            assertThat(refusal).doesNotContain(FORGED).doesNotContain("found");
            refusal(Code.UNAUTHENTICATED, () -> unknown.raw("ResumeActor", new byte[] {1, 2, 3}));
            refusal(Code.UNAUTHENTICATED, () -> unknown.v008().debugClear(DebugClearRequest.getDefaultInstance()));
        }
    }

    @Test
    void clearingNeedsTheSwitchToo() {
        String refusal = refusal(
                Code.PERMISSION_DENIED,
                () -> clients.calledWith(TOKEN).v008().debugClear(DebugClearRequest.getDefaultInstance()));

        assertThat(refusal).contains("dormouse.api.debug");
    }

    @Test
    void oversizedMetadataIsRefused() {
        Clients huge = clients.with("x-huge", "a".repeat(100_000));

        refusal(Code.INTERNAL, () -> huge.v008().listActors(ListActorsRequest.getDefaultInstance()));
        assertThat(clients.calledWith(TOKEN)
                        .v008()
                        .listActors(ListActorsRequest.getDefaultInstance())
                        .getActorsList())
                .isEmpty();
    }

    @Test
    void everyServiceIsKnownHere() throws Exception {
        assertThat(Reflection.services(clients.channel()))
                .as("each checks its callers or has nothing to hide")
                .containsExactlyInAnyOrder(
                        // passes every method through the gate
                        "ateapi.Control",
                        // Mandates
                        "ateapi.SessionIdentity",
                        "dormouse.ateom.v1.ActorIdentity",
                        // ReporterCheck
                        "dormouse.ateom.v1.WorkerRegistry",
                        "grpc.health.v1.Health");
    }

    @Test
    void nobodyReportsWorkersWithoutTheServersOwnToken() {
        HeartbeatRequest report = HeartbeatRequest.newBuilder()
                .setAteomId(UUID.randomUUID().toString())
                .build();

        for (Clients unknown : List.of(clients, clients.calledWith(TOKEN), clients.calledWith(FORGED))) {
            refusal(
                    Code.UNAUTHENTICATED,
                    () -> WorkerRegistryGrpc.newBlockingStub(unknown.watched()).heartbeat(report));
        }
    }

    @Test
    void healthMetricsAndTheDescriptionAreOpen() {
        assertThat(api.get("/q/openapi").status()).isEqualTo(200);
        assertThat(new RawApi(management).get("/q/health/live").status()).isEqualTo(200);
        assertThat(new RawApi(management).get("/q/metrics").status()).isEqualTo(200);
    }

    @Test
    void changesAreAudited() {
        send("POST", "/v1/atespaces", "{\"name\": \"audited\"}", bearer(TOKEN));
        send("DELETE", "/v1/atespaces/audited", "", bearer(TOKEN));
        send("DELETE", "/v1/atespaces/audited", "", bearer(TOKEN));
        send("DELETE", "/v1/atespaces/audited%0Aforged", "", bearer(FORGED));
        send("GET", "/v1/atespaces/audited", "", bearer(TOKEN));
        refusal(Code.NOT_FOUND, () -> clients.calledWith(TOKEN).v008().resumeActor(resume("nobody")));
        refusal(Code.UNAUTHENTICATED, () -> clients.v008().resumeActor(resume("nobody")));

        assertThat(audit.messages())
                .containsExactly(
                        "token: create atespaces in all atespaces: OK",
                        "token: delete atespaces in atespace audited audited: OK",
                        "token: delete atespaces in atespace audited audited: NOT_FOUND",
                        "unknown: delete atespaces in atespace audited?forged audited?forged: UNAUTHENTICATED",
                        "token: create actors/resume in atespace default nobody: NOT_FOUND",
                        "unknown: create actors/resume in all atespaces: UNAUTHENTICATED");
        assertThat(audit.fields().get(4))
                .containsEntry("user", "token")
                .containsEntry("verb", "create")
                .containsEntry("resource", "actors/resume")
                .containsEntry("atespace", "default")
                .containsEntry("name", "nobody")
                .containsEntry("result", "NOT_FOUND");
    }

    private static ResumeActorRequest resume(String actor) {
        return ResumeActorRequest.newBuilder()
                .setActorRef(ActorRef.newBuilder().setAtespace("default").setName(actor))
                .build();
    }
}
