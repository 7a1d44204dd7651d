package dev.dormouse.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.dormouse.pool.WorkerPoolSpec;
import dev.dormouse.template.ActorTemplateSpec;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestReaderTest {

    private static final String POOL = """
            apiVersion: ate.dev/v1alpha1
            kind: WorkerPool
            metadata:
              name: one
            spec:
              replicas: 1
              ateomImage: ateom
            """;

    @ParameterizedTest
    @ValueSource(strings = {"older-era.yaml", "newer-era.yaml"})
    void manifestsOfEachEraKeepEveryFieldAndItsOrder(String file) throws Exception {
        List<Map<?, ?>> declared = new ArrayList<>();
        ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
        Iterator<Map<?, ?>> documents = yaml.readerFor(Map.class).readValues(resource(file));
        documents.forEachRemaining(declared::add);
        List<String> specs = declared.stream()
                .filter(d -> d.containsKey("spec"))
                .map(d -> ManifestJson.write(d.get("spec")))
                .toList();

        List<ManifestObject> objects = ManifestReader.read(resource(file)).stream()
                .filter(o -> o.key().kind() != ManifestKind.SECRET)
                .toList();

        assertThat(objects).hasSameSizeAs(specs);
        ObjectMapper json = new ObjectMapper();
        for (int i = 0; i < specs.size(); i++) {
            Object spec = objects.get(i).spec();
            String written = ManifestJson.write(spec);
            assertThat(json.readTree(written)).isEqualTo(json.readTree(specs.get(i)));
            assertThat(ManifestJson.write(ManifestJson.stored(written, spec.getClass())))
                    .isEqualTo(written);
        }
    }

    @Test
    void namespacesAreAcceptedAndSecretsKeepTheirData() throws Exception {
        List<ManifestObject> objects = ManifestReader.read(resource("older-era.yaml"));

        assertThat(objects)
                .extracting(o -> o.key().toString())
                .containsExactly("WorkerPool lab/lab-default", "Secret lab/greeter", "ActorTemplate lab/greeter");
        @SuppressWarnings("unchecked")
        Map<String, String> data = (Map<String, String>) objects.get(1).spec();
        assertThat(ManifestSecret.decode(data))
                .containsEntry("token", "hunter2")
                .containsEntry("config.json", "{\"model\":\"small\"}");
    }

    @Test
    void anExplicitDefaultIsKept() throws Exception {
        ManifestObject template =
                ManifestReader.read(resource("newer-era.yaml")).get(1);

        assertThat(ManifestJson.write(template.spec())).contains("\"onPause\":\"Full\",\"onCommit\":\"Data\"");
        assertThat(template.specAs(ActorTemplateSpec.class)).isNotNull();
    }

    @Test
    void theNamespaceIsDefaultWhereNoneIsGiven() throws Exception {
        ManifestObject pool = ManifestReader.read(POOL.getBytes(UTF_8)).getFirst();

        assertThat(pool.key().namespace()).isEqualTo("default");
        assertThat(Objects.requireNonNull(pool.specAs(WorkerPoolSpec.class)).replicas())
                .isEqualTo(1);
    }

    @Test
    void anUnknownFieldIsNamedWithDocumentLineAndColumn() {
        assertThat(errors(POOL + "---\n" + POOL.replace("name: one", "name: two") + "  replica: 3\n"))
                .containsExactly(
                        "document 2, line 16, column 3: spec.replica: Unknown field; known are ateomImage, autoscaling, replicas, sandboxClass,"
                                + " sandboxConfigName, template");
    }

    @Test
    void anUnknownFieldInsideATypeOfKubernetesIsRefused() {
        assertThat(errors(POOL + "  template:\n    tolerations:\n    - key: a\n      efect: NoSchedule\n"))
                .singleElement()
                .asString()
                .startsWith("document 1, line 11, column 7: spec.template.tolerations[0].efect: Unknown field");
        assertThat(errors(POOL.replace("  name: one", "  name: one\n  lables: {}")))
                .singleElement()
                .asString()
                .startsWith("document 1, line 5, column 3: metadata.lables: Unknown field");
        assertThat(errors(POOL + "sepc: {}\n"))
                .singleElement()
                .asString()
                .startsWith("document 1, line 8, column 1: sepc: Unknown field");
    }

    @Test
    void everyBadDocumentIsReportedAtOnce() {
        String third = POOL.replace("replicas: 1", "replicas: many");

        assertThat(errors(POOL.replace("replicas: 1", "replicas: -1") + "---\n" + third))
                .containsExactly(
                        "document 1, line 6, column 3: spec.replicas: Must be at least 0",
                        "document 2, line 14, column 3: spec.replicas: Must be a whole number");
    }

    @Test
    void aMissingFieldIsReportedAtItsParent() {
        assertThat(errors(POOL.replace("  replicas: 1\n", "")))
                .containsExactly(
                        "document 1, line 5, column 1: spec.replicas: Replicas are required where autoscaling is not set");
        assertThat(errors(POOL.replace("  name: one", "  namespace: x")))
                .containsExactly("document 1, line 3, column 1: metadata.name: Required value");
        assertThat(errors("kind: WorkerPool\n"))
                .containsExactly("document 1, line 1, column 1: apiVersion: Required value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "\"1\"", "true", "[1]", "{a: 1}", "99999999999"})
    void aValueOfAnotherTypeIsRefused(String replicas) {
        assertThat(errors(POOL.replace("replicas: 1", "replicas: " + replicas)))
                .singleElement()
                .asString()
                .startsWith("document 1, line 6, column 3: spec.replicas: ");
    }

    @Test
    void aNumberIsNotText() {
        assertThat(errors(POOL.replace("ateomImage: ateom", "ateomImage: 17")))
                .containsExactly(
                        "document 1, line 7, column 3: spec.ateomImage: Must be text; put a number, true or false in quotes");
    }

    @Test
    void anUnknownClassIsAnsweredWithTheKnownOnes() {
        assertThat(errors(POOL + "  sandboxClass: docker\n"))
                .containsExactly(
                        "document 1, line 8, column 3: spec.sandboxClass: Must be one of gvisor, microvm, process");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Deployment", "ConfigMap", "workerpool"})
    void otherKindsAreRefused(String kind) {
        assertThat(errors(POOL.replace("WorkerPool", kind)))
                .singleElement()
                .asString()
                .startsWith("document 1, line 2, column 1: kind: Not a kind that is kept here");
    }

    @Test
    void anotherVersionIsRefused() {
        assertThat(errors(POOL.replace("v1alpha1", "v2")))
                .singleElement()
                .asString()
                .contains("Not a kind");
    }

    @Test
    void theSameObjectTwiceIsRefused() {
        assertThat(errors(POOL + "---\n" + POOL))
                .containsExactly(
                        "document 2, line 12, column 3: metadata.name: WorkerPool default/one is declared twice: document 1 has it already");
    }

    @Test
    void aDuplicateFieldIsRefused() {
        assertThat(errors(POOL + "  replicas: 2\n"))
                .containsExactly("document 1, line 8, column 3: spec.replicas: Duplicate field");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..b", "UPPER", "a/b", "../x", "-a", "\"\""})
    void badNamesAreRefused(String name) {
        assertThat(errors(POOL.replace("name: one", "name: " + name)))
                .singleElement()
                .asString()
                .startsWith("document 1, line 4, column 3: metadata.name: ");
        assertThat(errors(POOL.replace("name: one", "name: " + "a".repeat(254))))
                .hasSize(1);
    }

    @Test
    void badLabelsAreRefused() {
        assertThat(errors(POOL.replace("  name: one", "  name: one\n  labels: {\"a b\": c}")))
                .hasSize(1);
        assertThat(errors(POOL.replace("  name: one", "  name: one\n  labels: {a: \"b c\"}")))
                .hasSize(1);
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        byte[] latin1 = new byte[] {'a', ':', ' ', (byte) 0xe9, '\n'};

        assertThat(refusal(latin1).getMessage()).isEqualTo("document 1: The manifests are not UTF-8");
    }

    @Test
    void controlCharactersAreRefused() {
        assertThat(errors("a: \u0007\n")).containsExactly("document 1: Not YAML: the character U+0007 is not allowed");
    }

    @Test
    void brokenYamlIsRefusedAtItsLine() {
        assertThat(errors(POOL + "---\na: [1\nb: 2\n"))
                .singleElement()
                .asString()
                .startsWith("document 2, line 10, column 2: Not YAML: ");
    }

    @Test
    void hugeInputIsRefusedUnread() {
        byte[] huge = new byte[ManifestYaml.MAX_BYTES + 1];

        assertThat(refusal(huge).getMessage()).contains("larger than 1048576 bytes");
    }

    @Test
    void aliasesThatMultiplyAreRefused() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 6; i++) {
            bomb.append("a%d: &a%d [".formatted(i, i))
                    .append(("*a" + (i - 1) + ", ").repeat(9))
                    .append("x]\n");
        }

        assertThat(errors(bomb.toString())).singleElement().asString().contains("Not YAML");
    }

    @Test
    void anAliasInsideOfWhatItNamesIsRefused() {
        assertThat(errors("a: &a [*a]\n")).isNotEmpty();
        assertThat(errors("a: &a {b: *a}\n")).isNotEmpty();
    }

    @Test
    void deepNestingIsRefused() {
        assertThat(errors("a: " + "[".repeat(100_000))).isNotEmpty();
        assertThat(errors("{a: ".repeat(100_000))).isNotEmpty();
    }

    @Test
    void anchorsMayBeUsed() throws Exception {
        String two = POOL.replace("metadata:", "metadata: &m") + "---\n";

        assertThat(ManifestReader.read(two.getBytes(UTF_8))).hasSize(1);
    }

    @Test
    void foreignTagsAreRefused() {
        assertThat(errors(POOL.replace("name: one", "name: !!java.net.URL one")))
                .isNotEmpty();
        assertThat(errors("!!javax.script.ScriptEngineManager [a]")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "42", "[a, b]", "\"text\""})
    void whatIsNoObjectIsRefused(String yaml) {
        assertThat(errors(yaml)).singleElement().asString().contains("Must be an object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "---\n---\n", "# nothing\n"})
    void emptyDocumentsDeclareNothing(String yaml) throws Exception {
        assertThat(ManifestReader.read(yaml.getBytes(UTF_8))).isEmpty();
    }

    @Test
    void noErrorHoldsTheValueOfASecret() {
        String secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n";

        for (String data : List.of(
                "data: {a: hunter2!}\n",
                "stringData: {a: [hunter2]}\n",
                "data: hunter2\n",
                "stringData: {hunter: *hunter2}\n",
                "stringData: {a: 2222}\n")) {
            assertThat(errors(secret + data))
                    .isNotEmpty()
                    .allSatisfy(e -> assertThat(e).doesNotContain("hunter2", "2222"));
        }
    }

    @Test
    void aClusterScopedKindHasNoNamespace() {
        assertThat(
                        errors(
                                "apiVersion: ate.dev/v1alpha1\nkind: SandboxConfig\nmetadata: {name: a, namespace: b}\nspec: {}\n"))
                .containsExactly("document 1, line 3, column 21: metadata.namespace: A SandboxConfig has no namespace");
    }

    private static List<String> errors(String yaml) {
        return refusal(yaml.getBytes(UTF_8)).errors().stream()
                .map(ManifestError::toString)
                .toList();
    }

    private static ManifestException refusal(byte[] yaml) {
        ManifestException refusal = catchThrowableOfType(ManifestException.class, () -> ManifestReader.read(yaml));
        assertThat(refusal).as("a refusal").isNotNull();
        return refusal;
    }

    private static byte[] resource(String file) throws IOException {
        try (InputStream in = ManifestReaderTest.class.getResourceAsStream("/manifests/" + file)) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }
}
