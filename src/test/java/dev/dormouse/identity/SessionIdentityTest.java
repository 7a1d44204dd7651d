package dev.dormouse.identity;

import static dev.dormouse.ateapi.Clients.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.dormouse.ateapi.Clients;
import dev.dormouse.ateapi.SimulatedPool;
import dev.dormouse.ateapi.v008.wire.ActorRef;
import dev.dormouse.ateapi.v008.wire.CreateActorRequest;
import dev.dormouse.ateapi.v008.wire.CreateAtespaceRequest;
import dev.dormouse.ateapi.v008.wire.MintCertRequest;
import dev.dormouse.ateapi.v008.wire.MintJWTRequest;
import dev.dormouse.ateapi.v008.wire.ResumeActorRequest;
import dev.dormouse.ateapi.v008.wire.SessionIdentityGrpc;
import dev.dormouse.ateapi.v008.wire.SuspendActorRequest;
import dev.dormouse.ateom.wire.ActorIdentityGrpc;
import dev.dormouse.ateom.wire.MintTokenRequest;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.RawApi;
import dev.dormouse.sim.SimulatedAteom.SimulatedSlot;
import dev.dormouse.standalone.TestDatabase;
import dev.dormouse.worker.Mandate;
import dev.dormouse.worker.Mandates;
import io.grpc.Status;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server whose workers each have a token of their own, as in a cluster; two of them, and actors on both. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(SessionIdentityTest.WorkersApart.class)
class SessionIdentityTest {

    private static final String ISSUER = "https://agents.example.com/substrate";
    private static final String TOKEN = "worker-";

    public static final class WorkersApart implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("dormouse.identity.issuer", ISSUER, "dormouse.identity.trust-domain", "example.com");
        }

        @Override
        public Set<Class<?>> getEnabledAlternatives() {
            return Set.of(TokenOfOneWorker.class);
        }
    }

    @Alternative
    @ApplicationScoped
    public static class TokenOfOneWorker implements Mandates {
        @Override
        public Uni<Mandate> of(Optional<String> token) {
            return token.filter(shown -> shown.startsWith(TOKEN))
                    .map(shown -> Uni.createFrom().item(new Mandate(UUID.fromString(shown.substring(TOKEN.length())))))
                    .orElseGet(() -> Uni.createFrom().failure(Status.UNAUTHENTICATED.asRuntimeException()));
        }
    }

    @TestHTTPResource("/")
    URI base;

    private final String atespace = "t" + UUID.randomUUID().toString().substring(0, 8);
    private SimulatedPool pool;
    private Clients clients;
    private RawApi api;
    /** Each on a worker of its own. */
    private SimulatedSlot ofOne;

    private SimulatedSlot ofTwo;

    @BeforeEach
    void start() throws IOException {
        pool = SimulatedPool.start(base);
        clients = new Clients("localhost", base.getPort());
        api = new RawApi(base);
        clients.v008()
                .createAtespace(
                        CreateAtespaceRequest.newBuilder().setName(atespace).build());
        ofOne = run("one");
        ofTwo = run("two");
    }

    @AfterEach
    void stop() {
        suspend("one");
        suspend("two");
        clients.close();
        pool.close();
    }

    private ActorRef ref(String id) {
        return ActorRef.newBuilder().setAtespace(atespace).setName(id).build();
    }

    private SimulatedSlot run(String id) {
        clients.v008()
                .createActor(CreateActorRequest.newBuilder()
                        .setActorRef(ref(id))
                        .setActorTemplateNamespace("wire")
                        .setActorTemplateName("simulated")
                        .build());
        clients.v008()
                .resumeActor(
                        ResumeActorRequest.newBuilder().setActorRef(ref(id)).build());
        return pool.ateom().running(ActorKey.of(atespace, id)).orElseThrow();
    }

    private void suspend(String id) {
        clients.v008()
                .suspendActor(
                        SuspendActorRequest.newBuilder().setActorRef(ref(id)).build());
    }

    private Clients workerOf(SimulatedSlot slot) {
        return clients.calledWith(TOKEN + slot.worker());
    }

    private static SessionIdentityGrpc.SessionIdentityBlockingStub sessions(Clients caller) {
        return SessionIdentityGrpc.newBlockingStub(caller.watched());
    }

    private static String jwt(Clients caller, MintJWTRequest.Builder request) {
        return sessions(caller).mintJWT(request.build()).getSessionJwt();
    }

    private static MintJWTRequest.Builder toVault() {
        return MintJWTRequest.newBuilder().addAudience("vault");
    }

    private MintTokenRequest.Builder ofStay(SimulatedSlot slot, String id) {
        return MintTokenRequest.newBuilder()
                .setWorkerUid(slot.worker())
                .setActor(dev.dormouse.ateom.wire.ActorRef.newBuilder()
                        .setAtespace(atespace)
                        .setId(id))
                .setGeneration(slot.generation())
                .addAudiences("vault");
    }

    private static String stayToken(Clients caller, MintTokenRequest.Builder request) {
        return ActorIdentityGrpc.newBlockingStub(caller.watched())
                .mintToken(request.build())
                .getToken();
    }

    private Published published() {
        return new Published(api.get("/openid/v1/jwks").body());
    }

    @Test
    void aTokenSaysWhoTheActorIs() {
        JsonObject claims = published().claims(stayToken(workerOf(ofOne), ofStay(ofOne, "one")));

        long now = Instant.now().getEpochSecond();
        assertThat(claims.getString("iss")).isEqualTo(ISSUER);
        assertThat(claims.getString("sub")).isEqualTo("spiffe://example.com/atespace/%s/actor/one".formatted(atespace));
        assertThat(claims.getValue("aud")).isIn("vault", JsonArray.of("vault"));
        assertThat(claims.getLong("iat")).isCloseTo(now, within(10L));
        assertThat(claims.getLong("nbf")).isLessThanOrEqualTo(claims.getLong("iat"));
        assertThat(claims.getLong("exp")).isEqualTo(claims.getLong("iat") + 15 * 60);
        assertThat(UUID.fromString(claims.getString("jti"))).isNotNull();
        JsonObject ours = claims.getJsonObject("ate.dev");
        String uid = api.get("/v1/atespaces/%s/actors/one".formatted(atespace))
                .json()
                .getString("uid");
        assertThat(ours)
                .isEqualTo(new JsonObject()
                        .put("atespace", atespace)
                        .put("actor", "one")
                        .put("uid", uid)
                        .put("template", "wire/simulated")
                        .put("generation", ofOne.generation()));
    }

    @Test
    void anActorThatWorksForSomebodyActsForHim() {
        String path = "/v1/atespaces/%s/actors/one".formatted(atespace);
        api.send(
                "PATCH",
                path,
                "application/merge-patch+json",
                BodyPublishers.ofString("{\"labels\": {\"ate.dev/user\": \"alice\"}}"));

        JsonObject claims = published().claims(jwt(workerOf(ofOne), toVault().setUserId("alice")));

        assertThat(claims.getString("sub"))
                .isEqualTo("spiffe://example.com/atespace/%s/user/alice".formatted(atespace));
        assertThat(claims.getJsonObject("act"))
                .isEqualTo(
                        new JsonObject().put("sub", "spiffe://example.com/atespace/%s/actor/one".formatted(atespace)));
        assertThat(claims.getJsonObject("ate.dev").getString("user")).isEqualTo("alice");
        refusal(Code.PERMISSION_DENIED, () -> jwt(workerOf(ofOne), toVault().setUserId("bob")));
        refusal(Code.PERMISSION_DENIED, () -> jwt(workerOf(ofTwo), toVault().setUserId("alice")));
    }

    @Test
    void eachTokenIsAnother() {
        Published published = published();

        String first = published.claims(jwt(workerOf(ofOne), toVault())).getString("jti");
        String second = published.claims(jwt(workerOf(ofOne), toVault())).getString("jti");

        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void aSessionIsTheActorOfTheWorkerThatAsks() {
        assertThat(actorIn(jwt(workerOf(ofOne), toVault()))).isEqualTo("one");
        assertThat(actorIn(jwt(workerOf(ofTwo), toVault().addAudience("bank")))).isEqualTo("two");
        assertThat(actorIn(jwt(workerOf(ofTwo), toVault().setSessionId("two").setAppId("wire/simulated"))))
                .isEqualTo("two");
    }

    private String actorIn(String token) {
        return published().claims(token).getJsonObject("ate.dev").getString("actor");
    }

    @Test
    void anotherWorkersActorIsRefusedLikeOneThatIsNotThere() {
        String byStay = refusal(Code.PERMISSION_DENIED, () -> stayToken(workerOf(ofOne), ofStay(ofTwo, "two")));
        String byName = refusal(
                Code.PERMISSION_DENIED, () -> jwt(workerOf(ofOne), toVault().setSessionId("two")));
        String onOwnWorker = refusal(
                Code.PERMISSION_DENIED,
                () -> stayToken(workerOf(ofOne), ofStay(ofTwo, "two").setWorkerUid(ofOne.worker())));

        assertThat(byStay)
                .isEqualTo(byName)
                .isEqualTo(onOwnWorker)
                .isEqualTo(refusal(Code.PERMISSION_DENIED, () -> stayToken(workerOf(ofOne), ofStay(ofOne, "nobody"))))
                .isEqualTo(refusal(
                        Code.PERMISSION_DENIED,
                        () -> jwt(workerOf(ofOne), toVault().setSessionId("nobody"))))
                .doesNotContain("two");
    }

    @Test
    void whatIsSaidMustAgree() {
        for (MintJWTRequest.Builder lie : List.of(
                toVault().setAppId("wire/other"),
                toVault().setAppId("simulated"),
                toVault().setUserId("alice"))) {
            refusal(Code.PERMISSION_DENIED, () -> jwt(workerOf(ofOne), lie));
        }
        refusal(
                Code.PERMISSION_DENIED,
                () -> sessions(workerOf(ofOne))
                        .mintCert(certificateRequest(SigningRequests.elliptic("secp256r1"))
                                .setSessionId("two")
                                .build()));
    }

    @Test
    void anActivationThatIsOverGetsNothing() {
        MintTokenRequest.Builder before = ofStay(ofOne, "one");
        Clients worker = workerOf(ofOne);
        suspend("one");
        refusal(Code.PERMISSION_DENIED, () -> stayToken(worker, before));
        refusal(Code.PERMISSION_DENIED, () -> jwt(worker, toVault()));

        clients.v008()
                .resumeActor(
                        ResumeActorRequest.newBuilder().setActorRef(ref("one")).build());
        SimulatedSlot again = pool.ateom().running(ActorKey.of(atespace, "one")).orElseThrow();
        refusal(Code.PERMISSION_DENIED, () -> stayToken(workerOf(again), before.setWorkerUid(again.worker())));
        assertThat(stayToken(workerOf(again), ofStay(again, "one"))).isNotEmpty();
        refusal(
                Code.PERMISSION_DENIED,
                () -> stayToken(workerOf(again), ofStay(again, "one").setGeneration(again.generation() + 1)));
    }

    @Test
    void withoutAWorkersTokenNothingIsSaid() {
        for (Clients unknown : List.of(
                clients, clients.calledWith("forged"), clients.calledWith(""), clients.with("authorization", TOKEN))) {
            refusal(Code.UNAUTHENTICATED, () -> jwt(unknown, toVault()));
            refusal(Code.UNAUTHENTICATED, () -> jwt(unknown, MintJWTRequest.newBuilder()));
            refusal(Code.UNAUTHENTICATED, () -> sessions(unknown).mintCert(MintCertRequest.getDefaultInstance()));
            refusal(Code.UNAUTHENTICATED, () -> stayToken(unknown, ofStay(ofOne, "one")));
            refusal(Code.UNAUTHENTICATED, () -> stayToken(unknown, MintTokenRequest.newBuilder()));
        }
    }

    @Test
    void aTokenIsForAFewThatAreNamed() {
        Clients worker = workerOf(ofOne);

        refusal(Code.INVALID_ARGUMENT, () -> jwt(worker, MintJWTRequest.newBuilder()));
        refusal(
                Code.INVALID_ARGUMENT,
                () -> jwt(worker, MintJWTRequest.newBuilder().addAudience("a".repeat(100_000))));
        refusal(
                Code.INVALID_ARGUMENT,
                () -> jwt(worker, MintJWTRequest.newBuilder().addAllAudience(Collections.nCopies(10_000, "a"))));
        refusal(
                Code.INVALID_ARGUMENT,
                () -> stayToken(worker, ofStay(ofOne, "one").clearAudiences()));
    }

    @Test
    void claimsOfTheCallersOwnAreRefused() {
        MintJWTRequest.Builder request = toVault();
        request.setUnknownFields(UnknownFieldSet.newBuilder()
                .addField(
                        5,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFromUtf8("admin"))
                                .build())
                .build());

        assertThat(refusal(Code.INVALID_ARGUMENT, () -> jwt(workerOf(ofOne), request)))
                .contains("custom_claims");
    }

    @Test
    void whatIsMalformedIsSaidToBe() {
        Clients worker = workerOf(ofOne);

        refusal(
                Code.INVALID_ARGUMENT,
                () -> stayToken(worker, ofStay(ofOne, "one").setWorkerUid("x")));
        refusal(Code.INVALID_ARGUMENT, () -> stayToken(worker, ofStay(ofOne, "../one")));
        refusal(Code.INVALID_ARGUMENT, () -> jwt(worker, toVault().setSessionId("' or 1=1 --\0")));
    }

    private MintCertRequest.Builder certificateRequest(KeyPair keys) {
        return MintCertRequest.newBuilder()
                .setCertificateSigningRequest(ByteString.copyFrom(SigningRequests.by(keys, "SHA256withECDSA")));
    }

    @Test
    void aCertificateSaysWhoTheActorIsWhateverItsRequestSays() throws Exception {
        KeyPair keys = SigningRequests.elliptic("secp256r1");

        List<ByteString> chain = sessions(workerOf(ofTwo))
                .mintCert(certificateRequest(keys).setSessionId("two").build())
                .getSessionCertificatesList();

        assertThat(chain).hasSize(1);
        X509Certificate certificate = certificate(chain.getFirst().toByteArray());
        certificate.verify(authority().getPublicKey());
        certificate.checkValidity();
        assertThat(certificate.getPublicKey()).isEqualTo(keys.getPublic());
        assertThat(certificate.getSubjectX500Principal().getName()).isEmpty();
        assertThat(certificate.getSubjectAlternativeNames())
                .containsExactly(List.of(6, "spiffe://example.com/atespace/%s/actor/two".formatted(atespace)));
    }

    /** The one of the SPIFFE bundle. */
    private X509Certificate authority() throws Exception {
        JsonArray keys = api.get("/spiffe/v1/bundle").json().getJsonArray("keys");
        for (int i = 0; i < keys.size(); i++) {
            if (keys.getJsonObject(i).getString("use").equals("x509-svid")) {
                return certificate(Base64.getDecoder()
                        .decode(keys.getJsonObject(i).getJsonArray("x5c").getString(0)));
            }
        }
        throw new AssertionError("no authority in " + keys);
    }

    private static X509Certificate certificate(byte[] der) throws Exception {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    @Test
    void aMalformedSigningRequestIsRefused() {
        for (byte[] bad : List.of(new byte[0], new byte[] {1, 2, 3}, new byte[20_000])) {
            refusal(
                    Code.INVALID_ARGUMENT,
                    () -> sessions(workerOf(ofOne))
                            .mintCert(MintCertRequest.newBuilder()
                                    .setCertificateSigningRequest(ByteString.copyFrom(bad))
                                    .build()));
        }
    }

    @Test
    void anyoneFindsTheKeys() {
        RawApi.Answer discovered = api.get("/.well-known/openid-configuration");
        RawApi.Answer keys = api.get("/openid/v1/jwks");

        assertThat(discovered.json().getString("issuer")).isEqualTo(ISSUER);
        assertThat(discovered.json().getString("jwks_uri")).isEqualTo(ISSUER + "/openid/v1/jwks");
        assertThat(discovered.json().getJsonArray("id_token_signing_alg_values_supported"))
                .containsExactly("ES256");
        assertThat(keys.mediaType()).startsWith("application/jwk-set+json");
        assertThat(keys.json().getJsonArray("keys")).isNotEmpty();
        for (String path : List.of("/.well-known/openid-configuration", "/openid/v1/jwks", "/spiffe/v1/bundle")) {
            RawApi.Answer answer = api.get(path);
            assertThat(answer.status()).as(path).isEqualTo(200);
            assertThat(answer.response().headers().firstValue("Cache-Control"))
                    .as(path)
                    .contains("public, max-age=300");
            assertThat(answer.body()).as(path).doesNotContain("\"d\"");
        }
    }
}
