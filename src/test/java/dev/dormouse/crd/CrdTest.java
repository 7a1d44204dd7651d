package dev.dormouse.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The CRDs that users install are those of the model, and have the contract's names, columns, defaults and words. */
class CrdTest {

    private static JsonNode template;
    private static JsonNode pool;
    private static JsonNode config;

    @BeforeAll
    static void read() throws IOException {
        template = InstalledCrds.of("ActorTemplate");
        pool = InstalledCrds.of("WorkerPool");
        config = InstalledCrds.of("SandboxConfig");
    }

    @Test
    void whatIsInstalledIsWhatTheModelSays() throws IOException {
        Map<String, String> files = GenerateCrds.files();

        assertThat(files).containsOnlyKeys("actortemplates.yaml", "sandboxconfigs.yaml", "workerpools.yaml");
        files.forEach((name, content) -> {
            Path installed = InstalledCrds.DIRECTORY.resolve(name);
            assertThat(installed).as("run make crds").hasContent(content);
        });
    }

    @Test
    void namesAndScopesAreThoseOfTheContract() {
        assertThat(names(template))
                .containsExactly("actortemplates", "actortemplate", "[\"actortemplate\"]", "Namespaced");
        assertThat(names(pool)).containsExactly("workerpools", "workerpool", "[\"workerpool\"]", "Namespaced");
        assertThat(names(config)).containsExactly("sandboxconfigs", "sandboxconfig", "[\"sandboxconfig\"]", "Cluster");
        for (JsonNode crd : List.of(template, pool, config)) {
            assertThat(crd.at("/spec/group").asText()).isEqualTo("ate.dev");
            assertThat(crd.at("/spec/versions/0/name").asText()).isEqualTo("v1alpha1");
        }
    }

    private static List<String> names(JsonNode crd) {
        return List.of(
                crd.at("/spec/names/plural").asText(),
                crd.at("/spec/names/singular").asText(),
                crd.at("/spec/names/shortNames").toString(),
                crd.at("/spec/scope").asText());
    }

    @Test
    void columnsAreInTheOrderInWhichPeopleReadThem() {
        assertThat(columns(template)).containsExactly("Class=.spec.sandboxClass");
        assertThat(columns(pool))
                .containsExactly(
                        "Desired=.spec.replicas",
                        "Replicas=.status.replicas",
                        "Ready=.status.readyReplicas",
                        "Free=.status.freeWorkers",
                        "Age=.metadata.creationTimestamp");
        assertThat(columns(config))
                .containsExactly(
                        "Class=.spec.sandboxClass", "Default=.spec.default", "Age=.metadata.creationTimestamp");
    }

    private static List<String> columns(JsonNode crd) {
        List<String> columns = new ArrayList<>();
        crd.at("/spec/versions/0/additionalPrinterColumns")
                .forEach(column -> columns.add(column.get("name").asText() + "="
                        + column.get("jsonPath").asText()));
        return columns;
    }

    @Test
    void subresourcesAreThoseOfTheContract() {
        assertThat(template.at("/spec/versions/0/subresources")).hasToString("{\"status\":{}}");
        assertThat(pool.at("/spec/versions/0/subresources/status")).hasToString("{}");
        assertThat(pool.at("/spec/versions/0/subresources/scale/specReplicasPath")
                        .asText())
                .isEqualTo(".spec.replicas");
        assertThat(pool.at("/spec/versions/0/subresources/scale/statusReplicasPath")
                        .asText())
                .isEqualTo(".status.replicas");
        assertThat(pool.at("/spec/versions/0/subresources/scale/labelSelectorPath")
                        .asText())
                .isEqualTo(".status.selector");
        assertThat(config.at("/spec/versions/0").has("subresources")).isFalse();
    }

    @Test
    void defaultsAreThoseOfTheContract() {
        assertThat(defaults(template))
                .containsExactlyInAnyOrder(
                        "sandboxClass=\"gvisor\"",
                        "snapshotsConfig.onPause=\"Full\"",
                        "policy.egress.default=\"Deny\"",
                        "policy.egress.allow[].ports[].protocol=\"TCP\"",
                        "snapshotsConfig.onCommit=\"Full\"",
                        "containers[].readyz.httpGet.path=\"/readyz\"");
        assertThat(defaults(pool))
                .containsExactlyInAnyOrder(
                        "sandboxClass=\"gvisor\"", "autoscaling.minReplicas=1", "autoscaling.targetFree=0");
        assertThat(defaults(config)).containsExactly("sandboxClass=\"gvisor\"");
    }

    private static List<String> defaults(JsonNode crd) {
        List<String> defaults = new ArrayList<>();
        collectDefaults("", crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec"), defaults);
        return defaults;
    }

    private static void collectDefaults(String path, JsonNode schema, List<String> defaults) {
        if (schema.has("default")) {
            defaults.add(path + "=" + schema.get("default"));
        }
        if (schema.has("items")) {
            collectDefaults(path + "[]", schema.get("items"), defaults);
        }
        schema.path("properties")
                .properties()
                .forEach(property -> collectDefaults(
                        path.isEmpty() ? property.getKey() : path + "." + property.getKey(),
                        property.getValue(),
                        defaults));
    }

    @Test
    void rulesHaveTheWordsOfTheContract() throws IOException {
        assertThat(InstalledCrds.messages())
                .contains(
                        "Spec is immutable",
                        "All images must be pinned (changing the image invalidates snapshots)",
                        "Name must be a valid DNS label",
                        "MountPath must be a clean absolute Unix path: must start with '/', not be '/', and contain no ':',"
                                + " '..', '.', '//', trailing '/', or control characters",
                        "onCommit must be a subset of onPause");
        assertThat(template.at(
                                "/spec/versions/0/schema/openAPIV3Schema/properties/spec/x-kubernetes-validations/0/rule")
                        .asText())
                .isEqualTo("self == oldSelf");
    }

    @Test
    void aCommandIsReplacedAsAWhole() throws IOException {
        assertThat(InstalledCrds.schema("ActorTemplate")
                        .at("/properties/spec/properties/containers/items/properties/command/x-kubernetes-list-type")
                        .asText())
                .isEqualTo("atomic");
    }

    @Test
    void unknownFieldsAreNowhereKept() throws IOException {
        for (JsonNode crd : InstalledCrds.all()) {
            assertThat(crd.findValues("x-kubernetes-preserve-unknown-fields")).isEmpty();
        }
    }
}
