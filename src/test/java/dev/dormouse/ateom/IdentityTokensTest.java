package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dormouse.ateom.wire.Container;
import dev.dormouse.ateom.wire.MintTokenRequest;
import dev.dormouse.ateom.wire.MintTokenResponse;
import dev.dormouse.name.ActorKey;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IdentityTokensTest {

    private static final Duration LIFE = Duration.ofMinutes(15);

    private final String worker = UUID.randomUUID().toString();
    private final List<MintTokenRequest> requests = new ArrayList<>();
    private Instant now = Instant.parse("2026-03-01T00:00:00Z");
    private @Nullable Status down;
    private boolean silent;
    private final IdentityTokens tokens = new IdentityTokens(this::mint, worker, () -> now);
    private final Activation self = activation("a", 7);

    private static Activation activation(String actor, long generation) {
        return new Activation(
                ActorKey.of("team-b", actor),
                generation,
                AteomFixture.workload(Container.newBuilder()).build());
    }

    private Uni<MintTokenResponse> mint(MintTokenRequest request) {
        requests.add(request);
        if (silent) {
            return Uni.createFrom().nothing();
        }
        return down != null
                ? Uni.createFrom().failure(down.asRuntimeException())
                : Uni.createFrom()
                        .item(MintTokenResponse.newBuilder()
                                .setToken("token " + requests.size())
                                .setExpiresAt(now.plus(LIFE).getEpochSecond())
                                .build());
    }

    private String token(Activation of, String... audiences) {
        return tokens.token(of, List.of(audiences)).await().indefinitely().token();
    }

    private Status.Code refusal(String audience) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> token(self, audience))
                .getStatus()
                .getCode();
    }

    @Test
    void itAsksForTheActivationInItsSlot() {
        token(self, "vault", "bank");

        MintTokenRequest request = requests.getFirst();
        assertThat(request.getWorkerUid()).isEqualTo(worker);
        assertThat(request.getActor().getAtespace()).isEqualTo("team-b");
        assertThat(request.getActor().getId()).isEqualTo("a");
        assertThat(request.getGeneration()).isEqualTo(7);
        assertThat(request.getAudiencesList()).containsExactly("vault", "bank");
    }

    @Test
    void aTokenIsGivenAgainForTwoThirdsOfItsLife() {
        assertThat(token(self, "vault")).isEqualTo("token 1");

        now = now.plus(Duration.ofMinutes(10)).minusSeconds(1);
        assertThat(token(self, "vault")).isEqualTo("token 1");
        now = now.plusSeconds(1);
        assertThat(token(self, "vault")).isEqualTo("token 2");
    }

    @Test
    void eachSetOfAudiencesHasItsOwn() {
        assertThat(token(self, "vault")).isEqualTo("token 1");
        assertThat(token(self, "bank")).isEqualTo("token 2");
        assertThat(token(self, "vault")).isEqualTo("token 1");
    }

    @Test
    void theNextActivationGetsNothingOfTheLast() {
        assertThat(token(self, "vault")).isEqualTo("token 1");

        assertThat(token(activation("a", 8), "vault")).isEqualTo("token 2");
        assertThat(token(activation("b", 1), "vault")).isEqualTo("token 3");
    }

    @Test
    void whileTheControlPlaneIsAwayATokenIsGivenUntilItIsOver() {
        token(self, "vault");
        down = Status.UNAVAILABLE;

        now = now.plus(Duration.ofMinutes(14));
        assertThat(token(self, "vault")).isEqualTo("token 1");
        now = now.plusSeconds(31);
        assertThat(refusal("vault")).isEqualTo(Status.Code.UNAVAILABLE);
        down = null;
        assertThat(token(self, "vault")).startsWith("token");
    }

    @Test
    void aRefusalEndsIt() {
        token(self, "vault");
        down = Status.PERMISSION_DENIED;

        now = now.plus(Duration.ofMinutes(12));
        assertThat(refusal("vault")).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void whoAsksForTheSameWaitsForTheSame() {
        silent = true;
        tokens.token(self, List.of("vault")).subscribe().with(given -> {});
        tokens.token(self, List.of("vault")).subscribe().with(given -> {});

        assertThat(requests).hasSize(1);
    }

    @Test
    void anActorThatAsksForEverythingWaitsForItself() {
        silent = true;
        for (int i = 0; i < 4; i++) {
            tokens.token(self, List.of("audience-" + i)).subscribe().with(given -> {}, failure -> {});
        }

        assertThat(refusal("one-more")).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void noTokenIsInWhatIsPrinted() {
        assertThat(tokens.token(self, List.of("vault")).await().indefinitely().toString())
                .doesNotContain("token 1");
    }
}
