package dev.dormouse.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.sandboxconfig.SandboxConfig;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model's annotations make the CRDs of the contract. */
class CrdTest {

    private static final String SPEC = "/schema/openAPIV3Schema/properties/spec";

    private static JsonNode template;
    private static JsonNode pool;
    private static JsonNode config;

    @BeforeAll
    static void generate(@TempDir Path directory) throws IOException {
        List<Class<? extends CustomResource<?, ?>>> kinds =
                List.of(ActorTemplate.class, WorkerPool.class, SandboxConfig.class);
        for (Class<? extends CustomResource<?, ?>> kind : kinds) {
            new CRDGenerator()
                    .customResourceClasses(kind)
                    .inOutputDir(directory.toFile())
                    .generate();
        }
        template = read(directory, "actortemplates");
        pool = read(directory, "workerpools");
        config = read(directory, "sandboxconfigs");
    }

    private static JsonNode read(Path directory, String plural) throws IOException {
        byte[] yaml = Files.readAllBytes(directory.resolve(plural + ".ate.dev-v1.yml"));
        return new ObjectMapper(new YAMLFactory()).readTree(yaml);
    }

    @Test
    void namesAndScopesAreThoseOfTheContract() {
        assertThat(template.at("/metadata/name").asText()).isEqualTo("actortemplates.ate.dev");
        assertThat(template.at("/spec/scope").asText()).isEqualTo("Namespaced");
        assertThat(pool.at("/spec/names/singular").asText()).isEqualTo("workerpool");
        assertThat(config.at("/spec/scope").asText()).isEqualTo("Cluster");
    }

    @Test
    void requiredFieldsAreRequired() {
        assertThat(strings(spec(template, "/required"))).containsExactly("pauseImage", "snapshotsConfig");
        assertThat(strings(spec(template, "/properties/snapshotsConfig/required")))
                .containsExactly("location");
        assertThat(strings(spec(template, "/properties/containers/items/required")))
                .containsExactly("image", "name");
        assertThat(strings(spec(pool, "/required"))).containsExactly("ateomImage", "replicas");
    }

    @Test
    void everyRuleInCelHasItsMessage() {
        assertThat(rules(template))
                .contains(
                        "self == oldSelf: Spec is immutable",
                        "self.contains('@'): All images must be pinned (changing the image invalidates snapshots)",
                        "self.onPause != 'Data' || self.onCommit == 'Data': onCommit must be a subset of onPause",
                        "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'): Name must be a valid DNS label");
        assertThat(rules(template))
                .anyMatch(rule ->
                        rule.endsWith("MountPath must be a clean absolute Unix path: must start with '/', not be"
                                + " '/', and contain no ':', '..', '.', '//', trailing '/', or control characters"));
    }

    @Test
    void boundsAndDefaultsAreDeclared() {
        JsonNode container = spec(template, "/properties/containers/items/properties");

        assertThat(spec(template, "/properties/containers/maxItems").asInt()).isEqualTo(10);
        assertThat(container.at("/command/maxItems").asInt()).isEqualTo(64);
        assertThat(container.at("/env/maxItems").asInt()).isEqualTo(32);
        assertThat(container
                        .at("/readyz/properties/httpGet/properties/path/default")
                        .asText())
                .isEqualTo("/readyz");
        assertThat(container
                        .at("/readyz/properties/httpGet/properties/port/maximum")
                        .asInt())
                .isEqualTo(65535);
        assertThat(spec(template, "/properties/snapshotsConfig/properties/onPause/default")
                        .asText())
                .isEqualTo("Full");
        assertThat(strings(spec(pool, "/properties/sandboxClass/enum")))
                .containsExactly("gvisor", "microvm", "process");
        assertThat(spec(pool, "/properties/template/properties/tolerations/maxItems")
                        .asInt())
                .isEqualTo(16);
        assertThat(spec(
                                config,
                                "/properties/assets/additionalProperties/additionalProperties/properties/sha256/pattern")
                        .asText())
                .isEqualTo("^[a-f0-9]{64}$");
    }

    @Test
    void columnsAndSubresourcesAreThoseOfTheContract() {
        assertThat(columns(template)).containsExactly("Class");
        assertThat(columns(pool)).containsExactly("Age", "Desired", "Free", "Ready", "Replicas");
        assertThat(columns(config)).containsExactly("Age", "Class", "Default");
        assertThat(pool.at("/spec/versions/0/subresources/scale/labelSelectorPath")
                        .asText())
                .isEqualTo(".status.selector");
        assertThat(template.at("/spec/versions/0/subresources").has("status")).isTrue();
    }

    private static JsonNode spec(JsonNode crd, String pointer) {
        return crd.at("/spec/versions/0" + SPEC + pointer);
    }

    private static Set<String> strings(JsonNode array) {
        Set<String> strings = new TreeSet<>();
        array.forEach(item -> strings.add(item.asText()));
        return strings;
    }

    private static Set<String> columns(JsonNode crd) {
        return new TreeSet<>(crd.at("/spec/versions/0/additionalPrinterColumns").findValuesAsText("name"));
    }

    private static Stream<String> rules(JsonNode crd) {
        return crd.findValues("x-kubernetes-validations").stream().flatMap(rules -> {
            Stream.Builder<String> found = Stream.builder();
            rules.forEach(rule -> found.add(
                    rule.get("rule").asText() + ": " + rule.get("message").asText()));
            return found.build();
        });
    }
}
