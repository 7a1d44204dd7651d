package dev.dormouse.crd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dormouse.crd.RuleCase.Kind;
import dev.dormouse.kube.KubeTest;
import dev.dormouse.kube.TestCluster;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an API server makes of the CRDs, beside the rules of single fields. */
@KubeTest
class CrdOnClusterTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static TestCluster cluster;
    private static String namespace;

    @BeforeAll
    static void connect() {
        cluster = new TestCluster();
        namespace = cluster.namespace();
    }

    @AfterAll
    static void disconnect() {
        cluster.close();
    }

    @ParameterizedTest
    @EnumSource
    void theClusterHasWhatIsInstalled(Kind kind) throws IOException {
        JsonNode installed = InstalledCrds.of(kind.kind());
        try (KubernetesClient crds = TestCluster.crdClient()) {
            CustomResourceDefinition stored = crds.apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .withName(installed.at("/metadata/name").asText())
                    .get();

            assertThat(stored)
                    .as("run kubectl apply -f src/main/kubernetes/install/crds")
                    .isNotNull();
            JsonNode spec = JSON.readTree(crds.getKubernetesSerialization().asJson(stored.getSpec()));
            assertThat(spec.at("/versions/0/schema"))
                    .as("run kubectl apply -f src/main/kubernetes/install/crds")
                    .isEqualTo(installed.at("/spec/versions/0/schema"));
            assertThat(stored.getStatus().getConditions())
                    .extracting(c -> c.getType() + "=" + c.getStatus())
                    // no other condition: one says that a schema is not structural
                    .containsExactlyInAnyOrder("NamesAccepted=True", "Established=True");
        }
    }

    @ParameterizedTest
    @CsvSource({"actortemplates, true, true", "workerpools, true, true", "sandboxconfigs, false, false"})
    void namesAndScopeAreServed(String plural, boolean namespaced, boolean status) throws IOException {
        JsonNode resources = cluster.get("/apis/ate.dev/v1alpha1").get("resources");
        List<String> served = new ArrayList<>();
        resources.forEach(resource -> {
            served.add(resource.get("name").asText());
            if (resource.get("name").asText().equals(plural)) {
                String singular = plural.substring(0, plural.length() - 1);
                assertThat(resource.get("namespaced").asBoolean()).isEqualTo(namespaced);
                assertThat(resource.get("singularName").asText()).isEqualTo(singular);
                assertThat(resource.at("/shortNames/0").asText()).isEqualTo(singular);
            }
        });

        assertThat(served).contains(plural);
        assertThat(served.contains(plural + "/status")).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "ACTOR_TEMPLATE, NAME CLASS",
        "WORKER_POOL, NAME DESIRED REPLICAS READY FREE AGE",
        "SANDBOX_CONFIG, NAME CLASS DEFAULT AGE"
    })
    void kubectlShowsTheColumns(Kind kind, String columns) throws Exception {
        String name = create(kind);

        String table = TestCluster.kubectl("get", kind.kind().toLowerCase(Locale.ROOT), name, "-n", namespace);

        assertThat(table.lines().findFirst().orElseThrow().split(" +")).containsExactly(columns.split(" "));
    }

    @Test
    void whatIsNotSaidHasItsDefault() throws IOException {
        ObjectNode template = Kind.ACTOR_TEMPLATE.manifest();
        template.set("spec", JSON.readTree("""
                {"pauseImage": "p@q", "snapshotsConfig": {"location": "x"},
                 "containers": [{"name": "a", "image": "a@b", "readyz": {"httpGet": {"port": 80}}}]}"""));
        ObjectNode pool = Kind.WORKER_POOL.manifest();
        pool.set("spec", JSON.readTree("{\"replicas\": 0, \"ateomImage\": \"a\"}"));
        ObjectNode config = Kind.SANDBOX_CONFIG.manifest();
        config.set("spec", JSON.createObjectNode());

        assertThat(dryRun(Kind.ACTOR_TEMPLATE, template)).isEqualTo(JSON.readTree("""
                {"pauseImage": "p@q", "snapshotsConfig": {"location": "x", "onPause": "Full", "onCommit": "Full"},
                 "containers": [{"name": "a", "image": "a@b", "readyz": {"httpGet": {"port": 80, "path": "/readyz"}}}],
                 "sandboxClass": "gvisor"}"""));
        assertThat(dryRun(Kind.WORKER_POOL, pool))
                .isEqualTo(JSON.readTree("{\"replicas\": 0, \"ateomImage\": \"a\", \"sandboxClass\": \"gvisor\"}"));
        assertThat(dryRun(Kind.SANDBOX_CONFIG, config)).isEqualTo(JSON.readTree("{\"sandboxClass\": \"gvisor\"}"));
    }

    /** One that is stored and that the model can't read would stop whoever lists its kind. */
    @ParameterizedTest
    @CsvSource({
        "/spec, replicas, 2147483648",
        "/spec, replicas, 1.5",
        "/spec/template/tolerations/0, tolerationSeconds, 9223372036854775808",
        "/spec/template/nodeAffinity/preferredDuringSchedulingIgnoredDuringExecution/0, weight, 2147483648"
    })
    void aNumberIsNoWiderThanInTheModel(String pointer, String field, BigDecimal number) {
        ObjectNode pool = Kind.WORKER_POOL.manifest();
        ((ObjectNode) pool.at(pointer)).put(field, number);

        assertThatThrownBy(() -> dryRun(Kind.WORKER_POOL, pool))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining(field);
    }

    @ParameterizedTest
    @EnumSource
    void aSpecIsRequired(Kind kind) {
        ObjectNode object = kind.manifest();
        object.remove("spec");

        assertThatThrownBy(() -> dryRun(kind, object))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("spec: Required value");
    }

    @ParameterizedTest
    @CsvSource({
        "ACTOR_TEMPLATE, /spec",
        "ACTOR_TEMPLATE, /spec/containers/0",
        "ACTOR_TEMPLATE, /spec/workerSelector",
        "WORKER_POOL, /spec/template",
        "WORKER_POOL, /spec/template/tolerations/0",
        "WORKER_POOL, /spec/template/nodeAffinity",
        "WORKER_POOL, /spec/template/resources",
        "SANDBOX_CONFIG, /spec/assets/amd64/runsc"
    })
    void unknownFieldsArePruned(Kind kind, String pointer) throws IOException {
        ObjectNode object = kind.manifest();
        JsonNode known = dryRun(kind, object);

        ((ObjectNode) object.at(pointer)).put("unheardOf", 1);

        assertThat(dryRun(kind, object)).isEqualTo(known);
    }

    @Test
    void theSpecOfATemplateIsImmutable() throws IOException {
        String path = Kind.ACTOR_TEMPLATE.path(namespace) + "/" + create(Kind.ACTOR_TEMPLATE);
        JsonNode stored = cluster.get(path);

        for (Consumer<ObjectNode> change : List.<Consumer<ObjectNode>>of(
                spec -> spec.put("sandboxClass", "microvm"),
                spec -> spec.remove("lifecycle"),
                spec -> spec.putArray("containers"),
                spec -> spec.withObject("/workerSelector/matchLabels").put("a", "b"))) {
            ObjectNode changed = stored.deepCopy();
            change.accept((ObjectNode) changed.get("spec"));
            assertThatThrownBy(() -> cluster.send("PUT", path, changed))
                    .as(changed.toString())
                    .isInstanceOf(KubernetesClientException.class)
                    .hasMessageContaining("spec: Invalid value")
                    .hasMessageContaining("Spec is immutable");
        }
        ObjectNode withoutSpec = stored.deepCopy();
        withoutSpec.remove("spec");
        assertThatThrownBy(() -> cluster.send("PUT", path, withoutSpec)).hasMessageContaining("spec: Required value");
        assertThat(cluster.get(path)).isEqualTo(stored);
    }

    @Test
    void theLabelsOfATemplateMayChange() throws IOException {
        String path = Kind.ACTOR_TEMPLATE.path(namespace) + "/" + create(Kind.ACTOR_TEMPLATE);
        ObjectNode labelled = (ObjectNode) cluster.get(path);
        labelled.withObject("/metadata/labels").put("a", "b");

        cluster.send("PUT", path, labelled);

        assertThat(cluster.get(path).at("/metadata/labels/a").asText()).isEqualTo("b");
    }

    @Test
    void thePoolsOfAnAutoscalerScale() throws Exception {
        String name = create(Kind.WORKER_POOL);
        String path = Kind.WORKER_POOL.path(namespace) + "/" + name;
        ObjectNode pool = (ObjectNode) cluster.get(path);
        pool.putObject("status").put("replicas", 4).put("selector", "ate.dev/worker-pool=" + name);
        cluster.send("PUT", path + "/status", pool);

        TestCluster.kubectl("scale", "workerpool", name, "--replicas=7", "-n", namespace);

        JsonNode scale = cluster.get(path + "/scale");
        assertThat(scale.at("/spec/replicas").asInt()).isEqualTo(7);
        assertThat(scale.at("/status/replicas").asInt()).isEqualTo(4);
        assertThat(scale.at("/status/selector").asText()).isEqualTo("ate.dev/worker-pool=" + name);
        assertThat(cluster.get(path).at("/spec/replicas").asInt()).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource(names = {"ACTOR_TEMPLATE", "WORKER_POOL"})
    void specAndStatusAreWrittenApart(Kind kind) throws IOException {
        String path = kind.path(namespace) + "/" + create(kind);
        ObjectNode object = (ObjectNode) cluster.get(path);
        JsonNode spec = object.get("spec").deepCopy();
        ((ObjectNode) object.get("spec")).put("sandboxClass", "process");
        object.set("status", status("Ready"));

        JsonNode written = cluster.send("PUT", path + "/status", object);

        assertThat(written.get("spec")).isEqualTo(spec);
        assertThat(written.at("/status/conditions/0/reason").asText()).isEqualTo("Ready");

        ((ObjectNode) written).putObject("status");
        assertThat(cluster.send("PUT", path, written)
                        .at("/status/conditions/0/reason")
                        .asText())
                .isEqualTo("Ready");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "has space", "-a"})
    void aConditionIsHeldToKubernetesRules(String reason) throws IOException {
        String path = Kind.ACTOR_TEMPLATE.path(namespace) + "/" + create(Kind.ACTOR_TEMPLATE);
        ObjectNode object = (ObjectNode) cluster.get(path);
        object.set("status", status(reason));

        assertThatThrownBy(() -> cluster.send("PUT", path + "/status", object))
                .hasMessageContaining("status.conditions[0].reason: Invalid value");
    }

    private static JsonNode status(String reason) {
        ObjectNode status = JSON.createObjectNode().put("observedGeneration", 1);
        status.putArray("conditions")
                .addObject()
                .put("type", "Ready")
                .put("status", "True")
                .put("reason", reason)
                .put("message", "Actor template is ready for use")
                .put("lastTransitionTime", "2026-01-01T00:00:00Z");
        return status;
    }

    private static String create(Kind kind) throws IOException {
        String name = "dormouse-test-" + UUID.randomUUID();
        ObjectNode object = kind.manifest();
        object.withObject("/metadata").put("name", name);
        cluster.send("POST", kind.path(namespace), object);
        cluster.removeLater(kind.path(namespace) + "/" + name);
        return name;
    }

    private static JsonNode dryRun(Kind kind, ObjectNode object) throws IOException {
        return cluster.send("POST", kind.path(namespace) + "?dryRun=All", object)
                .get("spec");
    }
}
