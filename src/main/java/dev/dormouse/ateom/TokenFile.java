package dev.dormouse.ateom;

import dev.dormouse.ateom.IdentityTokens.Given;
import io.grpc.Status;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes an actor's token into a file that it sees, and the next one before that is over, while its activation holds the slot. A wake
 * doesn't wait for it: until the first token is there the file is empty.
 */
final class TokenFile {

    private static final Logger LOG = Logger.getLogger(TokenFile.class);
    private static final Duration BEFORE_RETRY = Duration.ofSeconds(2);
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

    private final IdentityTokens tokens;
    private final Supplier<@Nullable Activation> present;
    private final Executor blocking;
    private final InstantSource clock;

    /**
     * @param present the slot's activation, null when there is none
     * @param blocking for what blocks
     */
    TokenFile(IdentityTokens tokens, Supplier<@Nullable Activation> present, Executor blocking, InstantSource clock) {
        this.tokens = tokens;
        this.present = present;
        this.blocking = blocking;
        this.clock = clock;
    }

    /** Begins, where the workload asks for it. Doesn't block. */
    void keep(Activation self, BundleDir files) {
        String audience = self.workload().getTokenAudience();
        if (!audience.isEmpty()) {
            renew(self, files, List.of(audience));
        }
    }

    private void renew(Activation self, BundleDir files, List<String> audiences) {
        if (present.get() != self) {
            return;
        }
        tokens.token(self, audiences)
                .emitOn(blocking)
                .subscribe()
                .with(
                        given -> write(self, files, audiences, given),
                        failure -> failed(self, files, audiences, failure));
    }

    private void write(Activation self, BundleDir files, List<String> audiences, Given given) {
        try {
            files.writeToken(given.token());
            Duration pause = Duration.between(clock.instant(), given.renewAt());
            later(pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause, self, files, audiences);
        } catch (NoSuchFileException gone) {
            // its sandbox was removed meanwhile
        } catch (IOException e) {
            LOG.warnf("the token of %s can't be written: %s", self.actor(), e.toString());
            later(BEFORE_RETRY, self, files, audiences);
        }
    }

    private void failed(Activation self, BundleDir files, List<String> audiences, Throwable failure) {
        switch (Status.fromThrowable(failure).getCode()) {
            // a golden actor has none, and a word that is refused once is refused again
            case FAILED_PRECONDITION, INVALID_ARGUMENT, UNIMPLEMENTED ->
                LOG.debugf("%s has no token: %s", self.actor(), failure.getMessage());
            default -> later(BEFORE_RETRY, self, files, audiences);
        }
    }

    private void later(Duration pause, Activation self, BundleDir files, List<String> audiences) {
        Infrastructure.getDefaultWorkerPool()
                .schedule(() -> renew(self, files, audiences), pause.toMillis(), TimeUnit.MILLISECONDS);
    }
}
