package dev.dormouse.activation;

import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Failure;
import dev.dormouse.scheduler.KeptPlaces;
import dev.dormouse.scheduler.Need;
import dev.dormouse.scheduler.Placement;
import dev.dormouse.scheduler.WaitQueue;
import dev.dormouse.worker.Worker;
import dev.dormouse.worker.Workers;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gives workers to wakes: at once where one is free, else in turn as they become free. Safe for concurrent use. */
@Singleton
class Dispatcher {

    static final String NO_FREE_WORKERS = "no free workers available";
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Workers workers;
    private final ActivationMetrics metrics;
    private final WaitQueue<AtespaceName, Waiter> queue;
    /** Guarded by the queue, and so is {@code arrivals}. */
    private final KeptPlaces<ActorKey> places = new KeptPlaces<>();

    private long arrivals;
    private volatile int waiting;
    private volatile Runnable whenShort = () -> {};

    /** A wake that waits for a worker. */
    private static final class Waiter {
        final ActorKey actor;
        final Need need;
        final long since = System.nanoTime();
        final CompletableFuture<UUID> worker = new CompletableFuture<>();
        /** Its number; an earlier one for who waited in vain just before. */
        long place;

        @Nullable
        Placement placement;

        Waiter(ActorKey actor, Need need) {
            this.actor = actor;
            this.need = need;
        }
    }

    Dispatcher(Workers workers, DormouseConfig config, ActivationMetrics metrics) {
        this.workers = workers;
        this.metrics = metrics;
        this.queue = new WaitQueue<>(config.scheduler().queueLimit(), Comparator.comparingLong(waiter -> waiter.place));
        workers.onFreed(this::dispatch);
        metrics.queueLength(() -> waiting);
    }

    /** {@code action} runs when somebody begins to wait. */
    void whenShort(Runnable action) {
        whenShort = action;
    }

    /**
     * A free worker, kept for the caller, who must claim it or give it back. Fails FAILED_PRECONDITION: at once when no pool or no
     * hardware fits or too many wait, after {@code limit} when none became free.
     */
    Uni<Worker> reserve(ActorKey actor, Need need, Duration limit) {
        // nobody overtakes those who wait
        Placement placement = waiting == 0 ? workers.reserve(need) : new Placement.AllBusy();
        return switch (placement) {
            case Placement.Placed placed ->
                Uni.createFrom().item(worker(placed.worker().uid()));
            case Placement.AllBusy() -> await(new Waiter(actor, need), limit);
            case Placement.NoPool(), Placement.NoHardware() -> Uni.createFrom().failure(refused(need));
        };
    }

    /** What those who wait ask for, in the order of turns. */
    List<Need> needs() {
        if (waiting == 0) {
            return List.of();
        }
        List<Need> needs = new ArrayList<>();
        synchronized (queue) {
            queue.forEach(waiter -> needs.add(waiter.need));
        }
        return needs;
    }

    int waiting() {
        return waiting;
    }

    private Uni<Worker> await(Waiter waiter, Duration limit) {
        synchronized (queue) {
            if (limit.isNegative() || limit.isZero() || queue.isFull()) {
                return Uni.createFrom()
                        .failure(new Failure(
                                Code.FAILED_PRECONDITION,
                                NO_FREE_WORKERS + ": too many callers wait for one",
                                RETRY_AFTER,
                                null));
            }
            waiter.place = places.take(waiter.actor, waiter.since).orElseGet(() -> ++arrivals);
            queue.add(waiter.actor.atespace(), waiter);
            waiting = queue.size();
        }
        var timer = Infrastructure.getDefaultWorkerPool()
                .schedule(() -> expire(waiter), limit.toMillis(), TimeUnit.MILLISECONDS);
        // one may have become free since
        dispatch();
        if (!waiter.worker.isDone()) {
            whenShort.run();
        }
        return Flight.follow(waiter.worker).map(this::worker).onTermination().invoke(() -> {
            timer.cancel(false);
            metrics.waited(System.nanoTime() - waiter.since);
        });
    }

    private void expire(Waiter waiter) {
        boolean waited;
        synchronized (queue) {
            waited = queue.remove(waiter.actor.atespace(), waiter);
            waiting = queue.size();
            if (waited) {
                places.keep(waiter.actor, waiter.place, System.nanoTime());
            }
        }
        if (waited) {
            String detail = workers.explain(waiter.need).summary();
            String message = detail.startsWith(NO_FREE_WORKERS) ? detail : NO_FREE_WORKERS + ": " + detail;
            waiter.worker.completeExceptionally(new Failure(Code.FAILED_PRECONDITION, message, RETRY_AFTER, null));
        }
    }

    /** Serves whoever can be served now. */
    private void dispatch() {
        while (waiting > 0) {
            Optional<Waiter> served = next();
            if (served.isEmpty()) {
                return;
            }
            Waiter waiter = served.get();
            if (waiter.placement instanceof Placement.Placed placed) {
                waiter.worker.complete(placed.worker().uid());
            } else {
                waiter.worker.completeExceptionally(refused(waiter.need));
            }
        }
    }

    private Optional<Waiter> next() {
        synchronized (queue) {
            Set<Need.Requirements> busy = new HashSet<>();
            Optional<Waiter> served = queue.next(waiter -> {
                if (busy.contains(waiter.need.where())) {
                    return false;
                }
                waiter.placement = workers.reserve(waiter.need);
                if (waiter.placement instanceof Placement.AllBusy) {
                    busy.add(waiter.need.where());
                    return false;
                }
                return true;
            });
            waiting = queue.size();
            return served;
        }
    }

    private Worker worker(UUID uid) {
        return workers.find(uid)
                .orElseThrow(() -> new Failure(Code.UNAVAILABLE, "the worker is gone; try again", RETRY_AFTER, null));
    }

    private Failure refused(Need need) {
        return new Failure(Code.FAILED_PRECONDITION, workers.explain(need).summary());
    }
}
