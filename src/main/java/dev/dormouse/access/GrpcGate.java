package dev.dormouse.access;

import dev.dormouse.platform.GrpcStatus;
import io.grpc.Status;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The gate for calls of gRPC. */
@ApplicationScoped
public class GrpcGate {

    private final Gate gate;
    private final Audit audit;

    GrpcGate(Gate gate, Audit audit) {
        this.gate = gate;
        this.audit = audit;
    }

    /**
     * What a call wants.
     *
     * @param work what is done once it is allowed
     */
    public record Wish<T>(Target target, Supplier<Uni<T>> work) {}

    /**
     * Does what a call wants, if its caller may. Fails with a status.
     *
     * @param credentials of the call
     * @param needed wherever the wish says
     * @param wish read once it is known who calls
     */
    public <T> Uni<T> pass(Credentials credentials, Permission needed, Supplier<Wish<T>> wish) {
        Passage passage = new Passage(credentials, needed);
        return gate.identify(passage)
                .chain(() -> perform(passage, wish.get()))
                .onFailure()
                .transform(GrpcStatus::of)
                .onItemOrFailure()
                .invoke((answer, failure) -> audit.ended(passage, result(failure)));
    }

    private <T> Uni<T> perform(Passage passage, Wish<T> wish) {
        passage.aimAt(wish.target());
        return gate.require(passage).chain(() -> wish.work().get());
    }

    private static String result(@Nullable Throwable failure) {
        return failure == null
                ? Audit.DONE
                : Status.fromThrowable(failure).getCode().name();
    }
}
