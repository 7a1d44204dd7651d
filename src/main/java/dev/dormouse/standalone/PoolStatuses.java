package dev.dormouse.standalone;

import dev.dormouse.name.PoolRef;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.scheduler.Candidate;
import dev.dormouse.template.Catalog;
import dev.dormouse.worker.Worker;
import dev.dormouse.worker.Workers;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Counts the workers of each pool into its status, where no operator does. */
@ApplicationScoped
class PoolStatuses {

    private static final Logger LOG = Logger.getLogger(PoolStatuses.class);
    // counts change with every wake: often enough for people and autoscalers, no load on the database
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Catalog catalog;
    private final Workers workers;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private @Nullable ScheduledFuture<?> timer;

    PoolStatuses(Catalog catalog, Workers workers) {
        this.catalog = catalog;
        this.workers = workers;
    }

    void onStart(@Observes StartupEvent start, DormouseConfig config) {
        if (config.role() == DormouseConfig.Role.SERVER) {
            timer = Infrastructure.getDefaultWorkerPool()
                    .scheduleWithFixedDelay(this::write, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @PreDestroy
    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void write() {
        if (!underWay.compareAndSet(false, true)) {
            return;
        }
        List<Worker> all = workers.all();
        Multi.createFrom()
                .iterable(catalog.pools())
                .onItem()
                .transformToUniAndConcatenate(pool -> {
                    WorkerPoolStatus status = status(pool, all);
                    return Objects.equals(status, pool.getStatus())
                            ? Uni.createFrom().voidItem()
                            : catalog.poolStatus(pool.ref(), status);
                })
                .collect()
                .asList()
                .onTermination()
                .invoke(() -> underWay.set(false))
                .subscribe()
                .with(done -> {}, e -> LOG.warnf("the status of pools is not written: %s", e.getMessage()));
    }

    /** The status that follows from the workers there are. */
    static WorkerPoolStatus status(WorkerPool pool, List<Worker> workers) {
        PoolRef ref = pool.ref();
        int free = count(workers, ref, Candidate.State.FREE);
        int assigned = count(workers, ref, Candidate.State.ASSIGNED);
        int all = free
                + assigned
                + count(workers, ref, Candidate.State.DRAINING)
                + count(workers, ref, Candidate.State.LOST);
        return new WorkerPoolStatus(
                all,
                free + assigned,
                free,
                assigned,
                "ate.dev/worker-pool=" + ref.name(),
                null,
                pool.getMetadata().getGeneration());
    }

    private static int count(List<Worker> workers, PoolRef pool, Candidate.State state) {
        return (int) workers.stream()
                .filter(worker -> worker.pool().equals(pool) && worker.state() == state)
                .count();
    }
}
