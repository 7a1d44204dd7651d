package dev.dormouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgeTest {

    @ParameterizedTest
    @CsvSource({
        "PT-5S, 0s",
        "PT0S, 0s",
        "PT119S, 119s",
        "PT2M, 2m",
        "PT5M10S, 5m10s",
        "PT10M59S, 10m",
        "PT179M, 179m",
        "PT3H, 3h",
        "PT7H59M, 7h59m",
        "PT47H, 47h",
        "P2D, 2d",
        "P3DT4H, 3d4h",
        "P100D, 100d",
        "P800D, 2y70d",
        "P4000D, 10y"
    })
    void agesAreWrittenAsKubectlDoes(Duration age, String expected) {
        assertThat(Age.of(age)).isEqualTo(expected);
    }
}
