package dev.dormouse.journal;

import dev.dormouse.journal.ChangeFeed.Change;
import dev.dormouse.journal.ChangeFeed.Missed;
import io.smallrye.mutiny.Multi;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Hands each change to everybody who listens. Nobody is waited for: who lags behind too far loses what waits for him and gets Missed. */
final class Subscribers {

    private final int backlog;
    private final List<Subscription> all = new CopyOnWriteArrayList<>();

    /** @param backlog how many changes may wait for one subscriber */
    Subscribers(int backlog) {
        this.backlog = backlog;
    }

    Multi<Change> changes() {
        return Multi.createFrom().publisher(subscriber -> {
            Subscription subscription = new Subscription(subscriber);
            all.add(subscription);
            subscriber.onSubscribe(subscription);
        });
    }

    void offer(Change change) {
        all.forEach(subscription -> subscription.offer(change));
    }

    private final class Subscription implements Flow.Subscription {

        private final Flow.Subscriber<? super Change> subscriber;
        private final Queue<Change> waiting = new ArrayDeque<>();
        private final AtomicLong demand = new AtomicLong();
        private final AtomicInteger turns = new AtomicInteger();
        private volatile boolean cancelled;

        Subscription(Flow.Subscriber<? super Change> subscriber) {
            this.subscriber = subscriber;
        }

        void offer(Change change) {
            synchronized (waiting) {
                if (waiting.size() >= backlog) {
                    waiting.clear();
                    waiting.add(new Missed());
                }
                waiting.add(change);
            }
            drain();
        }

        @Override
        public void request(long more) {
            if (more <= 0) {
                cancel();
                subscriber.onError(new IllegalArgumentException("a subscriber asks for at least one change"));
                return;
            }
            demand.accumulateAndGet(more, (had, add) -> had + add < 0 ? Long.MAX_VALUE : had + add);
            drain();
        }

        @Override
        public void cancel() {
            cancelled = true;
            all.remove(this);
        }

        /** One thread at a time delivers; the others leave it a turn to take. */
        private void drain() {
            if (turns.getAndIncrement() != 0) {
                return;
            }
            int taken = 1;
            do {
                for (Change change = next(); change != null; change = next()) {
                    subscriber.onNext(change);
                }
                taken = turns.addAndGet(-taken);
            } while (taken != 0);
        }

        private @Nullable Change next() {
            if (cancelled || demand.get() == 0) {
                return null;
            }
            synchronized (waiting) {
                Change change = waiting.poll();
                if (change != null && demand.get() != Long.MAX_VALUE) {
                    demand.decrementAndGet();
                }
                return change;
            }
        }
    }
}
