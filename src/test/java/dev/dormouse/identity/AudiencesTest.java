package dev.dormouse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AudiencesTest {

    @Test
    void eachIsNamedOnceInTheOrderItWasGiven() {
        assertThat(new Audiences(List.of("https://vault.example.com/x?y", "bank", "bank")).names())
                .containsExactly("https://vault.example.com/x?y", "bank");
    }

    @Test
    void asManyAndAsLongAsIsAllowed() {
        List<String> most = IntStream.range(0, Audiences.MOST)
                .mapToObj(i -> "%0256d".formatted(i))
                .toList();

        assertThat(new Audiences(most).names()).isEqualTo(most);
    }

    static List<List<String>> bad() {
        return List.of(
                List.of(),
                List.of(""),
                List.of("good", ""),
                List.of("with blank"),
                List.of("line\nbreak"),
                List.of("nul\0"),
                List.of("umläut"),
                List.of("a".repeat(Audiences.LONGEST + 1)),
                List.of("a".repeat(1_000_000)),
                Collections.nCopies(Audiences.MOST + 1, "same"));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void everythingElseIsRefused(List<String> names) {
        Failure failure = catchThrowableOfType(Failure.class, () -> new Audiences(names));

        assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(failure.detail()).hasSizeLessThan(200);
    }
}
