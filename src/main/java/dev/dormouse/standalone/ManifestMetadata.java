package dev.dormouse.standalone;

import dev.dormouse.platform.FieldCheck;
import dev.dormouse.platform.Violation;
import dev.dormouse.standalone.ManifestObject.Key;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part of metadata that people write: name, namespace, labels, annotations. What an API server fills in is passed over. */
final class ManifestMetadata {

    private static final int LABEL_LENGTH = 63;
    private static final int SUBDOMAIN_LENGTH = 253;
    private static final int ANNOTATIONS_LENGTH = 256 * 1024;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL_VALUE = Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?");
    private static final Pattern LABEL_NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");

    private ManifestMetadata() {}

    record Read(Key key, Map<String, String> labels, Map<String, String> annotations) {}

    /** @return null when something was refused */
    static @Nullable Read read(
            ObjectMeta meta, ManifestKind kind, String defaultNamespace, Consumer<Violation> refused) {
        FieldCheck check = FieldCheck.at("metadata");
        String name = meta.getName();
        if (check.field("name").requiredText(name)) {
            check.field("name").matches(name, SUBDOMAIN_LENGTH, SUBDOMAIN, "Must be a valid DNS subdomain");
        }
        String namespace = namespace(check.field("namespace"), meta, kind, defaultNamespace);
        labels(check.field("labels"), meta.getLabels());
        check.field("annotations")
                .must(meta.getAnnotations(), a -> length(a) <= ANNOTATIONS_LENGTH, "Must be at most 256 KiB");
        check.violations().forEach(refused);
        if (!check.violations().isEmpty()) {
            return null;
        }
        return new Read(new Key(kind, namespace, name), orEmpty(meta.getLabels()), orEmpty(meta.getAnnotations()));
    }

    private static String namespace(FieldCheck check, ObjectMeta meta, ManifestKind kind, String defaultNamespace) {
        String declared = meta.getNamespace();
        if (!kind.namespaced()) {
            check.must(declared, String::isEmpty, "A %s has no namespace".formatted(kind.kind()));
            return "";
        }
        if (declared == null || declared.isEmpty()) {
            return defaultNamespace;
        }
        check.matches(declared, LABEL_LENGTH, LABEL, "Must be a valid DNS label");
        return declared;
    }

    private static void labels(FieldCheck check, @Nullable Map<String, String> labels) {
        orEmpty(labels).forEach((key, value) -> {
            FieldCheck label = check.field(key);
            int slash = key.indexOf('/');
            label.matches(
                    key.substring(slash + 1),
                    LABEL_LENGTH,
                    LABEL_NAME,
                    "Not a label key: [prefix/]name of letters, digits, '-', '_', '.'");
            if (slash >= 0) {
                label.matches(
                        key.substring(0, slash),
                        SUBDOMAIN_LENGTH,
                        SUBDOMAIN,
                        "A label's prefix must be a DNS subdomain");
            }
            label.matches(value, LABEL_LENGTH, LABEL_VALUE, "Not a label value: letters, digits, '-', '_', '.'");
        });
    }

    private static int length(Map<String, String> map) {
        return map.entrySet().stream()
                .mapToInt(e -> e.getKey().length() + e.getValue().length())
                .sum();
    }

    private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
        return map == null ? Map.of() : map;
    }
}
