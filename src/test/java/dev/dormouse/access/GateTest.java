package dev.dormouse.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import io.smallrye.mutiny.Uni;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {

    private static final Permission RESUME = new Permission(Verb.CREATE, "actors/resume", "team-a", "counter");
    private static final Tokens ALICE = token ->
            Uni.createFrom().item(token.equals("alices") ? Optional.of(Caller.named("alice")) : Optional.empty());

    private static Gate gate(Permissions permissions) {
        return gate(Map.of("dormouse.mode", "kubernetes"), ALICE, permissions);
    }

    private static Gate gate(Map<String, String> settings, Tokens tokens, Permissions permissions) {
        var config = TestSettings.of(settings);
        AccessSettings access = new AccessSettings(config);
        InstantSource clock = InstantSource.system();
        Callers callers = new Callers(tokens, new ClientCertificates(access, clock), config, clock);
        return new Gate(access, callers, permissions);
    }

    private static Passage with(String token) {
        return new Passage(Credentials.ofToken(token), RESUME);
    }

    private static Failure refusal(Gate gate, Passage passage) {
        return catchThrowableOfType(
                Failure.class, () -> gate.admit(passage).await().indefinitely());
    }

    private static Permissions allowing(boolean allowed) {
        return (caller, permission) -> Uni.createFrom().item(allowed);
    }

    @Test
    void whoMayIsLetThrough() {
        Passage passage = with("alices");

        gate((caller, permission) -> Uni.createFrom().item(caller.user().equals("alice") && permission.equals(RESUME)))
                .admit(passage)
                .await()
                .indefinitely();

        assertThat(passage.caller()).isEqualTo(Caller.named("alice"));
    }

    @Test
    void whoMayNotIsToldWhatHeLacks() {
        Failure refusal = refusal(gate(allowing(false)), with("alices"));

        assertThat(refusal.code()).isEqualTo(Code.PERMISSION_DENIED);
        assertThat(refusal.detail()).isEqualTo("alice may not create actors/resume in atespace team-a");
    }

    @Test
    void whoBringsNothingIsUnknown() {
        assertThat(refusal(gate(allowing(true)), with(null)).code()).isEqualTo(Code.UNAUTHENTICATED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "xyzzy", "alices\u0000", "alices alices", "älices"})
    void anotherTokenIsNobodys(String token) {
        Failure refusal = refusal(gate(allowing(true)), with(token));

        assertThat(refusal.code()).isEqualTo(Code.UNAUTHENTICATED);
        if (!token.isEmpty()) {
            assertThat(refusal.detail()).doesNotContain(token);
        }
    }

    @Test
    void aTokenLongerThanAnyIsNotLookedAt() {
        assertThat(refusal(gate(allowing(true)), with("a".repeat(16_385))).code())
                .isEqualTo(Code.UNAUTHENTICATED);
    }

    @Test
    void nobodyPassesWhileNobodyCanSay() {
        Failure down = new Failure(Code.UNAVAILABLE, "down");

        Failure refusal = refusal(gate((caller, permission) -> Uni.createFrom().failure(down)), with("alices"));

        assertThat(refusal).isSameAs(down);
    }

    @Test
    void standaloneWithoutATokenEverybodyPasses() {
        Gate open = gate(Map.of(), ALICE, allowing(false));

        open.admit(with(null)).await().indefinitely();

        assertThat(open.open()).isTrue();
    }

    @Test
    void standaloneOnlyTheTokenPasses() {
        var settings = Map.of("dormouse.access.token", "correct-horse-battery");
        LocalAccess local = new LocalAccess(new AccessSettings(TestSettings.of(settings)));
        Gate gate = gate(settings, local, local);

        gate.admit(with("correct-horse-battery")).await().indefinitely();

        assertThat(refusal(gate, with("correct-horse-batterx")).code()).isEqualTo(Code.UNAUTHENTICATED);
        assertThat(refusal(gate, with(null)).code()).isEqualTo(Code.UNAUTHENTICATED);
        assertThat(local.allow(Caller.of("token", List.of()), RESUME).await().indefinitely())
                .as("somebody of that name")
                .isFalse();
    }
}
