package dev.dormouse.pool;

import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

public record WorkerPoolStatus(
        int replicas,
        int readyReplicas,
        int freeWorkers,
        int assignedWorkers,
        @Nullable String selector,
        @Nullable List<Condition> conditions,
        long observedGeneration) {}
