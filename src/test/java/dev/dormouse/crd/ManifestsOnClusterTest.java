package dev.dormouse.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.dormouse.crd.RuleCase.Kind;
import dev.dormouse.kube.KubeTest;
import dev.dormouse.kube.TestCluster;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.sandboxconfig.SandboxConfig;
import dev.dormouse.template.ActorTemplate;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Manifests of every era apply unchanged, and what is stored is what was written and the declared defaults: whoever compares sees no
 * difference, and applying again changes nothing. {@code -Dmanifests=DIR} takes other manifests than the repository's.
 */
@KubeTest
class ManifestsOnClusterTest {

    private static TestCluster cluster;

    private List<Declared> declared = List.of();

    static Stream<Path> manifests() throws IOException {
        try (Stream<Path> files =
                Files.list(Path.of(System.getProperty("manifests", "src/test/resources/manifests")))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    /** One object of a manifest. */
    private record Declared(Kind kind, ObjectNode object) {

        String path() {
            return kind.path(object.at("/metadata/namespace").asText()) + "/"
                    + object.at("/metadata/name").asText();
        }

        /** What must be stored: as written, with the schema's defaults where nothing was. */
        JsonNode expected() throws IOException {
            JsonNode spec = object.get("spec").deepCopy();
            fillIn(spec, InstalledCrds.schema(kind.kind()).at("/properties/spec"));
            return spec;
        }

        private static void fillIn(JsonNode value, JsonNode schema) {
            if (value instanceof ObjectNode fields) {
                schema.path("properties").properties().forEach(property -> {
                    if (property.getValue().has("default") && !fields.has(property.getKey())) {
                        fields.set(property.getKey(), property.getValue().get("default"));
                    }
                });
                fields.properties()
                        .forEach(field -> fillIn(
                                field.getValue(), schema.path("properties").path(field.getKey())));
            }
            value.forEach(item -> fillIn(item, schema.path("items")));
        }
    }

    @BeforeAll
    static void connect() {
        cluster = new TestCluster();
    }

    @AfterEach
    void removeObjects() {
        cluster.removeObjects();
    }

    @AfterAll
    static void disconnect() {
        cluster.close();
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void kubectlAppliesThemAndFindsThemUnchanged(Path file) throws Exception {
        prepare(file);

        TestCluster.kubectl("apply", "-f", file.toString());

        for (Declared each : declared) {
            assertThat(cluster.get(each.path()).get("spec")).as(each.path()).isEqualTo(each.expected());
        }
        List<String> stored = stored();
        assertThat(TestCluster.kubectl("apply", "-f", file.toString())
                        .lines()
                        .filter(line -> line.contains(".ate.dev/")))
                .hasSameSizeAs(declared)
                .allMatch(line -> line.endsWith(" unchanged"));
        assertThat(stored()).isEqualTo(stored);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void theyMayBeSentAgainAsTheyAre(Path file) throws Exception {
        prepare(file);
        for (Declared each : declared) {
            cluster.send(
                    "POST",
                    each.kind().path(each.object().at("/metadata/namespace").asText()),
                    each.object());
        }
        List<String> stored = stored();

        for (Declared each : declared) {
            ObjectNode again = each.object().deepCopy();
            again.withObject("/metadata")
                    .set("resourceVersion", cluster.get(each.path()).at("/metadata/resourceVersion"));
            cluster.send("PUT", each.path(), again);
        }

        assertThat(stored()).isEqualTo(stored);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void theModelWritesThemAsTheyAre(Path file) throws Exception {
        prepare(file);
        for (Declared each : declared) {
            cluster.client().resource(model(each)).create();
        }

        for (Declared each : declared) {
            assertThat(cluster.get(each.path()).get("spec")).as(each.path()).isEqualTo(each.expected());
        }
        List<String> stored = stored();
        for (Declared each : declared) {
            HasMetadata read = cluster.client().resource(model(each)).get();
            assertThat(spec(read)).isEqualTo(spec(expected(each)));
            cluster.client().resource(read).update();
        }
        assertThat(stored()).isEqualTo(stored);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void theModelAppliesThemOnServerSideTwice(Path file) throws Exception {
        prepare(file);
        for (Declared each : declared) {
            cluster.client().resource(model(each)).serverSideApply();
        }
        List<String> stored = stored();

        for (Declared each : declared) {
            assertThat(cluster.get(each.path()).get("spec")).as(each.path()).isEqualTo(each.expected());
            cluster.client().resource(model(each)).serverSideApply();
        }

        assertThat(stored()).isEqualTo(stored);
    }

    /** Reads the file; what it declares must not be there yet, and goes when the test ends. */
    private void prepare(Path file) throws IOException {
        YAMLMapper yaml = new YAMLMapper();
        List<ObjectNode> documents = yaml.readerFor(ObjectNode.class)
                .<ObjectNode>readValues(file.toFile())
                .readAll();
        declared = documents.stream()
                .flatMap(document -> Stream.of(Kind.values())
                        .filter(kind -> kind.kind().equals(document.path("kind").asText()))
                        .map(kind -> new Declared(kind, document)))
                .toList();
        assertThat(declared).as("objects of %s", file).isNotEmpty();
        for (Declared each : declared) {
            assertThat(cluster.has(each.path()))
                    .as("%s is there already and stays as it is; this test needs a cluster without it", each.path())
                    .isFalse();
        }
        documents.stream()
                .map(document -> document.at("/metadata/namespace").asText())
                .filter(namespace -> !namespace.isEmpty())
                .distinct()
                .forEach(cluster::requireNamespace);
        declared.forEach(each -> cluster.removeLater(each.path()));
    }

    /** All that is stored of them, to the byte. */
    private List<String> stored() {
        return declared.stream().map(each -> cluster.client().raw(each.path())).toList();
    }

    private static HasMetadata model(Declared declared) {
        return model(declared.kind(), declared.object());
    }

    private static HasMetadata expected(Declared declared) throws IOException {
        ObjectNode object = declared.object().deepCopy();
        object.set("spec", declared.expected());
        return model(declared.kind(), object);
    }

    private static HasMetadata model(Kind kind, ObjectNode object) {
        Class<? extends HasMetadata> type = switch (kind) {
            case ACTOR_TEMPLATE -> ActorTemplate.class;
            case WORKER_POOL -> WorkerPool.class;
            case SANDBOX_CONFIG -> SandboxConfig.class;
        };
        return cluster.client().getKubernetesSerialization().unmarshal(object.toString(), type);
    }

    private static Object spec(HasMetadata object) {
        return switch (object) {
            case ActorTemplate template -> template.getSpec();
            case WorkerPool pool -> pool.getSpec();
            case SandboxConfig config -> config.getSpec();
            default -> throw new IllegalArgumentException(object.getKind());
        };
    }
}
