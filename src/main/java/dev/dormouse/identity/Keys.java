package dev.dormouse.identity;

import dev.dormouse.access.Remembered;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.DormouseConfig.Role;
import dev.dormouse.platform.Failure;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The keys as all replicas have them: read again every minute in which they are needed, and the next made where it is time. One that
 * can't read them goes on with those it knows, but not for so long that another key could sign by then.
 */
@ApplicationScoped
class Keys {

    static final Duration READ_EVERY = Duration.ofMinutes(1);
    static final Duration BELIEVED = KeyRing.PUBLISHED_BEFORE.dividedBy(2);

    private static final Logger LOG = Logger.getLogger(Keys.class);
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final DormouseConfig config;
    private final KeyVault vault;
    private final InstantSource clock;
    /** Keeps nothing: it only lets callers who come together wait for the same reading. */
    private final Remembered<String, Read> together;

    private final AtomicBoolean failing = new AtomicBoolean();
    private volatile @Nullable Read newest;

    private record Read(KeyRing ring, Instant at) {}

    Keys(DormouseConfig config, KeyVault vault, InstantSource clock) {
        this.config = config;
        this.vault = vault;
        this.clock = clock;
        this.together = new Remembered<>(clock, read -> Duration.ZERO, (question, read) -> 0, 0);
    }

    /** Fails UNAVAILABLE when they can't be read, UNIMPLEMENTED where this is no server. */
    Uni<KeyRing> ring() {
        if (config.role() != Role.SERVER) {
            return Uni.createFrom().failure(new Failure(Code.UNIMPLEMENTED, "a worker agent signs nothing"));
        }
        Read known = newest;
        if (known != null && isWithin(known, READ_EVERY)) {
            return Uni.createFrom().item(known.ring());
        }
        return together.answer("keys", this::read)
                .map(Read::ring)
                .onFailure()
                .recoverWithUni(failure -> known != null && isWithin(known, BELIEVED)
                        ? Uni.createFrom().item(known.ring())
                        : Uni.createFrom().failure(failure));
    }

    private boolean isWithin(Read read, Duration age) {
        return clock.instant().isBefore(read.at().plus(age));
    }

    private Uni<Read> read() {
        return Uni.createFrom()
                .item(this::readNow)
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .ifNoItem()
                .after(LIMIT)
                .failWith(() -> new IllegalStateException("no answer within " + LIMIT))
                .invoke(read -> {
                    newest = read;
                    failing.set(false);
                })
                .onFailure()
                .transform(this::unavailable);
    }

    /** Blocks. */
    private Read readNow() {
        Instant now = clock.instant();
        try {
            return new Read(KeyRing.of(vault.keep(secret -> next(secret, now))), now);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String next(@Nullable String secret, Instant now) {
        if (secret == null) {
            LOG.info("making the first keys of actors' identities");
            return KeyRing.first(now).secret();
        }
        KeyRing kept = KeyRing.of(secret);
        KeyRing next = kept.at(now, config.identity().rotation());
        return next == kept ? secret : next.secret();
    }

    private Failure unavailable(Throwable cause) {
        if (failing.compareAndSet(false, true)) {
            LOG.errorf("the keys of actors' identities can't be read or kept: %s", cause.getMessage());
        }
        return new Failure(
                Code.UNAVAILABLE,
                "the keys of actors' identities can't be had at the moment; try again",
                Duration.ofSeconds(1),
                cause);
    }
}
