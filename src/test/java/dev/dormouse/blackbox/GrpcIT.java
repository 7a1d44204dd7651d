package dev.dormouse.blackbox;

import static dev.dormouse.ateapi.Clients.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.ateapi.Clients;
import dev.dormouse.ateapi.Reflection;
import dev.dormouse.ateapi.v008.wire.Actor;
import dev.dormouse.ateapi.v008.wire.Actor.Status;
import dev.dormouse.ateapi.v008.wire.ActorRef;
import dev.dormouse.ateapi.v008.wire.CreateActorRequest;
import dev.dormouse.ateapi.v008.wire.CreateAtespaceRequest;
import dev.dormouse.ateapi.v008.wire.DeleteActorRequest;
import dev.dormouse.ateapi.v008.wire.GetActorRequest;
import dev.dormouse.ateapi.v008.wire.ListActorsRequest;
import dev.dormouse.ateapi.v008.wire.ListWorkersRequest;
import dev.dormouse.ateapi.v008.wire.ResumeActorRequest;
import dev.dormouse.ateapi.v008.wire.SuspendActorRequest;
import dev.dormouse.platform.Code;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What kagent does, in its order, on the packaged server: gRPC on the API's port, traffic by Host at the router. */
class GrpcIT {

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path dataDir;

    static ServerProcess server;
    static Clients clients;

    @BeforeAll
    static void start() {
        server = ServerProcess.start(dataDir, "--demo", "target/demo", "--sandbox", "process");
        StandaloneIT.awaitReady(server);
        clients = new Clients("localhost", server.api("/").getPort());
    }

    @AfterAll
    static void stop() {
        clients.close();
        server.close();
    }

    private static HttpResponse<String> request(String host) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + server.routerPort() + "/"))
                                .header("Host", host + ".actors.resources.substrate.ate.dev")
                                .timeout(Duration.ofSeconds(60))
                                .build(),
                        BodyHandlers.ofString());
    }

    @Test
    void aSessionOfAnAgentFromItsAtespaceToItsEnd() throws Exception {
        var control = clients.v008();
        var atespace = CreateAtespaceRequest.newBuilder().setName("team-a").build();
        control.createAtespace(atespace);
        refusal(Code.ALREADY_EXISTS, () -> control.createAtespace(atespace));
        ActorRef ref =
                ActorRef.newBuilder().setAtespace("team-a").setName("session-1").build();
        GetActorRequest question = GetActorRequest.newBuilder().setActorRef(ref).build();
        assertThat(refusal(Code.NOT_FOUND, () -> control.getActor(question))).isEqualTo("Actor session-1 not found");

        control.createActor(CreateActorRequest.newBuilder()
                .setActorRef(ref)
                .setActorTemplateNamespace("demo")
                .setActorTemplateName("counter")
                .build());
        Actor running = control.resumeActor(
                        ResumeActorRequest.newBuilder().setActorRef(ref).build())
                .getActor();
        assertThat(running.getStatus()).isEqualTo(Status.STATUS_RUNNING);
        assertThat(StandaloneIT.count(request("session-1.team-a"))).isEqualTo(1);
        assertThat(control.listWorkers(ListWorkersRequest.getDefaultInstance()).getWorkersList())
                .filteredOn(worker -> worker.getActorId().equals("session-1"))
                .singleElement()
                .satisfies(worker -> assertThat(worker.getWorkerPod()).isEqualTo(running.getAteomPodName()));
        Actor asleep = control.suspendActor(
                        SuspendActorRequest.newBuilder().setActorRef(ref).build())
                .getActor();
        assertThat(asleep.getStatus()).isEqualTo(Status.STATUS_SUSPENDED);
        assertThat(asleep.getLatestSnapshotInfo().getExternal().getSnapshotUriPrefix())
                .endsWith("/team-a/session-1/" + lastLabel(asleep));
        assertThat(control.listActors(ListActorsRequest.newBuilder()
                                .setAtespace("team-a")
                                .build())
                        .getActorsList())
                .containsExactly(asleep);
        control.deleteActor(DeleteActorRequest.newBuilder().setActorRef(ref).build());
        refusal(Code.NOT_FOUND, () -> control.getActor(question));
    }

    private static String lastLabel(Actor actor) {
        String uri = actor.getLatestSnapshotInfo().getExternal().getSnapshotUriPrefix();
        return uri.substring(uri.lastIndexOf('/') + 1);
    }

    @Test
    void anEarlierClientAndTheShorterHost() throws Exception {
        var control = clients.v006();
        control.createActor(dev.dormouse.ateapi.v006.wire.CreateActorRequest.newBuilder()
                .setActorId("early")
                .setActorTemplateNamespace("demo")
                .setActorTemplateName("counter")
                .build());

        assertThat(StandaloneIT.count(request("early"))).isEqualTo(1);
        assertThat(StandaloneIT.count(request("early.default"))).isEqualTo(2);

        var asleep = control.suspendActor(dev.dormouse.ateapi.v006.wire.SuspendActorRequest.newBuilder()
                        .setActorId("early")
                        .build())
                .getActor();
        assertThat(asleep.getLastSnapshot()).contains("/default/early/");
    }

    @Test
    void reflectionTellsWhatThereIs() throws Exception {
        assertThat(Reflection.services(clients.channel())).contains("ateapi.Control");
        assertThat(Reflection.file(clients.channel(), "ateapi.Control")
                        .findMessageTypeByName("Actor")
                        .findFieldByName("worker_pool_name")
                        .getNumber())
                .isEqualTo(14);
    }

    @Test
    void ateomDoesNotServeIt() throws Exception {
        String address;
        try (Connection database = server.database();
                ResultSet worker = database.createStatement().executeQuery("select address from worker limit 1")) {
            worker.next();
            address = worker.getString(1);
        }

        int colon = address.lastIndexOf(':');
        try (Clients there = new Clients(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
            refusal(Code.UNIMPLEMENTED, () -> there.raw("ListActors", new byte[0]));
        }
    }
}
