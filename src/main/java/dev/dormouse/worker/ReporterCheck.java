package dev.dormouse.worker;

import dev.dormouse.ateom.wire.HeartbeatRequest;
import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** Decides whether an ateom is who it says it is, before anything it reports is believed. */
public interface ReporterCheck {

    /**
     * Fails with a {@link io.grpc.StatusRuntimeException}: UNAUTHENTICATED when the token proves nothing, PERMISSION_DENIED when it
     * proves that the report is another one's to make, UNAVAILABLE when nobody can say at the moment.
     *
     * @param token of the call, empty when it carries none; never log it
     */
    Uni<Void> check(Optional<String> token, HeartbeatRequest report);
}
