package dev.dormouse.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dormouse.platform.Violation;
import dev.dormouse.pool.WorkerPoolRules;
import dev.dormouse.pool.WorkerPoolSpec;
import dev.dormouse.sandboxconfig.SandboxConfigRules;
import dev.dormouse.sandboxconfig.SandboxConfigSpec;
import dev.dormouse.standalone.ManifestObject.Key;
import dev.dormouse.template.ActorTemplateRules;
import dev.dormouse.template.ActorTemplateSpec;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads manifests: YAML, one or many documents. Strict: unknown fields, kinds, duplicates and every broken rule of the CRDs are
 * refused, all of them at once, each with document, line and field; then nothing is read at all.
 */
final class ManifestReader {

    private static final String DEFAULT_NAMESPACE = "default";
    private static final Set<String> CUSTOM_FIELDS = Set.of("apiVersion", "kind", "metadata", "spec", "status");
    private static final Set<String> SECRET_FIELDS =
            Set.of("apiVersion", "kind", "metadata", "type", "data", "stringData", "immutable");

    private final List<ManifestError> errors = new ArrayList<>();
    private final Map<Key, ManifestObject> objects = new HashMap<>();
    private final List<ManifestObject> inOrder = new ArrayList<>();

    private ManifestReader() {}

    /**
     * The objects in their order.
     *
     * @throws ManifestException when anything is wrong with any document
     */
    static List<ManifestObject> read(byte[] yaml) throws ManifestException {
        ManifestReader reader = new ManifestReader();
        for (ManifestDocument document : ManifestYaml.parse(yaml)) {
            reader.document(document);
        }
        if (!reader.errors.isEmpty()) {
            throw new ManifestException(reader.errors);
        }
        return List.copyOf(reader.inOrder);
    }

    private void document(ManifestDocument document) {
        String apiVersion = text(document, "apiVersion");
        String kind = text(document, "kind");
        if (apiVersion == null || kind == null || (apiVersion.equals("v1") && kind.equals("Namespace"))) {
            // namespaces are names here, nothing has to be made for them
            return;
        }
        Optional<ManifestKind> known = ManifestKind.named(apiVersion, kind);
        if (known.isEmpty()) {
            errors.add(document.error(
                    "kind",
                    "Not a kind that is kept here: WorkerPool, ActorTemplate and SandboxConfig of ate.dev/v1alpha1,"
                            + " Secret and Namespace of v1"));
            return;
        }
        int before = errors.size();
        knownFields(document, known.get() == ManifestKind.SECRET ? SECRET_FIELDS : CUSTOM_FIELDS);
        ManifestMetadata.Read metadata = metadata(document, known.get());
        Object spec = spec(document, known.get());
        if (errors.size() == before && metadata != null && spec != null) {
            add(new ManifestObject(metadata.key(), metadata.labels(), metadata.annotations(), spec, document));
        }
    }

    private void add(ManifestObject object) {
        ManifestObject first = objects.putIfAbsent(object.key(), object);
        if (first == null) {
            inOrder.add(object);
        } else {
            errors.add(object.document()
                    .error(
                            "metadata.name",
                            "%s is declared twice: document %d has it already"
                                    .formatted(object, first.document().number())));
        }
    }

    private @Nullable String text(ManifestDocument document, String field) {
        JsonNode value = document.content().get(field);
        if (value == null) {
            errors.add(document.error(field, "Required value"));
            return null;
        }
        if (!value.isTextual()) {
            errors.add(document.error(field, "Must be text"));
            return null;
        }
        return value.textValue();
    }

    private void knownFields(ManifestDocument document, Set<String> known) {
        document.content().fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                errors.add(document.error(
                        field,
                        "Unknown field; known are "
                                + String.join(", ", known.stream().sorted().toList())));
            }
        });
    }

    private ManifestMetadata.@Nullable Read metadata(ManifestDocument document, ManifestKind kind) {
        ObjectMeta meta = part(document, "metadata", ObjectMeta.class);
        if (meta == null) {
            return null;
        }
        return ManifestMetadata.read(meta, kind, DEFAULT_NAMESPACE, v -> errors.add(document.error(v)));
    }

    private @Nullable Object spec(ManifestDocument document, ManifestKind kind) {
        return switch (kind) {
            case ACTOR_TEMPLATE -> checked(document, ActorTemplateSpec.class, ActorTemplateRules::violations);
            case WORKER_POOL -> checked(document, WorkerPoolSpec.class, WorkerPoolRules::violations);
            case SANDBOX_CONFIG -> checked(document, SandboxConfigSpec.class, SandboxConfigRules::violations);
            case SECRET -> ManifestSecret.data(document.content(), v -> errors.add(document.error(v)));
        };
    }

    private <T> @Nullable T checked(ManifestDocument document, Class<T> type, Function<T, List<Violation>> rules) {
        T spec = part(document, "spec", type);
        if (spec != null) {
            rules.apply(spec).forEach(v -> errors.add(document.error(v)));
        }
        return spec;
    }

    private <T> @Nullable T part(ManifestDocument document, String field, Class<T> type) {
        JsonNode node = document.content().get(field);
        if (node == null) {
            errors.add(document.error(field, "Required value"));
            return null;
        }
        ManifestJson.Reading<T> reading = ManifestJson.read(node, type);
        if (reading.misfit() != null) {
            errors.add(document.error(
                    field + reading.misfit().path(), reading.misfit().message()));
        }
        return reading.value();
    }
}
