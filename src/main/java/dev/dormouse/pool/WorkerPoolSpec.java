package dev.dormouse.pool;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.dormouse.sandboxconfig.SandboxClass;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * @param replicas how many workers; an autoscaled pool may leave it out, and then its autoscaler alone sets it
 * @param template settings of the worker Pods
 * @param sandboxClass null means gvisor
 * @param sandboxConfigName a SandboxConfig of the same class; null means the default of the class
 * @param autoscaling null means that whoever sets {@code replicas} decides
 */
@ValidationRule(
        value = "has(self.replicas) || has(self.autoscaling)",
        fieldPath = ".replicas",
        message = WorkerPoolRules.REPLICAS)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WorkerPoolSpec(
        @Min(0) @SpecReplicas @Nullable Integer replicas,

        @Required @Size(min = 1) String ateomImage,
        @Nullable PodSettings template,
        @Default("gvisor") @Nullable SandboxClass sandboxClass,
        @Nullable String sandboxConfigName,
        @Nullable Autoscaling autoscaling) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PodSettings(
            @Nullable Map<String, String> nodeSelector,
            @Size(max = 16) @Nullable List<Toleration> tolerations,
            @Nullable String priorityClassName,
            @Nullable NodeAffinity nodeAffinity,
            @Nullable ResourceRequirements resources) {}

    /**
     * @param minReplicas null means 1
     * @param targetFree how many workers are to be free besides those that callers wait for; null means 0
     */
    @ValidationRule(
            value = "self.minReplicas <= self.maxReplicas",
            fieldPath = ".minReplicas",
            message = WorkerPoolRules.BOUNDS)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Autoscaling(
            @Min(0) @Default("1") @Nullable Integer minReplicas,

            @Required @Min(1) Integer maxReplicas,
            @Min(0) @Default("0") @Nullable Integer targetFree) {

        /** Default applied. */
        public int min() {
            return minReplicas == null ? 1 : minReplicas;
        }

        /** Default applied. */
        public int free() {
            return targetFree == null ? 0 : targetFree;
        }
    }

    /** How many workers it is to have now: as many as it says, and the least that it may have where it doesn't say. */
    public int declaredReplicas() {
        if (replicas != null) {
            return replicas;
        }
        return autoscaling == null ? 0 : autoscaling.min();
    }

    /** The class, default applied, as it is written in manifests. */
    public String effectiveSandboxClass() {
        return SandboxClass.orDefault(sandboxClass).wireName();
    }
}
