package dev.dormouse.ateapi;

import static dev.dormouse.ateapi.Clients.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.ateapi.v006.wire.GetActorResponse;
import dev.dormouse.ateapi.v009.wire.Actor;
import dev.dormouse.ateapi.v009.wire.Actor.Status;
import dev.dormouse.ateapi.v009.wire.Atespace;
import dev.dormouse.ateapi.v009.wire.CreateActorRequest;
import dev.dormouse.ateapi.v009.wire.CreateAtespaceRequest;
import dev.dormouse.ateapi.v009.wire.DebugClearRequest;
import dev.dormouse.ateapi.v009.wire.DeleteActorRequest;
import dev.dormouse.ateapi.v009.wire.DeleteAtespaceRequest;
import dev.dormouse.ateapi.v009.wire.GetActorRequest;
import dev.dormouse.ateapi.v009.wire.GetAtespaceRequest;
import dev.dormouse.ateapi.v009.wire.ListActorsRequest;
import dev.dormouse.ateapi.v009.wire.ListAtespacesRequest;
import dev.dormouse.ateapi.v009.wire.ListWorkersRequest;
import dev.dormouse.ateapi.v009.wire.MintJWTRequest;
import dev.dormouse.ateapi.v009.wire.MintJWTResponse;
import dev.dormouse.ateapi.v009.wire.ObjectRef;
import dev.dormouse.ateapi.v009.wire.PauseActorRequest;
import dev.dormouse.ateapi.v009.wire.ResourceMetadata;
import dev.dormouse.ateapi.v009.wire.ResumeActorRequest;
import dev.dormouse.ateapi.v009.wire.Selector;
import dev.dormouse.ateapi.v009.wire.SnapshotType;
import dev.dormouse.ateapi.v009.wire.SuspendActorRequest;
import dev.dormouse.ateapi.v009.wire.UpdateActorRequest;
import dev.dormouse.ateapi.v009.wire.Worker;
import dev.dormouse.platform.Code;
import dev.dormouse.standalone.TestDatabase;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client of v0.0.9 against a server that answers so; callers don't wait long for workers there, and may clear it. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(LaterEraTest.Answering.class)
class LaterEraTest {

    public static final class Answering implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "dormouse.api.era", "v0.0.9", "dormouse.api.debug", "true", "dormouse.scheduler.wait", "500ms");
        }
    }

    @TestHTTPResource("/")
    URI base;

    private final String atespace = "t" + UUID.randomUUID().toString().substring(0, 8);
    private SimulatedPool pool;
    private Clients clients;

    @BeforeEach
    void start() throws IOException {
        pool = SimulatedPool.start(base);
        clients = new Clients("localhost", base.getPort());
        clients.v009().createAtespace(named(atespace));
    }

    @AfterEach
    void stop() {
        clients.v009().debugClear(DebugClearRequest.getDefaultInstance());
        clients.close();
        pool.close();
    }

    private static CreateAtespaceRequest named(String name) {
        return CreateAtespaceRequest.newBuilder()
                .setAtespace(Atespace.newBuilder()
                        .setMetadata(ResourceMetadata.newBuilder().setName(name)))
                .build();
    }

    private ObjectRef ref(String id) {
        return ObjectRef.newBuilder().setAtespace(atespace).setName(id).build();
    }

    private Actor create(String id) {
        return clients.v009()
                .createActor(CreateActorRequest.newBuilder()
                        .setActor(Actor.newBuilder()
                                .setMetadata(ResourceMetadata.newBuilder()
                                        .setAtespace(atespace)
                                        .setName(id))
                                .setActorTemplateNamespace("wire")
                                .setActorTemplateName("simulated"))
                        .build());
    }

    private Actor get(String id) {
        return clients.v009()
                .getActor(GetActorRequest.newBuilder().setActor(ref(id)).build());
    }

    private Actor resume(String id) {
        return clients.v009()
                .resumeActor(ResumeActorRequest.newBuilder().setActor(ref(id)).build())
                .getActor();
    }

    @Test
    void aLifeFromItsCreationToItsEnd() {
        var v009 = clients.v009();
        Actor created = create("liver");
        assertThat(created.getMetadata().getAtespace()).isEqualTo(atespace);
        assertThat(created.getMetadata().getName()).isEqualTo("liver");
        assertThat(created.getMetadata().getVersion()).isEqualTo(1);
        assertThat(UUID.fromString(created.getMetadata().getUid())).isNotNull();
        assertThat(created.getMetadata().getCreateTime().getSeconds()).isPositive();
        assertThat(created.getStatus()).isEqualTo(Status.STATUS_SUSPENDED);
        assertThat(get("liver")).isEqualTo(created);

        Actor updated = v009.updateActor(UpdateActorRequest.newBuilder()
                        .setActor(ref("liver"))
                        .setWorkerSelector(Selector.newBuilder().putMatchLabels("for", "wire"))
                        .build())
                .getActor();
        assertThat(updated.getWorkerSelector().getMatchLabelsMap()).containsOnly(Map.entry("for", "wire"));
        Actor running = resume("liver");
        assertThat(running.getStatus()).isEqualTo(Status.STATUS_RUNNING);
        assertThat(running.getWorkerPoolName()).isEqualTo("pool");
        assertThat(running.getAteomPodNamespace()).isEqualTo("wire");
        assertThat(v009.listWorkers(ListWorkersRequest.getDefaultInstance()).getWorkersList())
                .filteredOn(Worker::hasAssignment)
                .singleElement()
                .satisfies(worker -> {
                    assertThat(worker.getAssignment().getActor()).isEqualTo(ref("liver"));
                    assertThat(worker.getAssignment().getActorTemplate().getNamespace())
                            .isEqualTo("wire");
                    assertThat(worker.getAssignment().getActorTemplate().getName())
                            .isEqualTo("simulated");
                    assertThat(worker.getWorkerPodUid()).isEqualTo(running.getAteomPodUid());
                    assertThat(worker.getNodeName()).isEqualTo("simulated");
                    assertThat(worker.getSandboxClass()).isEqualTo("gvisor");
                    assertThat(worker.getLabelsMap()).containsOnly(Map.entry("for", "wire"));
                });

        Actor paused = v009.pauseActor(
                        PauseActorRequest.newBuilder().setActor(ref("liver")).build())
                .getActor();
        assertThat(paused.getStatus()).isEqualTo(Status.STATUS_PAUSED);
        assertThat(paused.getLatestSnapshotInfo().getType()).isEqualTo(SnapshotType.SNAPSHOT_TYPE_LOCAL);
        assertThat(paused.getLatestSnapshotInfo().getLocal().getNodeVmsWithLocalSnapshotsList())
                .containsExactly("simulated");
        Actor suspended = v009.suspendActor(
                        SuspendActorRequest.newBuilder().setActor(ref("liver")).build())
                .getActor();
        assertThat(suspended.getLatestSnapshotInfo().getType()).isEqualTo(SnapshotType.SNAPSHOT_TYPE_EXTERNAL);
        assertThat(suspended.getLatestSnapshotInfo().getExternal().getSnapshotUriPrefix())
                .startsWith("file:/nowhere/snapshots/" + atespace + "/liver/");
        assertThat(v009.listActors(ListActorsRequest.newBuilder()
                                .setAtespace(atespace)
                                .build())
                        .getActorsList())
                .containsExactly(suspended);

        Actor deleted = v009.deleteActor(
                DeleteActorRequest.newBuilder().setActor(ref("liver")).build());
        assertThat(deleted.getMetadata().getUid())
                .isEqualTo(created.getMetadata().getUid());
        assertThat(refusal(Code.NOT_FOUND, () -> get("liver"))).isEqualTo("Actor liver not found");
    }

    @Test
    void atespacesAreResourcesToo() {
        var v009 = clients.v009();
        ObjectRef ref = ObjectRef.newBuilder().setName(atespace).build();

        Atespace shown = v009.getAtespace(
                GetAtespaceRequest.newBuilder().setAtespace(ref).build());

        assertThat(shown.getMetadata().getName()).isEqualTo(atespace);
        assertThat(shown.getMetadata().getAtespace()).isEmpty();
        assertThat(UUID.fromString(shown.getMetadata().getUid())).isNotNull();
        refusal(Code.ALREADY_EXISTS, () -> v009.createAtespace(named(atespace)));
        refusal(Code.INVALID_ARGUMENT, () -> v009.createAtespace(CreateAtespaceRequest.getDefaultInstance()));
        assertThat(v009.listAtespaces(ListAtespacesRequest.getDefaultInstance()).getAtespacesList())
                .contains(shown);
        assertThat(v009.deleteAtespace(
                        DeleteAtespaceRequest.newBuilder().setAtespace(ref).build()))
                .isEqualTo(shown);
        refusal(
                Code.NOT_FOUND,
                () -> v009.getAtespace(
                        GetAtespaceRequest.newBuilder().setAtespace(ref).build()));
    }

    @Test
    void whoFindsNoFreeWorkerInTimeReadsWhatClientsLookFor() {
        create("one");
        create("two");
        create("three");
        resume("one");
        resume("two");

        assertThat(refusal(Code.FAILED_PRECONDITION, () -> resume("three"))).startsWith("no free workers available");
    }

    @Test
    void aNewActorLacksWhatItLacks() {
        var v009 = clients.v009();

        assertThat(refusal(Code.INVALID_ARGUMENT, () -> v009.createActor(CreateActorRequest.getDefaultInstance())))
                .isEqualTo("actor_id is required");
        refusal(
                Code.INVALID_ARGUMENT,
                () -> v009.createActor(CreateActorRequest.newBuilder()
                        .setActor(Actor.newBuilder()
                                .setMetadata(ResourceMetadata.newBuilder()
                                        .setAtespace(atespace)
                                        .setName("a")))
                        .build()));
    }

    @Test
    void aClientOfV006IsAnsweredInItsEraAndOneOfV008IsToldWhatToSet() throws Exception {
        var creation = dev.dormouse.ateapi.v006.wire.CreateActorRequest.newBuilder()
                .setActorId("bare")
                .setActorTemplateNamespace("wire")
                .setActorTemplateName("simulated")
                .build();
        assertThat(clients.v006().createActor(creation).getActor().getActorId()).isEqualTo("bare");
        assertThat(GetActorResponse.parseFrom(clients.raw(
                                "GetActor",
                                dev.dormouse.ateapi.v006.wire.GetActorRequest.newBuilder()
                                        .setActorId("bare")
                                        .build()
                                        .toByteString()))
                        .getActor()
                        .getActorId())
                .isEqualTo("bare");

        String advice = "the request is one of v0.0.8, and this server answers in v0.0.9;"
                + " set dormouse.api.era to that of its clients";
        assertThat(refusal(
                        Code.FAILED_PRECONDITION,
                        () -> clients.v008()
                                .createActor(dev.dormouse.ateapi.v008.wire.CreateActorRequest.newBuilder()
                                        .setActorRef(dev.dormouse.ateapi.v008.wire.ActorRef.newBuilder()
                                                .setAtespace(atespace)
                                                .setName("a"))
                                        .setActorTemplateNamespace("wire")
                                        .setActorTemplateName("simulated")
                                        .build())))
                .isEqualTo(advice);
        assertThat(refusal(
                        Code.FAILED_PRECONDITION,
                        () -> clients.v008()
                                .createAtespace(dev.dormouse.ateapi.v008.wire.CreateAtespaceRequest.newBuilder()
                                        .setName("a")
                                        .build())))
                .isEqualTo(advice);
    }

    @Test
    void clearingLeavesNothingThatSomebodyMade() {
        create("running");
        resume("running");
        create("asleep");

        clients.v009().debugClear(DebugClearRequest.getDefaultInstance());

        assertThat(clients.v009()
                        .listActors(ListActorsRequest.getDefaultInstance())
                        .getActorsList())
                .allMatch(actor -> actor.getMetadata().getAtespace().equals("ate-golden"));
        assertThat(clients.v009()
                        .listAtespaces(ListAtespacesRequest.getDefaultInstance())
                        .getAtespacesList())
                .extracting(left -> left.getMetadata().getName())
                .containsExactly("ate-golden", "default");
        assertThat(pool.ateom().held()).isZero();
    }

    @Test
    void anActorsTokenIsMintedInThisEra() throws Exception {
        create("bearer");
        resume("bearer");
        MintJWTRequest request = MintJWTRequest.newBuilder()
                .addAudience("vault")
                .setSessionId("bearer")
                .build();

        byte[] answer = ClientCalls.blockingUnaryCall(
                clients.watched(),
                Clients.descriptor("ateapi.SessionIdentity/MintJWT"),
                CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
                request.toByteArray());

        assertThat(MintJWTResponse.parseFrom(answer).getSessionJwt()).contains(".");
    }

    @Test
    void reflectionShowsThisEra() throws Exception {
        var file = Reflection.file(clients.channel(), "ateapi.Control");

        assertThat(file.getPackage()).isEqualTo("ateapi");
        assertThat(file.getServices()
                        .getFirst()
                        .findMethodByName("GetActor")
                        .getOutputType()
                        .getFullName())
                .isEqualTo("ateapi.Actor");
        assertThat(Reflection.file(clients.channel(), "ateapi.SessionIdentity")
                        .findServiceByName("SessionIdentity")
                        .findMethodByName("MintJWT")
                        .getInputType()
                        .getFullName())
                .isEqualTo("ateapi.MintJWTRequest");
    }
}
