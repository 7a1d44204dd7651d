package dev.dormouse.identity;

import dev.dormouse.ateom.wire.ActorIdentity;
import dev.dormouse.ateom.wire.MintTokenRequest;
import dev.dormouse.ateom.wire.MintTokenResponse;
import dev.dormouse.identity.Identities.StayToken;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.InvalidNameException;
import dev.dormouse.platform.BearerToken;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.DormouseConfig.Role;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.GrpcStatus;
import dev.dormouse.worker.Stay;
import io.grpc.Status;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.mutiny.Uni;
import java.util.UUID;

/** What ateoms ask for the actors in their slots. */
@GrpcService
@RegisterInterceptor(BearerToken.class)
class IdentityCalls implements ActorIdentity {

    private final DormouseConfig config;
    private final Identities identities;

    IdentityCalls(DormouseConfig config, Identities identities) {
        this.config = config;
        this.identities = identities;
    }

    @Override
    public Uni<MintTokenResponse> mintToken(MintTokenRequest request) {
        if (config.role() != Role.SERVER) {
            return Uni.createFrom().failure(Status.UNIMPLEMENTED.asRuntimeException());
        }
        return identities
                .tokenOfStay(BearerToken.ofThisCall(), () -> read(request))
                .map(token -> MintTokenResponse.newBuilder()
                        .setToken(token.value())
                        .setExpiresAt(token.expiresAt().getEpochSecond())
                        .build())
                .onFailure()
                .transform(GrpcStatus::of);
    }

    private static StayToken read(MintTokenRequest request) {
        try {
            return new StayToken(
                    new Stay(
                            UUID.fromString(request.getWorkerUid()),
                            ActorKey.of(
                                    request.getActor().getAtespace(),
                                    request.getActor().getId()),
                            request.getGeneration()),
                    request.getAudiencesList());
        } catch (InvalidNameException malformed) {
            throw malformed;
        } catch (IllegalArgumentException malformed) {
            throw new Failure(Code.INVALID_ARGUMENT, "worker_uid is no UUID", null, malformed);
        }
    }
}
