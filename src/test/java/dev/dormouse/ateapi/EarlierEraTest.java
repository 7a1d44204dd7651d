package dev.dormouse.ateapi;

import static dev.dormouse.ateapi.Clients.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.ateapi.v006.wire.Actor;
import dev.dormouse.ateapi.v006.wire.Actor.Status;
import dev.dormouse.ateapi.v006.wire.CreateActorRequest;
import dev.dormouse.ateapi.v006.wire.DeleteActorRequest;
import dev.dormouse.ateapi.v006.wire.GetActorRequest;
import dev.dormouse.ateapi.v006.wire.ListActorsRequest;
import dev.dormouse.ateapi.v006.wire.ListActorsResponse;
import dev.dormouse.ateapi.v006.wire.ListWorkersRequest;
import dev.dormouse.ateapi.v006.wire.ResumeActorRequest;
import dev.dormouse.ateapi.v006.wire.SuspendActorRequest;
import dev.dormouse.ateapi.v008.wire.ActorRef;
import dev.dormouse.ateapi.v008.wire.PauseActorRequest;
import dev.dormouse.ateapi.v009.wire.ObjectRef;
import dev.dormouse.ateapi.v009.wire.ResourceMetadata;
import dev.dormouse.platform.Code;
import dev.dormouse.standalone.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A client of v0.0.6 against a server that answers in v0.0.8, and one of v0.0.9 that such a server can't serve. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class EarlierEraTest {

    @TestHTTPResource("/")
    URI base;

    private final String id = "e" + UUID.randomUUID().toString().substring(0, 8);
    private SimulatedPool pool;
    private Clients clients;

    @BeforeEach
    void start() throws IOException {
        pool = SimulatedPool.start(base);
        clients = new Clients("localhost", base.getPort());
    }

    @AfterEach
    void stop() {
        try {
            suspend();
            clients.v006()
                    .deleteActor(DeleteActorRequest.newBuilder().setActorId(id).build());
        } finally {
            clients.close();
            pool.close();
        }
    }

    private Actor create() {
        return clients.v006()
                .createActor(CreateActorRequest.newBuilder()
                        .setActorId(id)
                        .setActorTemplateNamespace("wire")
                        .setActorTemplateName("simulated")
                        .build())
                .getActor();
    }

    private Actor get() {
        return clients.v006()
                .getActor(GetActorRequest.newBuilder().setActorId(id).build())
                .getActor();
    }

    private Actor suspend() {
        return clients.v006()
                .suspendActor(SuspendActorRequest.newBuilder().setActorId(id).build())
                .getActor();
    }

    @Test
    void anActorWithoutAtespaceLivesInTheDefaultOne() {
        Actor created = create();

        assertThat(created)
                .isEqualTo(Actor.newBuilder()
                        .setActorId(id)
                        .setVersion(1)
                        .setActorTemplateNamespace("wire")
                        .setActorTemplateName("simulated")
                        .setStatus(Status.STATUS_SUSPENDED)
                        .build());
        assertThat(get()).isEqualTo(created);
        assertThat(inDefault().getAtespace()).isEqualTo("default");
        refusal(Code.ALREADY_EXISTS, this::create);
    }

    private dev.dormouse.ateapi.v008.wire.Actor inDefault() {
        return clients.v008()
                .getActor(dev.dormouse.ateapi.v008.wire.GetActorRequest.newBuilder()
                        .setActorRef(
                                ActorRef.newBuilder().setAtespace("default").setName(id))
                        .build())
                .getActor();
    }

    @Test
    void itWakesAndSleepsAndItsSnapshotStandsWhereThatEraHasIt() {
        create();

        Actor running = clients.v006()
                .resumeActor(ResumeActorRequest.newBuilder()
                        .setActorId(id)
                        .setBoot(true)
                        .build())
                .getActor();
        assertThat(running.getStatus()).isEqualTo(Status.STATUS_RUNNING);
        assertThat(running.getAteomPodName()).startsWith("pool-");
        assertThat(running.getAteomPodUid()).isNotEmpty();
        assertThat(clients.v006()
                        .listWorkers(ListWorkersRequest.getDefaultInstance())
                        .getWorkersList())
                .filteredOn(worker -> worker.getActorId().equals(id))
                .singleElement()
                .satisfies(worker -> {
                    assertThat(worker.getWorkerPod()).isEqualTo(running.getAteomPodName());
                    assertThat(worker.getActorTemplate()).isEqualTo("simulated");
                });
        Actor asleep = suspend();
        assertThat(asleep.getStatus()).isEqualTo(Status.STATUS_SUSPENDED);
        assertThat(asleep.getLastSnapshot()).startsWith("file:/nowhere/snapshots/default/" + id + "/");
        // no more than that era knew
        assertThat(asleep.getUnknownFields().asMap()).isEmpty();
    }

    @Test
    void whatThatEraDoesNotKnowLooksLikeWhatItKnows() {
        create();
        clients.v006()
                .resumeActor(ResumeActorRequest.newBuilder().setActorId(id).build());
        clients.v008()
                .pauseActor(PauseActorRequest.newBuilder()
                        .setActorRef(
                                ActorRef.newBuilder().setAtespace("default").setName(id))
                        .build());

        assertThat(get().getStatus()).isEqualTo(Status.STATUS_SUSPENDED);
    }

    @Test
    void listsAreReadByThatEraToo() {
        create();

        List<String> ids = new ArrayList<>();
        String token = "";
        do {
            ListActorsResponse page = clients.v006()
                    .listActors(ListActorsRequest.newBuilder()
                            .setPageSize(1000)
                            .setPageToken(token)
                            .build());
            page.getActorsList().forEach(actor -> ids.add(actor.getActorId()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(ids).contains(id);
    }

    @Test
    void errorsAreInTheSameWords() {
        create();

        assertThat(refusal(
                        Code.NOT_FOUND,
                        () -> clients.v006()
                                .getActor(GetActorRequest.newBuilder()
                                        .setActorId("nobody")
                                        .build())))
                .isEqualTo("Actor nobody not found");
        assertThat(refusal(Code.INVALID_ARGUMENT, () -> clients.v006().getActor(GetActorRequest.getDefaultInstance())))
                .isEqualTo("actor_id is required");
        for (String bad : List.of("Upper", "-x", "a.b", "../etc", "ünïcode", "a".repeat(64))) {
            refusal(
                    Code.INVALID_ARGUMENT,
                    () -> clients.v006()
                            .getActor(
                                    GetActorRequest.newBuilder().setActorId(bad).build()));
        }
    }

    @Test
    void aLaterClientIsToldWhatToSet() {
        create();

        for (var call : List.<Executable>of(
                () -> clients.v009()
                        .createActor(dev.dormouse.ateapi.v009.wire.CreateActorRequest.newBuilder()
                                .setActor(dev.dormouse.ateapi.v009.wire.Actor.newBuilder()
                                        .setMetadata(ResourceMetadata.newBuilder()
                                                .setAtespace("default")
                                                .setName("later"))
                                        .setActorTemplateNamespace("wire")
                                        .setActorTemplateName("simulated"))
                                .build()),
                () -> clients.v009()
                        .createAtespace(dev.dormouse.ateapi.v009.wire.CreateAtespaceRequest.newBuilder()
                                .setAtespace(dev.dormouse.ateapi.v009.wire.Atespace.newBuilder()
                                        .setMetadata(
                                                ResourceMetadata.newBuilder().setName("later")))
                                .build()),
                () -> clients.v009()
                        .deleteAtespace(dev.dormouse.ateapi.v009.wire.DeleteAtespaceRequest.newBuilder()
                                .setAtespace(ObjectRef.newBuilder().setName("default"))
                                .build()))) {
            assertThat(refusal(Code.FAILED_PRECONDITION, call))
                    .isEqualTo("the request is one of v0.0.9, and this server answers in v0.0.8;"
                            + " set dormouse.api.era to that of its clients");
        }
    }
}
