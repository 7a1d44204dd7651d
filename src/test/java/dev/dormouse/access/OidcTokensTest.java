package dev.dormouse.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Failure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With an issuer that answers over HTTP. */
class OidcTokensTest {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private TestIssuer issuer;
    private OidcTokens tokens;

    @BeforeEach
    void start() throws Exception {
        issuer = new TestIssuer();
        tokens = new OidcTokens(issuer.url(), settings(Map.of()), now::get);
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    private DormouseConfig.Oidc settings(Map<String, String> more) {
        var all = new java.util.HashMap<>(more);
        all.put("dormouse.access.oidc.issuer", issuer.url());
        all.put("dormouse.access.oidc.audience", TestIssuer.AUDIENCE);
        return TestSettings.of(all).access().oidc();
    }

    private Optional<Caller> caller(String token) {
        return tokens.caller(token).await().atMost(Duration.ofSeconds(20));
    }

    private Optional<Caller> callerOf(Consumer<JwtClaims> change) {
        return caller(issuer.token(change));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aTokenTellsUserAndGroups() {
        Caller caller = callerOf(claims -> {}).orElseThrow();

        assertThat(caller.user()).isEqualTo("oidc:alice");
        assertThat(caller.groups()).containsExactly("oidc:team-a", "system:authenticated");
        assertThat(caller.delegate()).isNull();
    }

    @Test
    void otherClaimsMayTellThem() {
        tokens = new OidcTokens(
                issuer.url(),
                settings(Map.of(
                        "dormouse.access.oidc.username-claim", "email",
                        "dormouse.access.oidc.groups-claim", "role",
                        "dormouse.access.oidc.prefix", "x-")),
                now::get);

        Caller caller = callerOf(claims -> {
                    claims.setClaim("email", "alice@example.com");
                    claims.setClaim("role", "boss");
                })
                .orElseThrow();

        assertThat(caller.user()).isEqualTo("x-alice@example.com");
        assertThat(caller.groups()).contains("x-boss");
    }

    @Test
    void whoActsForAnotherIsTold() {
        Caller caller =
                callerOf(claims -> claims.setClaim("act", Map.of("sub", "bot"))).orElseThrow();

        assertThat(caller.user()).isEqualTo("oidc:alice");
        assertThat(caller.delegate()).isEqualTo("oidc:bot");
    }

    @Test
    void anExpiredOneIsNobodys() {
        String token = issuer.token(claims -> {});
        now.updateAndGet(then -> then.plus(Duration.ofMinutes(11)));

        assertThat(caller(token)).isEmpty();
    }

    @Test
    void oneThatNeverExpiresIsNobodys() {
        assertThat(callerOf(claims -> claims.unsetClaim("exp"))).isEmpty();
    }

    @Test
    void oneForOthersIsNobodys() {
        assertThat(callerOf(claims -> claims.setAudience("others"))).isEmpty();
        assertThat(callerOf(claims -> claims.unsetClaim("aud"))).isEmpty();
    }

    @Test
    void oneOfAnotherIssuerIsNotItsOwn() {
        String token = issuer.token(claims -> claims.setIssuer("https://login.example.com"));

        assertThat(tokens.claims(token)).isFalse();
        assertThat(caller(token)).isEmpty();
        assertThat(tokens.claims("nonsense")).isFalse();
        assertThat(tokens.claims(issuer.token(claims -> {}))).isTrue();
    }

    @Test
    void aForgedOneIsNobodys() {
        var forger = TestIssuer.newKey("one");

        assertThat(caller(TestIssuer.signed(issuer.claims(claims -> {}), forger)))
                .isEmpty();
        assertThat(caller(issuer.token(claims -> {}) + "x")).isEmpty();
    }

    @Test
    void oneThatNobodySignedIsNobodys() {
        String claims = base64(issuer.claims(change -> {}).toJson());
        String unsigned = base64("{\"alg\":\"none\",\"kid\":\"one\"}") + "." + claims + ".";

        assertThat(tokens.claims(unsigned)).isTrue();
        assertThat(caller(unsigned)).isEmpty();
    }

    @Test
    void theIssuersPublicKeyIsNoSecretToSignWith() throws Exception {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(issuer.claims(claims -> {}).toJson());
        signature.setKey(new HmacKey(issuer.key().getPublicKey().getEncoded()));
        signature.setKeyIdHeaderValue("one");
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);

        assertThat(caller(signature.getCompactSerialization())).isEmpty();
    }

    @Test
    void theClustersOwnNamesAreNotTheIssuersToGive() {
        tokens = new OidcTokens(issuer.url(), settings(Map.of("dormouse.access.oidc.prefix", "s")), now::get);

        assertThat(callerOf(claims -> claims.setSubject("ystem:admin"))).isEmpty();
        assertThat(callerOf(claims -> claims.setStringListClaim("groups", "ystem:masters", "team"))
                        .orElseThrow()
                        .groups())
                .isEqualTo(List.of("steam", "system:authenticated"));
    }

    @Test
    void anExchangedKeyIsFoundAndTheOldOneForgotten() {
        String old = issuer.token(claims -> {});
        assertThat(caller(old)).isPresent();
        issuer.signWith(TestIssuer.newKey("two"));
        String fresh = issuer.token(claims -> {});
        now.updateAndGet(then -> then.plusSeconds(11));

        assertThat(caller(fresh)).isPresent();
        assertThat(caller(old)).isEmpty();
    }

    @Test
    void unknownKeysAreNotLookedForAllTheTime() {
        String unknown = TestIssuer.signed(issuer.claims(claims -> {}), TestIssuer.newKey("other"));

        for (int i = 0; i < 5; i++) {
            assertThat(caller(unknown)).isEmpty();
        }

        assertThat(issuer.keysFetched()).isEqualTo(1);
    }

    @Test
    void nobodyIsKnownWhileTheIssuerIsDown() {
        issuer.goDown();

        Failure failure = catchThrowableOfType(Failure.class, () -> callerOf(claims -> {}));

        assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(failure.detail()).doesNotContain("localhost");
    }

    @Test
    void anAudienceIsNeeded() {
        var settings = TestSettings.of(Map.of("dormouse.access.oidc.issuer", issuer.url()))
                .access()
                .oidc();

        assertThatThrownBy(() -> new OidcTokens(issuer.url(), settings, now::get))
                .hasMessageContaining("set dormouse.access.oidc.audience");
    }
}
