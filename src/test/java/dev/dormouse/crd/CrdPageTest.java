package dev.dormouse.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/crds.md is what the CRDs say; {@code make docs} writes it anew. */
class CrdPageTest {

    private static final Path PAGE = Path.of("docs/crds.md");

    /** Types that Kubernetes' own pages explain, by the fields that have them. */
    private static final Map<String, String> OF_KUBERNETES = Map.of(
            "nodeAffinity", "NodeAffinity",
            "tolerations", "list of Toleration",
            "resources", "ResourceRequirements",
            "workerSelector", "LabelSelector, of WorkerPools",
            "workerPoolRef", "ObjectReference, of a WorkerPool",
            "conditions", "list of Condition");

    @Test
    void thePageOfTheCrdsIsCurrent() throws IOException {
        String page = page();
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, page);
        }

        assertThat(PAGE).as("run make docs").hasContent(page);
    }

    private static String page() throws IOException {
        StringBuilder page = new StringBuilder("""
                # Custom resources

                ```
                kubectl apply -f src/main/kubernetes/install/crds
                ```

                installs the three kinds of `ate.dev/v1alpha1`. The files are made of the Java model by `make crds`, and this page of the files by
                `make docs`; tests hold all three to each other. A standalone server enforces the same rules, those in quotes with the same words. It is
                stricter in two things: it refuses unknown fields, which an API server drops, and a second default SandboxConfig of one class.

                A field with a default is stored with it when it is left out; everything else is stored as it was written. Manifests of the
                older era (`workerPoolRef`, `runsc` in the template) and of the newer one apply unchanged.
                """);
        for (RuleCase.Kind kind : RuleCase.Kind.values()) {
            describe(InstalledCrds.of(kind.kind()), page);
        }
        return page.toString();
    }

    private static void describe(JsonNode crd, StringBuilder page) {
        JsonNode version = crd.at("/spec/versions/0");
        page.append("\n## %s\n\n%s, short name `%s`. Columns: %s.%s\n"
                .formatted(
                        crd.at("/spec/names/kind").asText(),
                        crd.at("/spec/scope").asText(),
                        crd.at("/spec/names/shortNames/0").asText(),
                        String.join(
                                ", ", version.get("additionalPrinterColumns").findValuesAsText("name")),
                        subresources(version)));
        JsonNode properties = version.at("/schema/openAPIV3Schema/properties");
        page.append("\n| field | type | rules |\n|---|---|---|\n");
        describe("spec", properties.get("spec"), true, page);
        if (properties.has("status")) {
            describe("status", properties.get("status"), false, page);
        }
    }

    private static String subresources(JsonNode version) {
        List<String> names = new ArrayList<>();
        version.path("subresources").fieldNames().forEachRemaining(name -> names.add("`" + name + "`"));
        return names.isEmpty() ? "" : " Subresources: " + String.join(", ", names) + ".";
    }

    private static void describe(String path, JsonNode schema, boolean required, StringBuilder page) {
        String name = path.substring(path.lastIndexOf('.') + 1);
        String kubernetes = OF_KUBERNETES.get(name);
        page.append("| `%s` | %s | %s |\n"
                .formatted(path, kubernetes == null ? type(schema) : kubernetes, rules(schema, required)));
        if (kubernetes != null) {
            return;
        }
        String below = path;
        JsonNode object = schema;
        while (object.has("items") || object.has("additionalProperties")) {
            below += object.has("items") ? "[]" : ".*";
            object = object.has("items") ? object.get("items") : object.get("additionalProperties");
        }
        if (object != schema && !rules(object, false).isEmpty()) {
            page.append("| `%s` | %s | %s |\n".formatted(below, type(object), rules(object, false)));
        }
        String prefix = below + ".";
        List<String> needed = new ArrayList<>();
        object.path("required").forEach(field -> needed.add(field.asText()));
        object.path("properties")
                .properties()
                .forEach(property -> describe(
                        prefix + property.getKey(), property.getValue(), needed.contains(property.getKey()), page));
    }

    private static String type(JsonNode schema) {
        if (schema.has("items")) {
            return "list of " + type(schema.get("items"));
        }
        if (schema.has("additionalProperties")) {
            return "map of " + type(schema.get("additionalProperties"));
        }
        return schema.get("type").asText();
    }

    private static String rules(JsonNode schema, boolean required) {
        List<String> rules = new ArrayList<>();
        if (required) {
            rules.add("required");
        }
        if (schema.has("default")) {
            rules.add("default `" + schema.get("default").asText() + "`");
        }
        if (schema.has("enum")) {
            List<String> values = new ArrayList<>();
            schema.get("enum").forEach(value -> values.add("`" + value.asText() + "`"));
            rules.add("one of " + String.join(", ", values));
        }
        Map<String, String> limits = Map.of(
                "maxItems", "at most %s items",
                "maxProperties", "at most %s entries",
                "maxLength", "at most %s characters",
                "minLength", "at least %s character",
                "minimum", "at least %s",
                "maximum", "at most %s");
        limits.keySet().stream()
                .sorted()
                .filter(schema::has)
                .forEach(limit ->
                        rules.add(limits.get(limit).formatted(schema.get(limit).asInt())));
        if (schema.has("pattern")) {
            rules.add("`" + schema.get("pattern").asText().replace("|", "\\|") + "`");
        }
        schema.path("x-kubernetes-validations")
                .forEach(rule -> rules.add("\"" + rule.get("message").asText() + "\""));
        return String.join("; ", rules);
    }
}
