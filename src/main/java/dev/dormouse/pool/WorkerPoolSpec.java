package dev.dormouse.pool;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.dormouse.sandboxconfig.SandboxClass;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * @param replicas how many workers
 * @param template settings of the worker Pods
 * @param sandboxClass null means gvisor
 * @param sandboxConfigName a SandboxConfig of the same class; null means the default of the class
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WorkerPoolSpec(
        @Required @Min(0) @SpecReplicas Integer replicas,

        @Required @Size(min = 1) String ateomImage,
        @Nullable PodSettings template,
        @Default("gvisor") @Nullable SandboxClass sandboxClass,
        @Nullable String sandboxConfigName) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PodSettings(
            @Nullable Map<String, String> nodeSelector,
            @Size(max = 16) @Nullable List<Toleration> tolerations,
            @Nullable String priorityClassName,
            @Nullable NodeAffinity nodeAffinity,
            @Nullable ResourceRequirements resources) {}

    /** The class, default applied, as it is written in manifests. */
    public String effectiveSandboxClass() {
        return SandboxClass.orDefault(sandboxClass).wireName();
    }
}
