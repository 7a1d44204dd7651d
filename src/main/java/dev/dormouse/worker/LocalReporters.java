package dev.dormouse.worker;

import dev.dormouse.access.AccessSettings;
import dev.dormouse.access.SharedToken;
import dev.dormouse.ateom.wire.HeartbeatRequest;
import dev.dormouse.platform.DormouseConfig;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Outside a cluster an ateom brings the token that the server's own has, {@code dormouse.ateom.token}. Where whoever reaches the API may
 * do everything, he may report workers, too.
 */
@ApplicationScoped
@Typed(LocalReporters.class)
public class LocalReporters implements ReporterCheck, Mandates {

    private final AccessSettings access;
    private final Optional<SharedToken> expected;

    LocalReporters(AccessSettings access, DormouseConfig config) {
        this.access = access;
        this.expected = config.ateom().token().map(LocalReporters::read).map(SharedToken::of);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("dormouse.ateom.token can't be read: " + e.getMessage(), e);
        }
    }

    @Override
    public Uni<Void> check(Optional<String> token, HeartbeatRequest report) {
        return access.open() || isOwn(token)
                ? Uni.createFrom().voidItem()
                : Uni.createFrom().failure(unauthenticated("a report"));
    }

    /** A server that has such a token wants to see it: what it signs counts elsewhere, too. */
    @Override
    public Uni<Mandate> of(Optional<String> token) {
        boolean nobodyHasOne = expected.isEmpty() && access.open();
        return nobodyHasOne || isOwn(token)
                ? Uni.createFrom().item(Mandate.ALL)
                : Uni.createFrom().failure(unauthenticated("speaking for an actor"));
    }

    private boolean isOwn(Optional<String> token) {
        return token.isPresent()
                && expected.filter(own -> own.matches(token.get())).isPresent();
    }

    private static StatusRuntimeException unauthenticated(String what) {
        return Status.UNAUTHENTICATED
                .withDescription(what + " needs the token in the server's dormouse.ateom.token")
                .asRuntimeException();
    }
}
