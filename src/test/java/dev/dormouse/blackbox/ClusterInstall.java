package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.dormouse.bucket.S3Server;
import dev.dormouse.image.RealRegistry;
import dev.dormouse.kube.TestCluster;
import dev.dormouse.standalone.TestDatabase;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The control plane in the cluster that KUBECONFIG names, installed by what users apply. Database, object store and registry run beside
 * this test. The cluster's nodes have the images {@code dormouse:0.1.0} and {@code dormouse-ateom:0.1.0}, and can be reached from here,
 * as can be Services.
 */
public final class ClusterInstall implements AutoCloseable {

    static final String SYSTEM = "ate-system";
    static final String DEMO = "demo";
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TestCluster cluster = new TestCluster();
    // actors are asked for by Host, which HTTP/2 doesn't have beside the address
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final HttpClient api;
    private final int apiPort;
    private final URI router;
    private final String token;
    private final List<AutoCloseable> running = new ArrayList<>();
    private final Path manifest;

    private final String here;
    private final TestDatabase.Fresh database = TestDatabase.fresh();
    private final int databasePort;
    private final int storePort;
    private final int registryPort;

    /** Returns when the demo's template is Ready. */
    public ClusterInstall(Path temp) throws Exception {
        here = addressSeenByPods();
        databasePort = relay(database.port());
        S3Server store = keep(new S3Server(temp.resolve("s3")));
        storePort = relay(store.port());
        RealRegistry registry = keep(RealRegistry.open(temp.resolve("registry")));
        registry.push(Path.of("target/demo/images/counter"), "dormouse/counter");
        registryPort = relay(Integer.parseInt(registry.host().split(":")[1]));

        manifest = temp.resolve("install.yaml");
        cluster.requireNamespace(SYSTEM);
        cluster.requireNamespace(DEMO);
        keep(new PodLogs(client(), Path.of("target/pod-logs"), SYSTEM, DEMO));
        settings(SYSTEM);
        settings(DEMO);
        Files.writeString(manifest, install());
        TestCluster.kubectl("apply", "--validate=false", "-f", manifest.toString());
        TestCluster.kubectl(
                "-n", SYSTEM, "rollout", "status", "deployment/dormouse", "--timeout=" + START_LIMIT.toSeconds() + "s");
        token = tokenOfAnAdmin();
        // its certificate is for localhost too, but not for the address that this machine knows it by
        apiPort = keep(new Relay(new InetSocketAddress(service("api"), 443))).port();
        api = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(2))
                .sslContext(believing(authority()))
                .build();
        // asked once: the API server may be gone later
        router = URI.create("http://" + service("atenet-router") + "/");
        applyDemo();
    }

    private String tokenOfAnAdmin() throws Exception {
        apply("""
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: test-admin, namespace: %1$s}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: dormouse-test-admin}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: dormouse-admin}
            subjects: [{kind: ServiceAccount, namespace: %1$s, name: test-admin}]
            """.formatted(SYSTEM));
        cluster.removeLater("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/dormouse-test-admin");
        return cluster.token(SYSTEM, "test-admin", TestCluster.API_AUDIENCE);
    }

    private X509Certificate authority() throws Exception {
        String encoded = client().secrets()
                .inNamespace(SYSTEM)
                .withName("dormouse-api-tls")
                .get()
                .getData()
                .get("ca.crt");
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(Base64.getDecoder().decode(encoded)));
    }

    private static SSLContext believing(X509Certificate authority) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("ca", authority);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        return tls;
    }

    private String addressSeenByPods() throws IOException {
        String node = cluster.client().nodes().list().getItems().getFirst().getStatus().getAddresses().stream()
                .filter(address -> address.getType().equals("InternalIP"))
                .findFirst()
                .orElseThrow()
                .getAddress();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(node), 9));
            return socket.getLocalAddress().getHostAddress();
        }
    }

    private int relay(int port) throws IOException {
        return keep(new Relay(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
                .port();
    }

    private <T extends AutoCloseable> T keep(T closeable) {
        running.add(closeable);
        return closeable;
    }

    /** What servers and workers find their images and snapshots by. */
    private void settings(String namespace) throws Exception {
        apply("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: dormouse-settings, namespace: %1$s}
                data:
                  DORMOUSE_SNAPSHOTS_S3_ENDPOINT: http://%2$s:%3$d
                  DORMOUSE_IMAGES_PLAIN_HTTP: %2$s
                  # many actors take turns on few workers
                  DORMOUSE_SCHEDULER_PRESSURE_IDLE: 200ms
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: dormouse-credentials, namespace: %1$s}
                stringData: {AWS_ACCESS_KEY_ID: %4$s, AWS_SECRET_ACCESS_KEY: %5$s}
                """.formatted(namespace, here, storePort, S3Server.KEY, S3Server.SECRET));
    }

    /** The installation, with the database beside this test instead of the one for trials. */
    private String install() throws Exception {
        StringBuilder documents = new StringBuilder();
        String rendered = TestCluster.kubectl("kustomize", "src/main/kubernetes/install");
        try (var objects = YAML.readerFor(ObjectNode.class).<ObjectNode>readValues(rendered)) {
            while (objects.hasNext()) {
                ObjectNode object = objects.next();
                if (isWanted(object)) {
                    documents
                            .append("---\n")
                            .append(YAML.writeValueAsString(ours(object)).replaceFirst("^---\\s*", ""));
                }
            }
        }
        return documents.toString();
    }

    private boolean isWanted(JsonNode object) {
        KubernetesClient client = cluster.client();
        String kind = object.get("kind").asText();
        if (kind.equals("CustomResourceDefinition")) {
            return !client.supports(
                    "ate.dev/v1alpha1", object.at("/spec/names/kind").asText());
        }
        boolean ofDatabase = object.at("/metadata/name").asText().equals("dormouse-postgres");
        // old clusters know an older version of some
        return !ofDatabase && client.supports(object.get("apiVersion").asText(), kind);
    }

    private ObjectNode ours(ObjectNode object) {
        if (object.at("/metadata/name").asText().equals("dormouse-database")) {
            String address = "%s:%d/%s".formatted(here, databasePort, database.name());
            ObjectNode data = object.putObject("stringData");
            data.put("reactive-url", "postgresql://" + address);
            data.put("jdbc-url", "jdbc:postgresql://" + address);
            data.put("username", database.user());
            data.put("password", database.password());
        }
        return object;
    }

    private void applyDemo() throws Exception {
        String demo = Files.readString(Path.of("target/demo/manifests/counter.yaml"))
                .replace("registry.example/dormouse/counter@", "%s:%d/dormouse/counter@".formatted(here, registryPort))
                .replace("registry.example/dormouse/dormouse:0.1.0", "dormouse-ateom:0.1.0")
                .replace("gs://ate-snapshots", "s3://" + S3Server.BUCKET);
        apply(demo);
        await("the demo template's golden snapshot")
                .atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(TestCluster.kubectl(
                                "-n", DEMO, "get", "actortemplate", "counter", "-o", "jsonpath={.status.phase}"))
                        .isEqualTo("Ready"));
    }

    void apply(String yaml) throws Exception {
        Path file = Files.createTempFile("object", ".yaml");
        Files.writeString(file, yaml);
        TestCluster.kubectl("apply", "--validate=false", "-f", file.toString());
        Files.delete(file);
    }

    KubernetesClient client() {
        return cluster.client();
    }

    private String service(String name) {
        return client().services()
                .inNamespace(SYSTEM)
                .withName(name)
                .get()
                .getSpec()
                .getClusterIP();
    }

    /** Of the API's Service; a body is posted. */
    public HttpResponse<String> api(String path, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path);
        if (body != null) {
            request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
        }
        return api.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + apiPort + path))
                .header("Authorization", "Bearer " + token)
                .timeout(ANSWER_LIMIT);
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = api(path, null);
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private void delete(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = api.send(request(path).DELETE().build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(204);
    }

    public void create(String id) throws IOException, InterruptedException {
        HttpResponse<String> answer = api(
                "/v1/atespaces/default/actors",
                "{\"id\": \"%s\", \"template\": {\"namespace\": \"demo\", \"name\": \"counter\"}}".formatted(id));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    /** Of the router's Service. */
    public HttpResponse<String> visit(String id) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(router)
                .header("Host", id + ".default.actors.resources.substrate.ate.dev")
                .timeout(ANSWER_LIMIT)
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    /** The names of the pool's Pods that are ready. */
    Set<String> workers() {
        Set<String> names = new java.util.TreeSet<>();
        client().pods().inNamespace(DEMO).withLabel("ate.dev/worker-pool", "counter").list().getItems().stream()
                .filter(pod -> !pod.isMarkedForDeletion())
                .filter(pod -> pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True")))
                .forEach(pod -> names.add(pod.getMetadata().getName()));
        return names;
    }

    @Override
    public void close() throws Exception {
        try {
            // a template in use stays; and the operator has to see its resources go
            for (JsonNode actor :
                    get("/v1/atespaces/default/actors?pageSize=1000").get("items")) {
                String path = "/v1/atespaces/default/actors/" + actor.get("id").asText();
                api(path + ":suspend", "");
                delete(path);
            }
            TestCluster.kubectl("-n", DEMO, "delete", "actortemplates,workerpools", "--all", "--timeout=60s");
            TestCluster.kubectl("delete", "--ignore-not-found", "--wait=false", "-f", manifest.toString());
        } finally {
            cluster.close();
            for (AutoCloseable each : running.reversed()) {
                each.close();
            }
        }
    }
}
