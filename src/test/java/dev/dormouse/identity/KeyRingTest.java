package dev.dormouse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import org.jose4j.jwk.Use;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRingTest {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Duration ROTATION = Duration.ofDays(30);
    private static final Instant DUE = START.plus(ROTATION).minus(KeyRing.PUBLISHED_BEFORE);

    private final KeyRing first = KeyRing.first(START);

    @Test
    void theFirstKeySignsAtOnce() {
        assertThat(first.keys()).hasSize(1);
        assertThat(first.signer(START)).isSameAs(first.keys().getFirst());
        assertThat(first.at(DUE.minusSeconds(1), ROTATION)).isSameAs(first);
    }

    @Test
    void theNextIsPublishedBeforeItSigns() {
        KeyRing rotated = first.at(DUE, ROTATION);

        assertThat(rotated.keys()).hasSize(2).startsWith(first.keys().getFirst());
        Instant turn = START.plus(ROTATION);
        assertThat(rotated.signer(turn.minusSeconds(1))).isSameAs(first.keys().getFirst());
        assertThat(rotated.signer(turn)).isSameAs(rotated.keys().getLast());
        assertThat(rotated.at(DUE, ROTATION)).isSameAs(rotated);
    }

    @Test
    void theLastStaysUntilAllThatItSignedIsOver() {
        KeyRing rotated = first.at(DUE, ROTATION);
        Instant turn = START.plus(ROTATION);

        assertThat(KeyRing.PUBLISHED_AFTER).isGreaterThan(ActorTokens.LIFE.plus(Keys.BELIEVED));
        assertThat(KeyRing.PUBLISHED_AFTER).isGreaterThan(ActorCertificates.LIFE.plus(Keys.BELIEVED));
        assertThat(rotated.at(turn.plus(KeyRing.PUBLISHED_AFTER), ROTATION)).isSameAs(rotated);
        assertThat(rotated.at(turn.plus(KeyRing.PUBLISHED_AFTER).plusSeconds(1), ROTATION)
                        .keys())
                .containsExactly(rotated.keys().getLast());
    }

    @Test
    void aServerThatWasAwayForLongPublishesTheNextBeforeItSignsAllTheSame() {
        Instant back = START.plus(Duration.ofDays(400));

        KeyRing rotated = first.at(back, ROTATION);

        assertThat(rotated.keys()).hasSize(2);
        assertThat(rotated.signer(back)).isSameAs(first.keys().getFirst());
        assertThat(rotated.signer(back.plus(KeyRing.PUBLISHED_BEFORE)))
                .isSameAs(rotated.keys().getLast());
    }

    @Test
    void itComesBackAsItWasKept() {
        KeyRing rotated = first.at(DUE, ROTATION);

        KeyRing read = KeyRing.of(rotated.secret());

        assertThat(read.secret()).isEqualTo(rotated.secret());
        assertThat(read.keys())
                .extracting(SigningKey::id)
                .containsExactlyElementsOf(
                        rotated.keys().stream().map(SigningKey::id).toList());
        assertThat(read.keys().getFirst().authority())
                .isEqualTo(rotated.keys().getFirst().authority());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"keys\": []}",
                "{\"keys\": [1]}",
                "{\"keys\": [{\"signsFrom\": \"soon\"}]}",
                "{\"keys\": [{\"signsFrom\": \"2026-03-01T00:00:00Z\", \"tokens\": {\"kty\": \"EC\", \"d\": \"hidden\"}}]}"
            })
    void whatIsNoneIsRefusedWithoutBeingQuoted(String secret) {
        assertThatThrownBy(() -> KeyRing.of(secret))
                .isInstanceOf(IllegalStateException.class)
                .hasNoCause()
                .message()
                .doesNotContain("hidden");
    }

    @Test
    void aKeyWithoutItsPrivatePartIsNone() {
        JsonObject kept = new JsonObject(first.secret());
        kept.getJsonArray("keys").getJsonObject(0).getJsonObject("tokens").remove("d");

        assertThatThrownBy(() -> KeyRing.of(kept.encode())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nothingSecretIsPublishedOrPrinted() {
        SigningKey key = first.keys().getFirst();
        String tokens = new JsonObject(first.secret())
                .getJsonArray("keys")
                .getJsonObject(0)
                .getJsonObject("tokens")
                .getString("d");

        assertThat(key.publicTokens(Use.SIGNATURE).fieldNames())
                .containsExactlyInAnyOrder("kty", "kid", "use", "alg", "crv", "x", "y");
        assertThat(key.publicCertificates("x509-svid").fieldNames())
                .containsExactlyInAnyOrder("kty", "use", "crv", "x", "y", "x5c");
        assertThat(first.toString()).contains(key.id()).doesNotContain(tokens);
    }
}
