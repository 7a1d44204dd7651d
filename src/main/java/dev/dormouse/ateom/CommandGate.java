package dev.dormouse.ateom;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Lets the commands of the control plane in: those with the key that the answers to this ateom's reports name. */
final class CommandGate {

    /** A command may overtake the answer to the first report. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final CompletableFuture<Void> known = new CompletableFuture<>();
    private volatile byte[] key = {};

    void learn(String now) {
        if (!now.isEmpty()) {
            key = now.getBytes(StandardCharsets.UTF_8);
            known.complete(null);
        }
    }

    /** Fails UNAUTHENTICATED for who hasn't the key, UNAVAILABLE when the control plane has never answered. */
    Uni<Void> admit(Optional<String> shown) {
        if (known.isDone()) {
            return decide(shown);
        }
        return Uni.createFrom()
                .completionStage(known)
                .ifNoItem()
                .after(PATIENCE)
                .failWith(() -> Status.UNAVAILABLE
                        .withDescription("the control plane hasn't answered this ateom yet")
                        .asRuntimeException())
                .chain(() -> decide(shown));
    }

    private Uni<Void> decide(Optional<String> shown) {
        byte[] given = shown.orElse("").getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(given, key)
                ? Uni.createFrom().voidItem()
                : Uni.createFrom().failure(refused());
    }

    private static StatusRuntimeException refused() {
        return Status.UNAUTHENTICATED
                .withDescription("only the control plane that this ateom reports to may command it")
                .asRuntimeException();
    }
}
