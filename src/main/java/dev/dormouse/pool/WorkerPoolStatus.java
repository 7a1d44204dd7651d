package dev.dormouse.pool;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * @param replicas workers that exist, in whatever state
 * @param readyReplicas workers that take or hold actors
 * @param selector label selector of the worker Pods, for autoscalers
 * @param observedGeneration the generation of the spec that this speaks of
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WorkerPoolStatus(
        @StatusReplicas int replicas,
        int readyReplicas,
        int freeWorkers,
        int assignedWorkers,

        @io.fabric8.kubernetes.model.annotation.LabelSelector @Nullable
        String selector,

        @Nullable List<Condition> conditions,
        long observedGeneration) {}
