package dev.dormouse.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.dormouse.platform.DormouseConfig;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What kubectl makes of src/main/kubernetes, and what an API server says to it. */
@KubeTest
class OverlaysOnClusterTest {

    private static final Path HERE = Path.of("src/main/kubernetes");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    static Stream<Path> overlays() throws IOException {
        try (Stream<Path> directories = Files.list(HERE.resolve("overlays"))) {
            return directories.sorted().toList().stream();
        }
    }

    private static List<JsonNode> render(Path directory) throws Exception {
        String rendered = TestCluster.kubectl("kustomize", directory.toString());
        List<JsonNode> objects = new ArrayList<>();
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(rendered)) {
            documents.forEachRemaining(objects::add);
        }
        return objects;
    }

    private static JsonNode only(List<JsonNode> objects, String kind, String name) {
        List<JsonNode> found = objects.stream()
                .filter(object -> object.get("kind").asText().equals(kind)
                        && object.at("/metadata/name").asText().equals(name))
                .toList();
        assertThat(found).as(kind + " " + name).hasSize(1);
        return found.getFirst();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyOverlayRenders(Path overlay) throws Exception {
        assertThat(render(overlay)).isNotEmpty().allSatisfy(object -> {
            assertThat(object.get("apiVersion").asText()).isNotEmpty();
            assertThat(object.at("/metadata/name").asText()).isNotEmpty();
        });
    }

    @Test
    void anExternalDatabaseTakesThePlaceOfTheOneForTrials() throws Exception {
        List<JsonNode> objects = render(HERE.resolve("overlays/external-database"));

        assertThat(objects)
                .noneMatch(object -> object.at("/metadata/name").asText().equals("dormouse-postgres"));
        assertThat(only(objects, "Secret", "dormouse-database")
                        .at("/stringData/jdbc-url")
                        .asText())
                .startsWith("jdbc:postgresql://postgres.example.com");
        only(objects, "Deployment", "dormouse");
    }

    @Test
    void aLargeOneHasMoreReplicas() throws Exception {
        assertThat(only(render(HERE.resolve("overlays/large")), "Deployment", "dormouse")
                        .at("/spec/replicas")
                        .asInt())
                .isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"snapshots-s3", "snapshots-gcs"})
    void aStorageIsAcceptedInEveryNamespace(String overlay) throws Exception {
        try (TestCluster cluster = new TestCluster()) {
            for (String namespace : List.of(cluster.namespace(), cluster.namespace())) {
                TestCluster.kubectl(
                        "-n",
                        namespace,
                        "apply",
                        "-k",
                        HERE.resolve("overlays/" + overlay).toString());

                assertThat(cluster.has("/api/v1/namespaces/%s/configmaps/dormouse-settings".formatted(namespace)))
                        .isTrue();
                assertThat(cluster.has("/api/v1/namespaces/%s/secrets/dormouse-credentials".formatted(namespace)))
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"snapshots-s3", "snapshots-gcs"})
    void serversReadItByTheNamesThatItHas(String overlay) throws Exception {
        // what it names must be named from where it is
        Path own = Files.createDirectories(Path.of("target/overlays-test", overlay));
        Path up = own.relativize(HERE.resolve("overlays"));
        Files.writeString(own.resolve("kustomization.yaml"), """
                namespace: ate-system
                resources: [%s/large, %s/%s]
                """.formatted(up, up, overlay));

        List<JsonNode> objects = render(own);

        JsonNode from = only(objects, "Deployment", "dormouse").at("/spec/template/spec/containers/0/envFrom");
        for (var source :
                Map.of("configMapRef", "ConfigMap", "secretRef", "Secret").entrySet()) {
            String name = from.findValue(source.getKey()).get("name").asText();
            assertThat(only(objects, source.getValue(), name)
                            .at("/metadata/namespace")
                            .asText())
                    .isEqualTo("ate-system");
        }
    }

    @Test
    void theSettingsOfS3AreOurs() throws Exception {
        Map<String, String> environment = environment("snapshots-s3");

        DormouseConfig.S3 s3 = config(environment).snapshots().s3();
        assertThat(s3.endpoint()).hasValue("https://s3.example.com");
        assertThat(s3.region()).hasValue("us-east-1");
        assertThat(s3.pathStyle()).hasValue(true);
        assertThat(environment).containsKeys("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
    }

    @Test
    void theSettingsOfGcsAreOurs() throws Exception {
        DormouseConfig.Gs gs = config(environment("snapshots-gcs")).snapshots().gs();

        assertThat(gs.endpoint()).hasValue("https://storage.googleapis.com");
        assertThat(gs.credentialsJson())
                .hasValueSatisfying(key -> assertThat(key).contains("\"service_account\""));
    }

    /** What a container has that takes all of both. */
    private static Map<String, String> environment(String overlay) throws Exception {
        List<JsonNode> objects = render(HERE.resolve("overlays/" + overlay));
        Map<String, String> environment = new HashMap<>();
        Stream.of(
                        only(objects, "ConfigMap", "dormouse-settings").get("data"),
                        only(objects, "Secret", "dormouse-credentials").get("stringData"))
                .forEach(data -> data.properties()
                        .forEach(entry ->
                                environment.put(entry.getKey(), entry.getValue().asText())));
        return environment;
    }

    /** A name of ours that no setting has fails. */
    private static DormouseConfig config(Map<String, String> environment) {
        return new SmallRyeConfigBuilder()
                .withMapping(DormouseConfig.class)
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withSources(
                        new EnvConfigSource(environment, 300),
                        new PropertiesConfigSource(Map.of("dormouse.data-dir", "data"), "test", 100))
                .build()
                .getConfigMapping(DormouseConfig.class);
    }
}
