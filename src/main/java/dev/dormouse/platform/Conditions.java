package dev.dormouse.platform;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Conditions of Kubernetes' statuses, as values. */
public final class Conditions {

    private Conditions() {}

    /**
     * The condition that follows those that are there.
     *
     * @param object whose generation it speaks of
     * @param now when it turned, unless it stays what it was
     */
    public static Condition next(
            @Nullable List<Condition> present,
            String type,
            boolean met,
            String reason,
            String message,
            ObjectMeta object,
            Instant now) {
        String status = met ? "True" : "False";
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withObservedGeneration(object.getGeneration())
                .withLastTransitionTime(turnedAt(present, type, status, now))
                .build();
    }

    private static String turnedAt(@Nullable List<Condition> present, String type, String status, Instant now) {
        return (present == null ? List.<Condition>of() : present)
                .stream()
                        .filter(c -> c.getType().equals(type) && Objects.equals(c.getStatus(), status))
                        .map(Condition::getLastTransitionTime)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
