package dev.dormouse.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The cluster of a test, asked with fabric8's client and with kubectl. What a test made of it is removed when it is closed. */
public final class TestCluster implements AutoCloseable {

    /** For whom the tokens of the API's callers are made. */
    public static final String API_AUDIENCE = "api.ate.dev";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final List<String> namespaces = new ArrayList<>();
    private final List<String> paths = new ArrayList<>();

    public KubernetesClient client() {
        return client;
    }

    /** A client of the server that keeps the CRDs, where that is another one than the cluster's own. */
    public static KubernetesClient crdClient() {
        String kubeconfig = System.getenv("CRD_KUBECONFIG");
        return kubeconfig == null
                ? new KubernetesClientBuilder().build()
                : new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(Path.of(kubeconfig).toFile()))
                        .build();
    }

    /** A new namespace. */
    public String namespace() {
        String name = "dormouse-test-" + UUID.randomUUID();
        createNamespace(name);
        return name;
    }

    /** The namespace of this name: if it is made here, it goes with the test. */
    public void requireNamespace(String name) {
        Resource<Namespace> namespace = client.namespaces().withName(name);
        Namespace found = namespace.get();
        if (found != null && found.isMarkedForDeletion()) {
            // of an earlier run
            found = namespace.waitUntilCondition(Objects::isNull, 1, TimeUnit.MINUTES);
        }
        if (found == null) {
            createNamespace(name);
        }
    }

    /** A new ServiceAccount in that namespace, which is new as well, that may do everything in the cluster, and a token of it for the API. */
    public String adminToken(String namespace) {
        serviceAccount(namespace, "api-admin");
        client.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(namespace + "-api-admin")
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                        .addNewSubject()
                        .withKind("ServiceAccount")
                        .withNamespace(namespace)
                        .withName("api-admin")
                        .endSubject()
                        .build())
                .create();
        removeLater("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/" + namespace + "-api-admin");
        return token(namespace, "api-admin", API_AUDIENCE);
    }

    public void serviceAccount(String namespace, String name) {
        client.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
    }

    /** A token of a ServiceAccount, good for an hour. */
    public String token(String namespace, String serviceAccount, String audience) {
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withAudiences(audience)
                .withExpirationSeconds(3600L)
                .endSpec()
                .build();
        return client.serviceAccounts()
                .inNamespace(namespace)
                .withName(serviceAccount)
                .tokenRequest(request)
                .getStatus()
                .getToken();
    }

    private void createNamespace(String name) {
        namespaces.add(name);
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
    }

    /** Whether there is an object at the path. */
    public boolean has(String path) {
        return client.raw(path) != null;
    }

    /** The object at the path as the server writes it. */
    public JsonNode get(String path) throws IOException {
        String object = client.raw(path);
        assertThat(object).as(path).isNotNull();
        return JSON.readTree(object);
    }

    /**
     * What the server answers to an object that is sent as it is.
     *
     * @throws KubernetesClientException when it refuses it
     */
    public JsonNode send(String method, String path, JsonNode object) throws IOException {
        return JSON.readTree(client.raw(path, method, object.toString()));
    }

    /** Removes the object at the path, if it is there then, with {@link #removeObjects}. */
    public void removeLater(String path) {
        paths.add(path);
    }

    /** Removes what {@link #removeLater} named, and returns when it is gone. */
    public void removeObjects() {
        for (String path : paths) {
            if (has(path)) {
                client.raw(path, "DELETE", null);
            }
            assertThat(has(path)).as(path).isFalse();
        }
        paths.clear();
    }

    /** What kubectl prints; it must succeed. */
    public static String kubectl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kubectl"));
        command.addAll(List.of(arguments));
        Process kubectl = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(kubectl.waitFor()).as("%s: %s", command, said).isZero();
        return said;
    }

    @Override
    public void close() {
        try (client) {
            removeObjects();
            namespaces.forEach(name -> client.namespaces().withName(name).delete());
        }
    }
}
