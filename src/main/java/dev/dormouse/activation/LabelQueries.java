package dev.dormouse.activation;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.scheduler.LabelQuery;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a Kubernetes label selector. */
final class LabelQueries {

    private LabelQueries() {}

    static LabelQuery of(@Nullable LabelSelector selector) {
        if (selector == null) {
            return LabelQuery.ANY;
        }
        Map<String, String> equal = selector.getMatchLabels() == null ? Map.of() : selector.getMatchLabels();
        List<LabelSelectorRequirement> expressions =
                selector.getMatchExpressions() == null ? List.of() : selector.getMatchExpressions();
        return new LabelQuery(
                equal, expressions.stream().map(LabelQueries::expression).toList());
    }

    private static LabelQuery.Expression expression(LabelSelectorRequirement requirement) {
        Set<String> values = requirement.getValues() == null ? Set.of() : Set.copyOf(requirement.getValues());
        return new LabelQuery.Expression(requirement.getKey(), operator(requirement.getOperator()), values);
    }

    private static LabelQuery.Operator operator(String operator) {
        return switch (operator) {
            case "In" -> LabelQuery.Operator.IN;
            case "NotIn" -> LabelQuery.Operator.NOT_IN;
            case "Exists" -> LabelQuery.Operator.EXISTS;
            case "DoesNotExist" -> LabelQuery.Operator.DOES_NOT_EXIST;
            default ->
                throw new Failure(
                        Code.FAILED_PRECONDITION, "the template's workerSelector has an unknown operator: " + operator);
        };
    }
}
