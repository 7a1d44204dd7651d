package dev.dormouse.activation;

import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.scheduler.LabelQuery;
import dev.dormouse.scheduler.Need;
import dev.dormouse.scheduler.Pool;
import dev.dormouse.template.Catalog;
import dev.dormouse.worker.Stay;
import dev.dormouse.worker.Worker;
import dev.dormouse.worker.Workers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The queue of a replica of its own, whose callers wait for workers of a given pool, and what it tells the others of them. */
public final class TestCallers implements AutoCloseable {

    private final Workers workers;
    private final Dispatcher dispatcher;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    public TestCallers(Workers workers, Catalog catalog, ChangeFeed feed) {
        this.workers = workers;
        dispatcher = new Dispatcher(
                workers, World.config(Map.of()), new ActivationMetrics(new SimpleMeterRegistry(), workers));
        WaitingReport report = new WaitingReport(dispatcher, workers, catalog, feed, InstantSource.system());
        timer.scheduleWithFixedDelay(
                () -> {
                    workers.pools(catalog.pools().stream()
                            .map(pool -> new Pool(pool.ref(), pool.getSpec().effectiveSandboxClass(), Map.of()))
                            .toList());
                    report.tell();
                },
                0,
                100,
                TimeUnit.MILLISECONDS);
    }

    /** A caller; completed when a worker is claimed for it. */
    public CompletableFuture<Stay> call(PoolRef pool) {
        var where = new Need.Requirements("gvisor", false, LabelQuery.ANY, Map.of(), pool, null);
        ActorKey actor = ActorKey.of("default", "caller-" + UUID.randomUUID());
        return dispatcher
                .reserve(actor, new Need(where, "", List.of(), null), Duration.ofMinutes(5))
                .map(worker -> claimed(worker, actor))
                .subscribeAsCompletionStage();
    }

    private Stay claimed(Worker worker, ActorKey actor) {
        Stay stay = new Stay(worker.uid(), actor, 1);
        workers.claimed(stay);
        return stay;
    }

    /** How many wait. */
    public int waiting() {
        return dispatcher.waiting();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        timer.close();
    }
}
