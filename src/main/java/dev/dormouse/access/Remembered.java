package dev.dormouse.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Weigher;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Answers to questions that others are asked, for as long as each is good. A question that is being asked is not asked again, and a
 * failure is no answer.
 */
// the kind of cache that is made here, which the library finds by its name
@RegisterForReflection(classNames = "com.github.benmanes.caffeine.cache.SSMW")
public final class Remembered<Q, A> {

    /** What an entry takes beside its texts, about, in bytes. */
    private static final int OVERHEAD = 256;

    private final InstantSource clock;
    private final Function<A, Duration> lasting;
    private final Cache<Q, Kept<A>> kept;
    private final ConcurrentMap<Q, Uni<A>> beingAsked = new ConcurrentHashMap<>();

    private record Kept<A>(A answer, Instant until) {}

    /**
     * @param lasting how long an answer is good, from when the question was asked on
     * @param weight bytes that question and answer take, about
     * @param capacity bytes that all of them may take
     */
    public Remembered(InstantSource clock, Function<A, Duration> lasting, Weigher<Q, A> weight, long capacity) {
        this.clock = clock;
        this.lasting = lasting;
        this.kept = Caffeine.newBuilder()
                .maximumWeight(capacity)
                .<Q, Kept<A>>weigher((question, entry) -> OVERHEAD + weight.weigh(question, entry.answer()))
                .build();
    }

    /** @param ask is called when the answer is not known; it may fail */
    public Uni<A> answer(Q question, Supplier<Uni<A>> ask) {
        Kept<A> known = kept.getIfPresent(question);
        return known != null && clock.instant().isBefore(known.until())
                ? Uni.createFrom().item(known.answer())
                : beingAsked.computeIfAbsent(question, fresh -> asking(fresh, ask));
    }

    /** How many answers are kept. */
    long size() {
        kept.cleanUp();
        return kept.estimatedSize();
    }

    private Uni<A> asking(Q question, Supplier<Uni<A>> ask) {
        return Uni.createFrom()
                .deferred(() -> {
                    // what changes while the question is on its way may be missing in the answer
                    Instant asked = clock.instant();
                    return ask.get()
                            .invoke(answer ->
                                    kept.put(question, new Kept<>(answer, asked.plus(lasting.apply(answer)))));
                })
                .onTermination()
                .invoke(() -> beingAsked.remove(question))
                .memoize()
                .indefinitely();
    }
}
