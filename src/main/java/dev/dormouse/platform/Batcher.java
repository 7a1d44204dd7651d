package dev.dormouse.platform;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Joins calls of one kind: those that arrive while one is under way go together in the next. A lone call leaves at once, so that
 * nobody waits for company, and the cost per call falls as load grows. First come, first served.
 *
 * @param <C> a call
 * @param <R> its answer
 */
public final class Batcher<C, R> {

    /**
     * How much may go together.
     *
     * @param batchSize calls in one batch at most
     * @param inFlight batches under way at once at most
     */
    public record Limits(int batchSize, int inFlight) {
        public Limits {
            if (batchSize < 1 || inFlight < 1) {
                throw new IllegalArgumentException("a batch needs room for one call, and one must be allowed to leave");
            }
        }
    }

    private record Waiting<C, R>(C call, List<?> claims, UniEmitter<? super R> caller) {}

    private final Limits limits;
    private final Function<C, List<?>> claims;
    private final Predicate<Throwable> oneCallsFault;
    private final Function<List<C>, Uni<List<R>>> run;
    private final Deque<Waiting<C, R>> queue = new ArrayDeque<>();
    private int underWay;

    /**
     * @param claims what a call needs for itself alone: two calls with a claim in common never share a batch
     * @param oneCallsFault failures that one call may have brought on the others: each is then run by itself
     * @param run carries a batch out and answers in the order of its calls; atomic: when it fails, nothing happened
     */
    public Batcher(
            Limits limits,
            Function<C, List<?>> claims,
            Predicate<Throwable> oneCallsFault,
            Function<List<C>, Uni<List<R>>> run) {
        this.limits = limits;
        this.claims = claims;
        this.oneCallsFault = oneCallsFault;
        this.run = run;
    }

    /** The call's answer, on the thread that carried out its batch. Subscribing is what submits; cancelling doesn't take it back. */
    public Uni<R> submit(C call) {
        return Uni.createFrom().emitter(caller -> {
            synchronized (queue) {
                queue.add(new Waiting<>(call, claims.apply(call), caller));
            }
            leave();
        });
    }

    private void leave() {
        for (List<Waiting<C, R>> batch = next(); !batch.isEmpty(); batch = next()) {
            List<Waiting<C, R>> leaving = batch;
            answers(leaving)
                    .subscribe()
                    .with(answers -> arrived(leaving, answers), failure -> failed(leaving, failure));
        }
    }

    private List<Waiting<C, R>> next() {
        synchronized (queue) {
            if (underWay == limits.inFlight() || queue.isEmpty()) {
                return List.of();
            }
            underWay++;
            return collect();
        }
    }

    /** A call that conflicts stays, and so does whatever conflicts with it: calls on the same thing keep their order. */
    private List<Waiting<C, R>> collect() {
        List<Waiting<C, R>> batch = new ArrayList<>(Math.min(queue.size(), limits.batchSize()));
        Set<Object> claimed = new HashSet<>();
        Iterator<Waiting<C, R>> waiting = queue.iterator();
        while (waiting.hasNext() && batch.size() < limits.batchSize()) {
            Waiting<C, R> candidate = waiting.next();
            boolean free = candidate.claims().stream().noneMatch(claimed::contains);
            claimed.addAll(candidate.claims());
            if (free) {
                batch.add(candidate);
                waiting.remove();
            }
        }
        return batch;
    }

    private Uni<List<R>> answers(List<Waiting<C, R>> batch) {
        try {
            return run.apply(batch.stream().map(Waiting::call).toList());
        } catch (RuntimeException e) {
            return Uni.createFrom().failure(e);
        }
    }

    private void arrived(List<Waiting<C, R>> batch, List<R> answers) {
        // the next batch leaves before this one's callers go on: they may take their time
        landed();
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).caller().complete(answers.get(i));
        }
    }

    private void failed(List<Waiting<C, R>> batch, Throwable failure) {
        if (batch.size() > 1 && oneCallsFault.test(failure)) {
            alone(batch, 0);
            return;
        }
        landed();
        batch.forEach(waiting -> waiting.caller().fail(failure));
    }

    private void alone(List<Waiting<C, R>> batch, int index) {
        if (index == batch.size()) {
            landed();
            return;
        }
        Waiting<C, R> one = batch.get(index);
        answers(List.of(one))
                .subscribe()
                .with(
                        answers -> {
                            one.caller().complete(answers.getFirst());
                            alone(batch, index + 1);
                        },
                        failure -> {
                            one.caller().fail(failure);
                            alone(batch, index + 1);
                        });
    }

    private void landed() {
        synchronized (queue) {
            underWay--;
        }
        leave();
    }
}
