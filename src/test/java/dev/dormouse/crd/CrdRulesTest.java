package dev.dormouse.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The cases leave no rule of the CRDs out. */
class CrdRulesTest {

    /** @param path a pattern: where a map's keys are, anything fits */
    private record Rule(Constraint constraint, String path, String message) {

        boolean isTestedBy(RuleCase rule, Set<String> messages) {
            return Constraint.of(rule.message(), messages) == constraint
                    && (message.isEmpty() || message.equals(rule.message()))
                    && ("spec." + rule.field()).replaceAll("\\[\\d+]", "[]").matches(path);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyRuleHasACaseThatItRefuses(RuleCase.Kind kind) throws IOException {
        List<Rule> rules = new ArrayList<>();
        collect("spec", InstalledCrds.schema(kind.kind()).at("/properties/spec"), rules);
        Set<String> messages = InstalledCrds.messages();

        // that one takes two versions of an object
        rules.removeIf(rule -> rule.message().equals("Spec is immutable"));

        assertThat(rules)
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(RuleCase.all().filter(c -> c.kind() == kind))
                        .as(rule.toString())
                        .anyMatch(c ->
                                !c.refused().isEmpty() && !c.accepted().isEmpty() && rule.isTestedBy(c, messages)));
    }

    private static void collect(String path, JsonNode schema, List<Rule> rules) {
        schema.path("required")
                .forEach(field -> rules.add(new Rule(Constraint.REQUIRED, path + "\\." + field.asText(), "")));
        schema.path("x-kubernetes-validations")
                .forEach(rule -> rules.add(new Rule(
                        Constraint.RULE,
                        path + rule.path("fieldPath").asText().replace(".", "\\."),
                        rule.get("message").asText())));
        schema.fieldNames().forEachRemaining(name -> {
            Constraint constraint = switch (name) {
                case "maxItems", "maxProperties" -> Constraint.MAX_ITEMS;
                case "maxLength" -> Constraint.MAX_LENGTH;
                case "minLength" -> Constraint.MIN_LENGTH;
                case "pattern" -> Constraint.PATTERN;
                case "enum" -> Constraint.ENUM;
                case "minimum", "maximum" -> Constraint.BOUNDS;
                default -> null;
            };
            if (constraint != null) {
                rules.add(new Rule(constraint, path, ""));
            }
        });
        schema.path("properties")
                .properties()
                .forEach(property -> collect(path + "\\." + property.getKey(), property.getValue(), rules));
        if (schema.has("items")) {
            collect(path + "\\[]", schema.get("items"), rules);
        }
        if (schema.has("additionalProperties")) {
            collect(path + "\\.[^.]+", schema.get("additionalProperties"), rules);
        }
    }
}
