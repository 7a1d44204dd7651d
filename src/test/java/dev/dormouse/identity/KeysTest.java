package dev.dormouse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dormouse.access.TestSettings;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jose4j.jwk.Use;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that share a vault, at a clock that is set. */
class KeysTest {

    private static final DormouseConfig CONFIG = TestSettings.of(Map.of());
    private static final Duration CACHED_BY_OTHERS = Duration.ofMinutes(5);

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-03-01T00:00:00Z");
    private final Vault vault = new Vault();
    private final Keys one = replica();
    private final Keys other = replica();

    private static final class Vault implements KeyVault {
        private @Nullable String kept;
        private boolean away;
        private int asked;

        @Override
        public synchronized String keep(Function<@Nullable String, String> change) throws IOException {
            asked++;
            if (away) {
                throw new IOException("away");
            }
            kept = change.apply(kept);
            return kept;
        }
    }

    private Keys replica() {
        return new Keys(CONFIG, vault, () -> now);
    }

    private static KeyRing ring(Keys replica) {
        return replica.ring().await().atMost(Duration.ofSeconds(10));
    }

    private static Set<String> published(Keys replica) {
        Set<String> ids = new HashSet<>();
        ring(replica)
                .keys()
                .forEach(key -> ids.add(key.publicTokens(Use.SIGNATURE).getString("kid")));
        return ids;
    }

    @Test
    void replicasSignWithTheSameKey() {
        assertThat(ring(one).signer(now).id()).isEqualTo(ring(other).signer(now).id());
    }

    @Test
    void whoRemembersAnyReplicasKeysKnowsThatOfEveryTokenFromItsFirstToItsLastMoment() {
        Set<String> signers = new HashSet<>();
        String signedALifeAgo = ring(one).signer(now).id();
        // 100 days, in steps of the life of a token
        for (int step = 0; step < 100 * 24 * 4; step++) {
            Set<String> remembered = published(other);
            now = now.plus(CACHED_BY_OTHERS);
            String signer = ring(one).signer(now).id();

            assertThat(remembered).contains(signer);
            assertThat(published(other)).contains(signer, signedALifeAgo);
            signers.add(signer);
            signedALifeAgo = signer;
            now = now.plus(ActorTokens.LIFE.minus(CACHED_BY_OTHERS));
        }
        assertThat(signers).hasSize(4);
        assertThat(ring(one).keys()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void theyAreReadOnceAMinute() {
        ring(one);
        now = now.plus(Keys.READ_EVERY).minusSeconds(1);
        ring(one);
        assertThat(vault.asked).isEqualTo(1);

        now = now.plusSeconds(1);
        ring(one);
        assertThat(vault.asked).isEqualTo(2);
    }

    @Test
    void whileTheyCantBeReadTheKnownOnesSignButNotForLong() {
        KeyRing known = ring(one);
        vault.away = true;

        now = now.plus(Keys.BELIEVED).minusSeconds(1);
        assertThat(ring(one)).isSameAs(known);
        now = now.plusSeconds(1);
        assertThat(catchThrowableOfType(Failure.class, () -> ring(one)).code()).isEqualTo(Code.UNAVAILABLE);

        vault.away = false;
        assertThat(published(one)).contains(known.signer(now).id());
    }

    @Test
    void whatIsNoKeysIsNotReplaced() {
        vault.kept = "{\"d\": \"precious\"}";

        Failure failure = catchThrowableOfType(Failure.class, () -> ring(one));

        assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(failure.detail()).doesNotContain("precious");
        assertThat(vault.kept).isEqualTo("{\"d\": \"precious\"}");
    }

    @Test
    void aWorkerAgentHasNone() {
        Keys agent = new Keys(TestSettings.of(Map.of("dormouse.role", "ateom")), vault, () -> now);

        assertThat(catchThrowableOfType(Failure.class, () -> ring(agent)).code())
                .isEqualTo(Code.UNIMPLEMENTED);
        assertThat(vault.asked).isZero();
    }

    @Test
    void aFileKeepsThemForItsOwnerOnly() throws IOException {
        KeyFile file = new KeyFile(directory.resolve("data"));
        Keys before = new Keys(CONFIG, file, () -> now);
        Keys after = new Keys(CONFIG, new KeyFile(directory.resolve("data")), () -> now);

        assertThat(ring(before).signer(now).id())
                .isEqualTo(ring(after).signer(now).id());
        Path kept = directory.resolve("data/identity-keys.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rw-------");
        assertThat(directory.resolve("data")).isDirectoryNotContaining("glob:**.new");
    }
}
