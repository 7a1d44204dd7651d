package dev.dormouse.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dormouse.access.TestAccess;
import dev.dormouse.access.TestSettings;
import dev.dormouse.platform.DormouseConfig;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For whom callers speak outside a cluster. */
class LocalReportersTest {

    private static final String TOKEN = "correct-horse-battery-staple";

    @TempDir
    Path directory;

    private LocalReporters reporters(Map<String, String> settings) {
        DormouseConfig config = TestSettings.of(settings);
        return new LocalReporters(TestAccess.of(config), config);
    }

    private LocalReporters withToken() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), TOKEN + "\n");
        return reporters(Map.of("dormouse.ateom.token", file.toString()));
    }

    private static Mandate mandate(LocalReporters reporters, String token) {
        return reporters.of(Optional.ofNullable(token)).await().indefinitely();
    }

    private static Status.Code refusal(LocalReporters reporters, String token) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> mandate(reporters, token))
                .getStatus()
                .getCode();
    }

    @Test
    void whoHasTheTokenSpeaksForAllWorkers() throws IOException {
        assertThat(mandate(withToken(), TOKEN).covers(UUID.randomUUID())).isTrue();
    }

    @Test
    void nobodyElseDoesEvenWhereEverybodyMayReport() throws IOException {
        LocalReporters reporters = withToken();

        assertThat(refusal(reporters, null)).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refusal(reporters, "")).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refusal(reporters, TOKEN + "r")).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void withoutATokenEverybodySpeaksWhereEverybodyMayDoEverything() {
        assertThat(mandate(reporters(Map.of()), null)).isEqualTo(Mandate.ALL);
    }

    @Test
    void aGuardedServerWithoutOneListensToNobody() {
        LocalReporters guarded = reporters(Map.of("dormouse.access.token", "another-horse-battery-staple"));

        assertThat(refusal(guarded, null)).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refusal(guarded, "another-horse-battery-staple")).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void aMandateOfOneWorkerCoversNoOther() {
        UUID own = UUID.randomUUID();

        assertThat(new Mandate(own).covers(own)).isTrue();
        assertThat(new Mandate(own).covers(UUID.randomUUID())).isFalse();
    }
}
