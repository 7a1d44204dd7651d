package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.ActorIdentity;
import dev.dormouse.ateom.wire.ActorRef;
import dev.dormouse.ateom.wire.MintTokenRequest;
import dev.dormouse.ateom.wire.MintTokenResponse;
import io.grpc.Status;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of the actor in one slot, as the control plane gives them, by audiences. Each is given again until two thirds of its life are
 * over, and beyond that only while the control plane is away. Those of one activation are nobody else's.
 */
final class IdentityTokens {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    /** How much of its life a token must have left for who gets it to use it. */
    private static final Duration USABLE = Duration.ofSeconds(30);
    /** An actor that keeps asking for others must not keep the control plane busy. */
    private static final int MOST_ASKED_AT_ONCE = 4;

    private static final int MOST_KEPT = 32;

    private final ActorIdentity identity;
    private final String workerUid;
    private final InstantSource clock;

    // Guarded by this.
    private @Nullable Activation owner;
    private Map<List<String>, Given> kept = new LinkedHashMap<>();
    private Map<List<String>, Uni<Given>> asked = new LinkedHashMap<>();

    /** @param workerUid of the slot */
    IdentityTokens(ActorIdentity identity, String workerUid, InstantSource clock) {
        this.identity = identity;
        this.workerUid = workerUid;
        this.clock = clock;
    }

    /** A token; never log it. */
    record Given(String token, Instant renewAt, Instant expiresAt) {

        private static Given of(MintTokenResponse answer, Instant askedAt) {
            Instant expiresAt = Instant.ofEpochSecond(answer.getExpiresAt());
            Duration twoThirds =
                    Duration.between(askedAt, expiresAt).multipliedBy(2).dividedBy(3);
            return new Given(answer.getToken(), askedAt.plus(twoThirds), expiresAt);
        }

        @Override
        public String toString() {
            return "Given until " + expiresAt;
        }
    }

    /**
     * A token for these audiences. Fails with a {@link io.grpc.StatusRuntimeException}: what the control plane says, UNAVAILABLE when it
     * doesn't answer, RESOURCE_EXHAUSTED when too many are asked for at once.
     */
    synchronized Uni<Given> token(Activation self, List<String> audiences) {
        if (owner != self) {
            owner = self;
            // answers that are on their way go into the old ones
            kept = new LinkedHashMap<>();
            asked = new LinkedHashMap<>();
        }
        Given known = kept.get(audiences);
        if (known != null && clock.instant().isBefore(known.renewAt())) {
            return Uni.createFrom().item(known);
        }
        Uni<Given> fresh = asked.get(audiences);
        if (fresh == null) {
            if (asked.size() >= MOST_ASKED_AT_ONCE) {
                return Uni.createFrom()
                        .failure(Status.RESOURCE_EXHAUSTED
                                .withDescription("too many tokens are asked for at once")
                                .asRuntimeException());
            }
            fresh = asking(self, List.copyOf(audiences));
            asked.put(List.copyOf(audiences), fresh);
        }
        return known != null && clock.instant().plus(USABLE).isBefore(known.expiresAt())
                ? fresh.onFailure(IdentityTokens::isOutage).recoverWithItem(known)
                : fresh;
    }

    private Uni<Given> asking(Activation self, List<String> audiences) {
        Map<List<String>, Given> keptOfOwner = kept;
        Map<List<String>, Uni<Given>> askedOfOwner = asked;
        MintTokenRequest request = MintTokenRequest.newBuilder()
                .setWorkerUid(workerUid)
                .setActor(ActorRef.newBuilder()
                        .setAtespace(self.actor().atespace().value())
                        .setId(self.actor().id().value()))
                .setGeneration(self.generation())
                .addAllAudiences(audiences)
                .build();
        Instant askedAt = clock.instant();
        return Uni.createFrom()
                .deferred(() -> identity.mintToken(request))
                .ifNoItem()
                .after(LIMIT)
                .failWith(() -> Status.UNAVAILABLE
                        .withDescription("the control plane does not answer; try again")
                        .asRuntimeException())
                .map(answer -> Given.of(answer, askedAt))
                .onItemOrFailure()
                .invoke((given, failure) -> answered(keptOfOwner, askedOfOwner, audiences, given))
                .memoize()
                .indefinitely();
    }

    private synchronized void answered(
            Map<List<String>, Given> keptOfOwner,
            Map<List<String>, Uni<Given>> askedOfOwner,
            List<String> audiences,
            @Nullable Given given) {
        askedOfOwner.remove(audiences);
        if (given == null) {
            return;
        }
        keptOfOwner.remove(audiences);
        if (keptOfOwner.size() >= MOST_KEPT) {
            keptOfOwner.remove(keptOfOwner.keySet().iterator().next());
        }
        keptOfOwner.put(audiences, given);
    }

    private static boolean isOutage(Throwable failure) {
        return switch (Status.fromThrowable(failure).getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED -> true;
            default -> false;
        };
    }
}
