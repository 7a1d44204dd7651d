package dev.dormouse.pool;

import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** @param sandboxClass null in the manifest means gvisor */
public record WorkerPoolSpec(
        int replicas,
        String ateomImage,
        @Nullable PodSettings template,
        @Nullable String sandboxClass,
        @Nullable String sandboxConfigName) {

    public record PodSettings(
            @Nullable Map<String, String> nodeSelector,
            @Nullable List<Toleration> tolerations,
            @Nullable String priorityClassName,
            @Nullable NodeAffinity nodeAffinity,
            @Nullable ResourceRequirements resources) {}

    /** The class, default applied. */
    public String effectiveSandboxClass() {
        return sandboxClass == null ? "gvisor" : sandboxClass;
    }
}
