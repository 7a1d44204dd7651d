package dev.dormouse.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BatcherTest {

    /** What left, and how to let it arrive. */
    private static final class Wire {
        final List<List<String>> left = new ArrayList<>();
        private final Deque<UniEmitter<? super List<String>>> underWay = new ArrayDeque<>();

        Uni<List<String>> run(List<String> calls) {
            left.add(calls);
            return Uni.createFrom().<List<String>>emitter(underWay::add);
        }

        void arrive() {
            List<String> oldest = left.get(left.size() - underWay.size());
            underWay.remove().complete(oldest.stream().map(call -> call + "!").toList());
        }

        void fail(Throwable failure) {
            underWay.remove().fail(failure);
        }
    }

    private final Wire wire = new Wire();

    private Batcher<String, String> batcher(int size, int inFlight) {
        return new Batcher<>(
                new Batcher.Limits(size, inFlight),
                call -> List.of(call.charAt(0)),
                IllegalArgumentException.class::isInstance,
                wire::run);
    }

    private static UniAssertSubscriber<String> submit(Batcher<String, String> batcher, String call) {
        return batcher.submit(call).subscribe().withSubscriber(UniAssertSubscriber.create());
    }

    @Test
    void aLoneCallLeavesAtOnce() {
        UniAssertSubscriber<String> a = submit(batcher(10, 1), "a");

        assertThat(wire.left).containsExactly(List.of("a"));
        wire.arrive();
        a.assertCompleted().assertItem("a!");
    }

    @Test
    void whatComesMeanwhileGoesTogetherAndEachGetsItsOwnAnswer() {
        Batcher<String, String> batcher = batcher(10, 1);
        submit(batcher, "a");
        UniAssertSubscriber<String> b = submit(batcher, "b");
        UniAssertSubscriber<String> c = submit(batcher, "c");

        wire.arrive();

        assertThat(wire.left).containsExactly(List.of("a"), List.of("b", "c"));
        b.assertNotTerminated();
        wire.arrive();
        b.assertItem("b!");
        c.assertItem("c!");
    }

    @Test
    void aBatchIsNoLargerThanItsLimit() {
        Batcher<String, String> batcher = batcher(2, 1);
        List.of("a", "b", "c", "d").forEach(call -> submit(batcher, call));

        wire.arrive();
        wire.arrive();

        assertThat(wire.left).containsExactly(List.of("a"), List.of("b", "c"), List.of("d"));
    }

    @Test
    void asManyBatchesAsAllowedAreUnderWay() {
        Batcher<String, String> batcher = batcher(10, 2);
        List.of("a", "b", "c", "d").forEach(call -> submit(batcher, call));
        assertThat(wire.left).containsExactly(List.of("a"), List.of("b"));

        wire.arrive();

        assertThat(wire.left.getLast()).containsExactly("c", "d");
    }

    @Test
    void callsOnTheSameThingGoOneAfterTheOtherInTheirOrder() {
        Batcher<String, String> batcher = batcher(10, 1);
        List.of("x", "a1", "a2", "b", "a3").forEach(call -> submit(batcher, call));

        wire.arrive();
        wire.arrive();
        wire.arrive();

        assertThat(wire.left).containsExactly(List.of("x"), List.of("a1", "b"), List.of("a2"), List.of("a3"));
    }

    @Test
    void aFailedBatchFailsAllOfItAndTheNextLeaves() {
        Batcher<String, String> batcher = batcher(10, 1);
        UniAssertSubscriber<String> a = submit(batcher, "a");
        UniAssertSubscriber<String> b = submit(batcher, "b");

        wire.fail(new IllegalStateException("down"));

        a.assertFailedWith(IllegalStateException.class, "down");
        wire.arrive();
        b.assertItem("b!");
    }

    @Test
    void oneCallsFaultIsItsOwn() {
        Batcher<String, String> batcher = batcher(10, 1);
        submit(batcher, "x");
        UniAssertSubscriber<String> good = submit(batcher, "a");
        UniAssertSubscriber<String> bad = submit(batcher, "b");
        wire.arrive();

        wire.fail(new IllegalArgumentException("one of them"));
        assertThat(wire.left.getLast()).containsExactly("a");
        wire.arrive();
        assertThat(wire.left.getLast()).containsExactly("b");
        UniAssertSubscriber<String> later = submit(batcher, "c");
        wire.fail(new IllegalArgumentException("me"));

        good.assertItem("a!");
        bad.assertFailedWith(IllegalArgumentException.class, "me");
        wire.arrive();
        later.assertItem("c!");
    }

    @Test
    void aStatementThatCannotEvenStartFailsItsCallers() {
        Batcher<String, String> batcher =
                new Batcher<>(new Batcher.Limits(10, 1), call -> List.of(), failure -> false, calls -> {
                    throw new IllegalStateException("no pool");
                });

        submit(batcher, "a").assertFailedWith(IllegalStateException.class, "no pool");
        submit(batcher, "b").assertFailedWith(IllegalStateException.class, "no pool");
    }

    @Test
    void manyThreadsGetTheirAnswersAndNoTwoOfABatchConflict() throws Exception {
        Set<Character> busy = ConcurrentHashMap.newKeySet();
        AtomicInteger conflicts = new AtomicInteger();
        try (var other = Executors.newSingleThreadExecutor();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Batcher<String, String> batcher = new Batcher<>(
                    new Batcher.Limits(16, 1), call -> List.of(call.charAt(0)), failure -> false, calls -> {
                        calls.forEach(call -> conflicts.addAndGet(busy.add(call.charAt(0)) ? 0 : 1));
                        return Uni.createFrom()
                                .item(() -> {
                                    busy.clear();
                                    return calls;
                                })
                                .runSubscriptionOn(other);
                    });
            CountDownLatch right = new CountDownLatch(2000);
            for (int i = 0; i < 2000; i++) {
                String call = (char) ('a' + i % 26) + "-" + i;
                callers.execute(() -> {
                    if (call.equals(batcher.submit(call).await().indefinitely())) {
                        right.countDown();
                    }
                });
            }

            assertThat(right.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(conflicts).hasValue(0);
        }
    }
}
