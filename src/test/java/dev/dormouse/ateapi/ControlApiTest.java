package dev.dormouse.ateapi;

import static dev.dormouse.ateapi.Clients.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.dormouse.ateapi.v008.wire.Actor;
import dev.dormouse.ateapi.v008.wire.Actor.Status;
import dev.dormouse.ateapi.v008.wire.ActorRef;
import dev.dormouse.ateapi.v008.wire.Atespace;
import dev.dormouse.ateapi.v008.wire.CreateActorRequest;
import dev.dormouse.ateapi.v008.wire.CreateAtespaceRequest;
import dev.dormouse.ateapi.v008.wire.DebugClearRequest;
import dev.dormouse.ateapi.v008.wire.DeleteActorRequest;
import dev.dormouse.ateapi.v008.wire.DeleteAtespaceRequest;
import dev.dormouse.ateapi.v008.wire.GetActorRequest;
import dev.dormouse.ateapi.v008.wire.GetAtespaceRequest;
import dev.dormouse.ateapi.v008.wire.ListActorsRequest;
import dev.dormouse.ateapi.v008.wire.ListActorsResponse;
import dev.dormouse.ateapi.v008.wire.ListAtespacesRequest;
import dev.dormouse.ateapi.v008.wire.ListWorkersRequest;
import dev.dormouse.ateapi.v008.wire.PauseActorRequest;
import dev.dormouse.ateapi.v008.wire.ResumeActorRequest;
import dev.dormouse.ateapi.v008.wire.ResumeActorResponse;
import dev.dormouse.ateapi.v008.wire.Selector;
import dev.dormouse.ateapi.v008.wire.SnapshotType;
import dev.dormouse.ateapi.v008.wire.SuspendActorRequest;
import dev.dormouse.ateapi.v008.wire.UpdateActorRequest;
import dev.dormouse.ateapi.v008.wire.Worker;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.sim.SimulatedAteom.Fault;
import dev.dormouse.standalone.TestDatabase;
import io.grpc.Metadata;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Every method of Control as a client of v0.0.8 calls it, on actors of an atespace of their own. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ControlApiTest {

    private static final Metadata.Key<String> ELAPSED =
            Metadata.Key.of("x-server-elapsed-us", Metadata.ASCII_STRING_MARSHALLER);

    @TestHTTPResource("/")
    URI base;

    private final String atespace = "t" + UUID.randomUUID().toString().substring(0, 8);
    private SimulatedPool pool;
    private Clients clients;

    @BeforeEach
    void start() throws IOException {
        pool = SimulatedPool.start(base);
        clients = new Clients("localhost", base.getPort());
        var created = clients.v008()
                .createAtespace(
                        CreateAtespaceRequest.newBuilder().setName(atespace).build());
        assertThat(created.getAtespace().getName()).isEqualTo(atespace);
    }

    @AfterEach
    void stop() {
        // before the next test's ateom reports the same workers
        pool.ateom().faults(call -> Fault.NONE);
        actors("").forEach(actor -> suspend(actor.getActorId()));
        clients.close();
        pool.close();
    }

    private ActorRef ref(String id) {
        return ActorRef.newBuilder().setAtespace(atespace).setName(id).build();
    }

    private CreateActorRequest.Builder newActor(String id) {
        return CreateActorRequest.newBuilder()
                .setActorRef(ref(id))
                .setActorTemplateNamespace("wire")
                .setActorTemplateName("simulated");
    }

    private Actor create(String id) {
        return clients.v008().createActor(newActor(id).build()).getActor();
    }

    private Actor get(String id) {
        return clients.v008()
                .getActor(GetActorRequest.newBuilder().setActorRef(ref(id)).build())
                .getActor();
    }

    private Actor resume(String id) {
        return clients.v008().resumeActor(resumption(id)).getActor();
    }

    private ResumeActorRequest resumption(String id) {
        return ResumeActorRequest.newBuilder().setActorRef(ref(id)).build();
    }

    private Actor suspend(String id) {
        return clients.v008()
                .suspendActor(
                        SuspendActorRequest.newBuilder().setActorRef(ref(id)).build())
                .getActor();
    }

    private Actor pause(String id) {
        return clients.v008()
                .pauseActor(PauseActorRequest.newBuilder().setActorRef(ref(id)).build())
                .getActor();
    }

    private void delete(String id) {
        clients.v008()
                .deleteActor(
                        DeleteActorRequest.newBuilder().setActorRef(ref(id)).build());
    }

    private List<Actor> actors(String token) {
        return clients.v008()
                .listActors(ListActorsRequest.newBuilder()
                        .setAtespace(atespace)
                        .setPageToken(token)
                        .build())
                .getActorsList();
    }

    @Test
    void anActorSleepsWhenItIsNew() {
        Actor created = clients.v008()
                .createActor(newActor("fresh")
                        .setWorkerSelector(Selector.newBuilder().putMatchLabels("gpu", "yes"))
                        .build())
                .getActor();

        assertThat(created)
                .isEqualTo(Actor.newBuilder()
                        .setActorId("fresh")
                        .setVersion(1)
                        .setActorTemplateNamespace("wire")
                        .setActorTemplateName("simulated")
                        .setStatus(Status.STATUS_SUSPENDED)
                        .setWorkerSelector(Selector.newBuilder().putMatchLabels("gpu", "yes"))
                        .setAtespace(atespace)
                        .build());
        assertThat(get("fresh")).isEqualTo(created);
        assertThat(actors("")).containsExactly(created);
    }

    @Test
    void aLifeFromItsCreationToItsEnd() {
        create("liver");

        Actor running = resume("liver");
        assertThat(running.getStatus()).isEqualTo(Status.STATUS_RUNNING);
        assertThat(running.getAteomPodNamespace()).isEqualTo("wire");
        assertThat(running.getAteomPodName()).startsWith("pool-");
        assertThat(running.getWorkerPoolName()).isEqualTo("pool");
        assertThat(UUID.fromString(running.getAteomPodUid())).isNotNull();
        assertThat(resume("liver")).as("a running one is given back").isEqualTo(running);

        Actor paused = pause("liver");
        assertThat(paused.getStatus()).isEqualTo(Status.STATUS_PAUSED);
        assertThat(paused.getAteomPodName()).isEmpty();
        assertThat(paused.getLatestSnapshotInfo().getType()).isEqualTo(SnapshotType.SNAPSHOT_TYPE_LOCAL);
        assertThat(paused.getLatestSnapshotInfo().getLocal().getNodeVmsWithLocalSnapshotsList())
                .containsExactly("simulated");
        assertThat(pause("liver")).isEqualTo(paused);

        Actor suspended = suspend("liver");
        assertThat(suspended.getStatus()).isEqualTo(Status.STATUS_SUSPENDED);
        assertThat(suspended.getLatestSnapshotInfo().getType()).isEqualTo(SnapshotType.SNAPSHOT_TYPE_EXTERNAL);
        assertThat(suspended.getLatestSnapshotInfo().getExternal().getSnapshotUriPrefix())
                .startsWith("file:/nowhere/snapshots/" + atespace + "/liver/");
        assertThat(suspend("liver")).isEqualTo(suspended);
        assertThat(suspended.getVersion()).isGreaterThan(running.getVersion());

        delete("liver");
        assertThat(refusal(Code.NOT_FOUND, () -> get("liver"))).isEqualTo("Actor liver not found");
    }

    @Test
    void whatIsNotThereIsNotFoundByEveryMethod() {
        var v008 = clients.v008();
        ActorRef nobody = ref("nobody");
        ActorRef nowhere =
                ActorRef.newBuilder().setAtespace("nowhere").setName("nobody").build();
        for (ActorRef ref : List.of(nobody, nowhere)) {
            List.<Executable>of(
                            () -> v008.getActor(GetActorRequest.newBuilder()
                                    .setActorRef(ref)
                                    .build()),
                            () -> v008.updateActor(UpdateActorRequest.newBuilder()
                                    .setActorRef(ref)
                                    .build()),
                            () -> v008.resumeActor(ResumeActorRequest.newBuilder()
                                    .setActorRef(ref)
                                    .build()),
                            () -> v008.suspendActor(SuspendActorRequest.newBuilder()
                                    .setActorRef(ref)
                                    .build()),
                            () -> v008.pauseActor(PauseActorRequest.newBuilder()
                                    .setActorRef(ref)
                                    .build()),
                            () -> v008.deleteActor(DeleteActorRequest.newBuilder()
                                    .setActorRef(ref)
                                    .build()))
                    .forEach(call -> assertThat(refusal(Code.NOT_FOUND, call)).isEqualTo("Actor nobody not found"));
        }
    }

    @Test
    void creationIsRefusedInTheWordsOfTheContract() {
        create("taken");

        refusal(Code.ALREADY_EXISTS, () -> create("taken"));
        assertThat(refusal(
                        Code.FAILED_PRECONDITION,
                        () -> clients.v008()
                                .createActor(newActor("a")
                                        .setActorTemplateName("none")
                                        .build())))
                .isEqualTo("ActorTemplate wire/none not found");
        assertThat(refusal(
                        Code.FAILED_PRECONDITION,
                        () -> clients.v008()
                                .createActor(newActor("a")
                                        .setActorRef(ActorRef.newBuilder()
                                                .setAtespace("nowhere")
                                                .setName("a"))
                                        .build())))
                .isEqualTo("Atespace nowhere not found");
        assertThat(refusal(Code.INVALID_ARGUMENT, () -> create(""))).isEqualTo("actor_id is required");
        refusal(Code.INVALID_ARGUMENT, () -> create("Upper"));
        refusal(Code.INVALID_ARGUMENT, () -> create("a".repeat(64)));
        refusal(
                Code.INVALID_ARGUMENT,
                () -> clients.v008()
                        .createActor(newActor("a").setActorTemplateNamespace("").build()));
        refusal(
                Code.INVALID_ARGUMENT,
                () -> clients.v008()
                        .createActor(newActor("a").setActorTemplateName("").build()));
        refusal(
                Code.INVALID_ARGUMENT,
                () -> clients.v008()
                        .createActor(newActor("a")
                                .setActorRef(ActorRef.newBuilder().setName("a"))
                                .build()));
        Selector.Builder wide = Selector.newBuilder();
        IntStream.range(0, 11).forEach(i -> wide.putMatchLabels("l" + i, "v"));
        refusal(
                Code.INVALID_ARGUMENT,
                () -> clients.v008()
                        .createActor(newActor("a").setWorkerSelector(wide).build()));
        assertThat(actors("")).hasSize(1);
    }

    @Test
    void anUpdateReplacesTheSelectorAndDecidesTheNextWake() {
        create("choosy");
        Actor updated = clients.v008()
                .updateActor(UpdateActorRequest.newBuilder()
                        .setActorRef(ref("choosy"))
                        .setWorkerSelector(Selector.newBuilder().putMatchLabels("no", "pool"))
                        .build())
                .getActor();

        assertThat(updated.getWorkerSelector().getMatchLabelsMap()).containsOnly(Map.entry("no", "pool"));
        assertThat(updated.getVersion()).isEqualTo(2);
        assertThat(refusal(Code.FAILED_PRECONDITION, () -> resume("choosy")))
                .isEqualTo("no worker pool matches the template's sandboxClass and the template/actor selectors");

        Actor freed = clients.v008()
                .updateActor(UpdateActorRequest.newBuilder()
                        .setActorRef(ref("choosy"))
                        .build())
                .getActor();
        assertThat(freed.hasWorkerSelector()).isFalse();
        assertThat(resume("choosy").getStatus()).isEqualTo(Status.STATUS_RUNNING);
    }

    @Test
    void whatRunsIsNotDeleted() {
        create("awake");
        resume("awake");

        assertThat(refusal(Code.FAILED_PRECONDITION, () -> delete("awake")))
                .isEqualTo("Actor awake is not suspended (status: STATUS_RUNNING)");
    }

    @Test
    void onlyOneOperationHoldsAnActor() throws Exception {
        create("held");
        resume("held");
        pool.ateom().latency(Duration.ofSeconds(2));
        var suspension = clients.v008Later()
                .suspendActor(SuspendActorRequest.newBuilder()
                        .setActorRef(ref("held"))
                        .build());
        await().until(() -> get("held").getStatus() == Status.STATUS_SUSPENDING);

        assertThat(get("held").getInProgressSnapshot()).isNotEmpty();
        assertThat(refusal(Code.ABORTED, () -> pause("held")))
                .isEqualTo("another operation is in progress for this actor");
        assertThat(suspension.get(30, TimeUnit.SECONDS).getActor().getStatus()).isEqualTo(Status.STATUS_SUSPENDED);
        assertThat(get("held").getInProgressSnapshot()).isEmpty();
    }

    @Test
    void pagesHoldEachActorOnce() {
        IntStream.range(0, 25).forEach(i -> create("a%02d".formatted(24 - i)));

        List<String> ids = new ArrayList<>();
        String token = "";
        do {
            ListActorsResponse page = clients.v008()
                    .listActors(ListActorsRequest.newBuilder()
                            .setAtespace(atespace)
                            .setPageSize(10)
                            .setPageToken(token)
                            .build());
            page.getActorsList().forEach(actor -> ids.add(actor.getActorId()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(ids).hasSize(25).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void listsRefuseWhatIsNoPageAndAreEmptyWhereNobodyIs() {
        for (int size : new int[] {-1, 1001, Integer.MIN_VALUE}) {
            refusal(
                    Code.INVALID_ARGUMENT,
                    () -> clients.v008()
                            .listActors(ListActorsRequest.newBuilder()
                                    .setPageSize(size)
                                    .build()));
        }
        for (String token : List.of("x", "MQouLgou", "%", "a".repeat(5000))) {
            refusal(
                    Code.INVALID_ARGUMENT,
                    () -> clients.v008()
                            .listActors(ListActorsRequest.newBuilder()
                                    .setPageToken(token)
                                    .build()));
        }
        refusal(
                Code.INVALID_ARGUMENT,
                () -> clients.v008()
                        .listActors(ListActorsRequest.newBuilder()
                                .setAtespace("../x")
                                .build()));
        assertThat(clients.v008()
                        .listActors(ListActorsRequest.newBuilder()
                                .setAtespace("nowhere")
                                .build()))
                .isEqualTo(ListActorsResponse.getDefaultInstance());
        create("somebody");
        assertThat(clients.v008()
                        .listActors(ListActorsRequest.getDefaultInstance())
                        .getActorsList())
                .as("without an atespace: of all")
                .contains(get("somebody"));
    }

    @Test
    void workersTellWhoIsOnThem() {
        create("tenant");
        Actor running = resume("tenant");

        List<Worker> workers =
                clients.v008().listWorkers(ListWorkersRequest.getDefaultInstance()).getWorkersList().stream()
                        .filter(worker -> worker.getWorkerNamespace().equals("wire"))
                        .toList();

        assertThat(workers).hasSize(SimulatedPool.WORKERS);
        Worker assigned = workers.stream()
                .filter(worker -> !worker.getActorId().isEmpty())
                .findFirst()
                .orElseThrow();
        assertThat(assigned.getWorkerPod()).isEqualTo(running.getAteomPodName());
        assertThat(assigned.getWorkerPodUid()).isEqualTo(running.getAteomPodUid());
        assertThat(assigned.getActorNamespace()).isEqualTo("wire");
        assertThat(assigned.getActorTemplate()).isEqualTo("simulated");
        assertThat(assigned.getActorId()).isEqualTo("tenant");
        assertThat(assigned.getActorAtespace()).isEqualTo(atespace);
        assertThat(assigned.getNodeName()).isEqualTo("simulated");
        assertThat(assigned.getIp()).isEqualTo(running.getAteomPodIp());
    }

    @Test
    void atespacesComeAndGo() {
        String name = atespace + "-b";
        var v008 = clients.v008();
        var creation = CreateAtespaceRequest.newBuilder().setName(name).build();
        var deletion = DeleteAtespaceRequest.newBuilder().setName(name).build();

        assertThat(v008.createAtespace(creation).getAtespace().getName()).isEqualTo(name);
        refusal(Code.ALREADY_EXISTS, () -> v008.createAtespace(creation));
        assertThat(v008.getAtespace(
                                GetAtespaceRequest.newBuilder().setName(name).build())
                        .getAtespace()
                        .getName())
                .isEqualTo(name);
        assertThat(v008.listAtespaces(ListAtespacesRequest.getDefaultInstance()).getAtespacesList())
                .extracting(Atespace::getName)
                .contains("default", atespace, name);
        v008.deleteAtespace(deletion);
        assertThat(refusal(Code.NOT_FOUND, () -> v008.deleteAtespace(deletion)))
                .isEqualTo("Atespace " + name + " not found");
        refusal(Code.INVALID_ARGUMENT, () -> v008.createAtespace(CreateAtespaceRequest.getDefaultInstance()));

        create("inhabitant");
        assertThat(refusal(
                        Code.FAILED_PRECONDITION,
                        () -> v008.deleteAtespace(DeleteAtespaceRequest.newBuilder()
                                .setName(atespace)
                                .build())))
                .isEqualTo("Atespace " + atespace + " is not empty");
    }

    @Test
    void nobodyClearsAServerThatIsInUse() {
        create("survivor");

        assertThat(refusal(
                        Code.PERMISSION_DENIED,
                        () -> clients.v008().debugClear(DebugClearRequest.getDefaultInstance())))
                .contains("dormouse.api.debug");
        assertThat(get("survivor").getActorId()).isEqualTo("survivor");
    }

    @Test
    void everyAnswerTellsHowLongItTook() {
        create("timed");
        assertThat(Long.parseLong(clients.trailers().get(ELAPSED))).isBetween(1L, 30_000_000L);

        refusal(Code.NOT_FOUND, () -> get("nobody"));
        assertThat(Long.parseLong(clients.trailers().get(ELAPSED))).isBetween(1L, 30_000_000L);
    }

    @Test
    void sixtyFourCallersWhoResumeOneActorActivateItOnce() throws Exception {
        create("wanted");
        AtomicInteger activations = new AtomicInteger();
        pool.ateom().latency(Duration.ofMillis(200));
        pool.ateom().faults(call -> {
            if (call.method().equals("activate") && call.actor().equals(ActorKey.of(atespace, "wanted"))) {
                activations.incrementAndGet();
            }
            return Fault.NONE;
        });

        List<ListenableFuture<ResumeActorResponse>> calls = IntStream.range(0, 64)
                .mapToObj(i -> clients.v008Later().resumeActor(resumption("wanted")))
                .toList();
        List<Actor> answers = new ArrayList<>();
        for (ListenableFuture<ResumeActorResponse> call : calls) {
            answers.add(call.get(30, TimeUnit.SECONDS).getActor());
        }

        assertThat(activations).hasValue(1);
        assertThat(answers).allMatch(actor -> actor.getStatus() == Status.STATUS_RUNNING);
        assertThat(answers)
                .extracting(Actor::getVersion)
                .containsOnly(get("wanted").getVersion());
        assertThat(pool.ateom().held()).isEqualTo(1);
    }
}
