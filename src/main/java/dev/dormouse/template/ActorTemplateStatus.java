package dev.dormouse.template;

import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * @param phase "", ResumeGoldenActor, WaitGoldenActor, Ready or Failed
 * @param takeGoldenSnapshotAt RFC 3339
 * @param goldenSnapshot its URI
 */
public record ActorTemplateStatus(
        @Nullable String phase,
        @Nullable String goldenActorID,
        @Nullable String takeGoldenSnapshotAt,
        @Nullable String goldenSnapshot,
        @Nullable List<Condition> conditions,
        long observedGeneration) {}
