package dev.dormouse.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dormouse.crd.RuleCase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Without an API server the rules of the CRDs are the same. */
class ManifestRulesTest {

    @ParameterizedTest
    @MethodSource("dev.dormouse.crd.RuleCase#all")
    void eachRuleAcceptsAndRefuses(RuleCase rule) throws Exception {
        for (String accepted : rule.accepted()) {
            assertThat(ManifestReader.read(yaml(rule, accepted))).as(accepted).hasSize(1);
        }
        for (String refused : rule.refused()) {
            ManifestException refusal =
                    catchThrowableOfType(ManifestException.class, () -> ManifestReader.read(yaml(rule, refused)));
            assertThat(refusal).as("a refusal of %s", refused).isNotNull();
            assertThat(refusal.errors()).as(refused).anySatisfy(error -> {
                assertThat(error.field()).isEqualTo("spec." + rule.field());
                assertThat(error.message()).startsWith(rule.message());
            });
        }
    }

    /** JSON is YAML, but for one character that must be escaped. */
    private static byte[] yaml(RuleCase rule, String value) {
        return rule.manifest(value).toString().replace("\u007f", "\\u007f").getBytes(UTF_8);
    }
}
