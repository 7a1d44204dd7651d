package dev.dormouse.golden;

import dev.dormouse.template.ActorTemplateSpec;
import dev.dormouse.template.ActorTemplateSpec.Container;
import dev.dormouse.template.ActorTemplateSpec.Volume;
import dev.dormouse.template.ActorTemplateSpec.VolumeMount;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What keeps a template that its schema accepts from ever booting, found before a worker is spent on it. */
final class TemplateDefect {

    private static final Set<String> OPERATORS = Set.of("In", "NotIn", "Exists", "DoesNotExist");

    private TemplateDefect() {}

    /** A sentence for the user; empty when none was found. */
    static Optional<String> of(ActorTemplateSpec spec) {
        if (spec.containers().isEmpty()) {
            return Optional.of("The template has no containers");
        }
        Set<String> volumes = orEmpty(spec.volumes()).stream().map(Volume::name).collect(Collectors.toSet());
        return spec.containers().stream()
                .flatMap(container -> mount(container, volumes).stream())
                .findFirst()
                .or(() -> selector(spec));
    }

    private static Optional<String> mount(Container container, Set<String> volumes) {
        Set<String> paths = new HashSet<>();
        for (VolumeMount mount : orEmpty(container.volumeMounts())) {
            if (!volumes.contains(mount.name())) {
                return Optional.of("Container %s mounts volume %s, which the template does not have"
                        .formatted(container.name(), mount.name()));
            }
            if (!paths.add(mount.mountPath())) {
                return Optional.of(
                        "Container %s mounts two volumes at %s".formatted(container.name(), mount.mountPath()));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> selector(ActorTemplateSpec spec) {
        if (spec.workerSelector() == null) {
            return Optional.empty();
        }
        List<LabelSelectorRequirement> requirements =
                orEmpty(spec.workerSelector().getMatchExpressions());
        return requirements.stream()
                .filter(r -> r.getOperator() == null || !OPERATORS.contains(r.getOperator()))
                .findFirst()
                .map(r -> "workerSelector: the operator of %s must be In, NotIn, Exists or DoesNotExist"
                        .formatted(r.getKey()));
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
