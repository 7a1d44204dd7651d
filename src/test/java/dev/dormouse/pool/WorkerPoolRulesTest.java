package dev.dormouse.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dormouse.platform.Violation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolRulesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'replicas': 0, 'ateomImage': 'a'}",
                "{'replicas': 9, 'ateomImage': 'a', 'sandboxClass': 'microvm', 'sandboxConfigName': 'c', 'template': {}}"
            })
    void wholePoolsAreAccepted(String spec) throws Exception {
        assertThat(violations(spec)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'ateomImage': 'a'}                  | spec.replicas: Required value",
                "{'replicas': -1, 'ateomImage': 'a'}  | spec.replicas: Must be at least 0",
                "{'replicas': 1}                      | spec.ateomImage: Required value",
                "{'replicas': 1, 'ateomImage': ''}    | spec.ateomImage: Must be at least 1 character long"
            })
    void eachBrokenRuleIsNamed(String spec, String violation) throws Exception {
        assertThat(violations(spec)).extracting(Violation::toString).containsExactly(violation);
    }

    @Test
    void sixteenTolerationsAreEnough() throws Exception {
        assertThat(violations(tolerations(16))).isEmpty();
        assertThat(violations(tolerations(17)))
                .extracting(Violation::toString)
                .containsExactly("spec.template.tolerations: Must have at most 16 items");
    }

    private static String tolerations(int count) {
        return "{'replicas': 1, 'ateomImage': 'a', 'template': {'tolerations': [%s]}}"
                .formatted(String.join(
                        ",", Stream.generate(() -> "{'key': 'a'}").limit(count).toList()));
    }

    private static List<Violation> violations(String spec) throws Exception {
        return WorkerPoolRules.violations(new ObjectMapper().readValue(spec.replace('\'', '"'), WorkerPoolSpec.class));
    }
}
