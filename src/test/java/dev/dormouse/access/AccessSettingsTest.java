package dev.dormouse.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessSettingsTest {

    private static AccessSettings of(Map<String, String> settings) {
        return new AccessSettings(TestSettings.of(settings));
    }

    @Test
    void aTokenMayStandInAFile(@TempDir Path place) throws Exception {
        Path file = Files.writeString(place.resolve("token"), "correct-horse-battery\n");

        AccessSettings settings = of(Map.of("dormouse.access.token-file", file.toString()));

        assertThat(settings.open()).isFalse();
        assertThat(settings.sharedToken().orElseThrow().matches("correct-horse-battery"))
                .isTrue();
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> of(Map.of("dormouse.access.token-file", "/nowhere/token")))
                .hasMessageContaining("dormouse.access.token-file can't be read");
    }

    @Test
    void aShortTokenIsRefusedAndNotTold() {
        assertThatThrownBy(() -> of(Map.of("dormouse.access.token", "secret")))
                .hasMessageContaining("shorter than 16")
                .hasMessageNotContaining("secret");
    }

    @Test
    void inAClusterThereIsNoSharedToken() {
        assertThat(of(Map.of("dormouse.mode", "kubernetes")).open()).isFalse();
        assertThatThrownBy(() ->
                        of(Map.of("dormouse.mode", "kubernetes", "dormouse.access.token", "correct-horse-battery")))
                .hasMessageContaining("leave out dormouse.access.token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "localhost", "::1"})
    void anOpenServerListensToItsOwnMachine(String host) {
        assertThatCode(() -> Exposure.requireLoopback("quarkus.http.host", host))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "no.such.host.invalid"})
    void anOpenServerListensToNobodyElse(String host) {
        assertThatThrownBy(() -> Exposure.requireLoopback("quarkus.http.host", host))
                .hasMessage(("quarkus.http.host is %s, and whoever reaches it could do everything:"
                                + " set dormouse.access.token, or let it be 127.0.0.1")
                        .formatted(host));
    }
}
