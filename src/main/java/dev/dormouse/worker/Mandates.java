package dev.dormouse.worker;

import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** Decides for which workers a caller speaks. */
public interface Mandates {

    /**
     * Those of the token, by what was found out half a minute ago or later. Fails with a {@link io.grpc.StatusRuntimeException}:
     * UNAUTHENTICATED when the token proves nothing, PERMISSION_DENIED when it is no worker's, UNAVAILABLE when nobody can say at the
     * moment.
     *
     * @param token of the call, empty when it carries none; never log it
     */
    Uni<Mandate> of(Optional<String> token);
}
