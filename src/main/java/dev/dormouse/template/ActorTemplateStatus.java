package dev.dormouse.template;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * @param phase "", ResumeGoldenActor, WaitGoldenActor, Ready or Failed
 * @param takeGoldenSnapshotAt RFC 3339
 * @param goldenSnapshot its URI; absent where the sandbox can't keep memory: actors of a Ready template then boot
 * @param goldenFailures how often in a row the golden actor's boot or snapshot failed
 * @param observedGeneration the generation of the spec that this speaks of
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActorTemplateStatus(
        @Nullable String phase,
        @Nullable String goldenActorID,
        @Nullable String takeGoldenSnapshotAt,
        @Nullable String goldenSnapshot,
        @Nullable Integer goldenFailures,
        @Nullable List<Condition> conditions,
        long observedGeneration) {

    public static final String READY = "Ready";
    public static final String FAILED = "Failed";

    /** The same with other conditions. */
    public ActorTemplateStatus withConditions(List<Condition> others) {
        return new ActorTemplateStatus(
                phase, goldenActorID, takeGoldenSnapshotAt, goldenSnapshot, goldenFailures, others, observedGeneration);
    }

    /** Whether actors can be made of the template. */
    public boolean ready() {
        return READY.equals(phase);
    }

    /** Why it is as it is, a sentence for the user; empty when its condition Ready doesn't say. */
    public Optional<String> reason() {
        return conditions == null
                ? Optional.empty()
                : conditions.stream()
                        .filter(condition -> READY.equals(condition.getType()))
                        .map(Condition::getMessage)
                        .filter(Objects::nonNull)
                        .findFirst();
    }
}
