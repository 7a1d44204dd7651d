package dev.dormouse.blackbox;

import static dev.dormouse.ateapi.Clients.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.ateapi.Clients;
import dev.dormouse.ateapi.v008.wire.CreateAtespaceRequest;
import dev.dormouse.kube.KubeTest;
import dev.dormouse.kube.TestCluster;
import dev.dormouse.platform.Code;
import dev.dormouse.standalone.TestDatabase;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server on a cluster, two replicas of it on one database. */
@KubeTest
class ClusterIT {

    private static final Duration TAKEN_OVER = Duration.ofSeconds(20);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path place;

    private TestCluster cluster;
    private String namespace;
    private Map<String, String> environment;
    private String token;
    private ServerProcess server;

    @BeforeEach
    void start() {
        cluster = new TestCluster();
        namespace = cluster.namespace();
        environment = new HashMap<>();
        TestDatabase.fresh()
                .settings()
                .forEach((name, value) ->
                        environment.put(name.replaceAll("[^a-z]", "_").toUpperCase(Locale.ROOT), value));
        environment.put("DORMOUSE_KUBERNETES_NAMESPACE", namespace);
        // its API is called on this machine, by a port of its own
        environment.put("DORMOUSE_KUBERNETES_TLS", "false");
        token = cluster.adminToken(namespace);
        server = replica("one");
    }

    private ServerProcess replica(String name) {
        return ServerProcess.start(place.resolve(name), environment, "--mode", "kubernetes")
                .calledWith(token);
    }

    @AfterEach
    void stop() {
        server.close();
        cluster.close();
    }

    private void apply(String yaml) throws Exception {
        Path file = Files.writeString(place.resolve("manifest.yaml"), yaml);
        TestCluster.kubectl("apply", "--validate=false", "-n", namespace, "-f", file.toString());
    }

    private static String pool(String name) {
        return """
                apiVersion: ate.dev/v1alpha1
                kind: WorkerPool
                metadata: {name: %s}
                spec: {replicas: 2, ateomImage: "docker.io/local/ateom:1", template: {nodeSelector: {example.com/node: none}}}
                """.formatted(name);
    }

    private static String template(String name) {
        return """
                apiVersion: ate.dev/v1alpha1
                kind: ActorTemplate
                metadata: {name: %s}
                spec:
                  pauseImage: pause@sha256:00
                  containers: [{name: main, image: "main@sha256:00"}]
                  snapshotsConfig: {location: "gs://bucket/s"}
                """.formatted(name);
    }

    private String kubectl(String... arguments) {
        try {
            List<String> all = new ArrayList<>(List.of(arguments));
            all.addAll(List.of("-n", namespace));
            return TestCluster.kubectl(all.toArray(String[]::new));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsAppliedIsServedAndReconciled() throws Exception {
        apply(pool("pool"));
        apply(template("counter"));

        await().until(() ->
                server.get("/v1/actortemplates/" + namespace + "/counter").statusCode() == 200);
        await().atMost(TAKEN_OVER)
                .until(() -> kubectl("get", "deployments", "-o", "name").contains("deployment.apps/pool-deployment"));
        // no worker is there: the golden actor waits, and says so
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            String status = kubectl(
                    "get",
                    "actortemplate",
                    "counter",
                    "-o",
                    "jsonpath={.status.phase} {.status.conditions[0].reason} {.status.conditions[0].message}");
            assertThat(status).startsWith("ResumeGoldenActor Waiting no free workers");
        });
        assertThat(kubectl("get", "events", "-o", "jsonpath={.items[*].reason}"))
                .contains("Applied", "Waiting");
        assertThat(server.call("POST", "/v1/atespaces/default/actors", """
                {"id": "one", "template": {"namespace": "%s", "name": "counter"}}""".formatted(namespace))
                        .statusCode())
                .isEqualTo(201);

        kubectl("delete", "actortemplate", "counter", "--wait=false");
        await().untilAsserted(() -> assertThat(
                        kubectl("get", "actortemplate", "counter", "-o", "jsonpath={.status.conditions[*].reason}"))
                .contains("InUse"));
        assertThat(server.call("POST", "/v1/atespaces/default/actors", """
                {"id": "two", "template": {"namespace": "%s", "name": "counter"}}""".formatted(namespace))
                        .statusCode())
                .isEqualTo(409);
        assertThat(server.call("DELETE", "/v1/atespaces/default/actors/one", null)
                        .statusCode())
                .isLessThan(300);
        await().atMost(TAKEN_OVER)
                .until(() -> kubectl("get", "actortemplates", "-o", "name").isBlank());
        assertThat(server.get("/v1/atespaces/ate-golden/actors").body()).doesNotContain("counter");
    }

    @Test
    void manifestsAreNotForItsApi() {
        var refused = server.call("PUT", "/v1/manifests", pool("pool"));

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("apply and delete it with kubectl");
    }

    @Test
    void rolesGovernItsActors() throws Exception {
        // the namespace of a Role is an atespace
        assertThat(server.call("POST", "/v1/atespaces", "{\"name\": \"%s\"}".formatted(namespace))
                        .statusCode())
                .isEqualTo(201);
        apply("""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: reader}
            rules: [{apiGroups: [ate.dev], resources: [actors], verbs: [list, watch]}]
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: reader}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: reader}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
            subjects: [{kind: ServiceAccount, name: reader}]
            """);
        String own = "/v1/atespaces/" + namespace + "/actors";

        String reader = cluster.token(namespace, "reader", TestCluster.API_AUDIENCE);
        server.calledWith(reader);
        await().untilAsserted(() -> assertThat(server.get(own).statusCode()).isEqualTo(200));
        var denied = server.get("/v1/atespaces/default/actors");
        assertThat(denied.statusCode()).isEqualTo(403);
        assertThat(denied.body())
                .contains("system:serviceaccount:" + namespace + ":reader may not list actors in atespace default");
        assertThat(server.call("POST", own, "{}").statusCode()).isEqualTo(403);
        assertThat(server.get("/v1/workers").statusCode()).isEqualTo(403);
        server.calledWith(cluster.token(namespace, "reader", "ate.dev"));
        assertThat(server.get(own).statusCode()).isEqualTo(401);

        var watching = HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(server.api("/v1/watch?atespace=" + namespace))
                                .header("Authorization", "Bearer " + reader)
                                .build(),
                        BodyHandlers.discarding());
        await().during(Duration.ofSeconds(12)).atMost(Duration.ofSeconds(15)).until(() -> !watching.isDone());

        kubectl("delete", "serviceaccount", "reader");
        server.calledWith(reader);
        await().atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(server.get(own).statusCode()).isEqualTo(401));
        await().atMost(Duration.ofSeconds(30)).until(watching::isDone);
    }

    @Test
    void itStartsNoDatabaseAndNoAteom() {
        assertThat(place.resolve("one/postgres")).doesNotExist();
        assertThat(place.resolve("one/ateom")).doesNotExist();
    }

    @Test
    void itsApiTakesGrpcAndRestOverTlsOnOnePort() throws Exception {
        environment.remove("DORMOUSE_KUBERNETES_TLS");
        var creation = CreateAtespaceRequest.newBuilder().setName("team-a").build();
        try (ServerProcess secure = replica("secure")) {
            int port = secure.api("/").getPort();
            Path ca = Files.writeString(
                    place.resolve("ca.pem"),
                    kubectl(
                            "get",
                            "secret",
                            "dormouse-api-tls",
                            "-o",
                            "go-template={{index .data \"ca.crt\" | base64decode}}"));
            try (Clients clients = Clients.withTls("localhost", port, ca).calledWith(token);
                    Clients plain = new Clients("localhost", port)) {
                assertThat(clients.v008().createAtespace(creation).getAtespace().getName())
                        .isEqualTo("team-a");
                refusal(Code.ALREADY_EXISTS, () -> clients.v008().createAtespace(creation));
                refusal(Code.UNAVAILABLE, () -> plain.v008().createAtespace(creation));
            }
            Run run = Run.of(
                    Map.of(
                            "DORMOUSE_ENDPOINT",
                            "https://localhost:" + port,
                            "DORMOUSE_CA",
                            ca.toString(),
                            "DORMOUSE_TOKEN",
                            token),
                    Program.underTest().command("ate", "get", "atespaces", "-o", "name"));
            assertThat(run.out()).as(run.err()).contains("team-a");
        }
    }

    @Test
    void anotherReplicaLeadsWhenTheLeaderIsKilled() throws Exception {
        await().atMost(TAKEN_OVER)
                .until(() -> kubectl("get", "leases", "-o", "name").contains("dormouse-leader"));
        try (ServerProcess other = replica("two")) {
            server.kill();

            apply(pool("after"));

            await().atMost(TAKEN_OVER)
                    .until(() -> kubectl("get", "deployments", "-o", "name").contains("after-deployment"));
            assertThat(other.get("/v1/workerpools").body()).contains("after");
            server.start();
        }
        apply(pool("last"));
        await().atMost(TAKEN_OVER)
                .until(() -> kubectl("get", "deployments", "-o", "name").contains("last-deployment"));
    }
}
