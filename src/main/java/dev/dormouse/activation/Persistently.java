package dev.dormouse.activation;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.function.Supplier;

/** Repeats a write that must not get lost while the database is away. Such writes are conditional: repeating does no harm. */
final class Persistently {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private Persistently() {}

    /** Gives up after about {@code limit} with the last failure; recovery then finishes the transition. */
    static <T> Uni<T> write(Duration limit, Supplier<Uni<T>> write) {
        return Uni.createFrom()
                .deferred(write::get)
                .onFailure(Persistently::isPassing)
                .retry()
                .withBackOff(FIRST_PAUSE, LONGEST_PAUSE)
                .expireIn(limit.toMillis());
    }

    private static boolean isPassing(Throwable failure) {
        return failure instanceof Failure known && known.code() == Code.UNAVAILABLE;
    }
}
