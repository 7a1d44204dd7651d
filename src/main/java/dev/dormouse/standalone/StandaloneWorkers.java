package dev.dormouse.standalone;

import dev.dormouse.ateom.wire.ConfigureRequest;
import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.name.PoolRef;
import dev.dormouse.platform.Conditions;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.ShutdownOrder;
import dev.dormouse.pool.PoolStatus;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.template.Catalog;
import dev.dormouse.worker.Ateoms;
import dev.dormouse.worker.Reporter;
import dev.dormouse.worker.Worker;
import dev.dormouse.worker.Workers;
import io.fabric8.kubernetes.api.model.Condition;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What a cluster's operator would do: gives the ateom of this machine as many slots as the pools ask for, and counts workers. */
@ApplicationScoped
class StandaloneWorkers {

    private static final Logger LOG = Logger.getLogger(StandaloneWorkers.class);
    private static final Duration EVERY = Duration.ofMillis(500);
    private static final Duration COUNTED_EVERY = Duration.ofSeconds(2);
    private static final Duration SILENCE = Duration.ofSeconds(3);
    /** A slot may take a while to open; what didn't work is asked for again. */
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private static final Duration OPENING = Duration.ofSeconds(60);
    private static final String GVISOR = "gvisor";

    private final DormouseConfig config;
    private final Catalog catalog;
    private final Workers workers;
    private final Ateoms ateoms;
    private final Vertx vertx;
    private final InstantSource clock;
    private final AtomicBoolean configuring = new AtomicBoolean();
    private final List<Long> timers = new ArrayList<>();
    private volatile @Nullable Told told;
    private @Nullable UUID warnedOf;

    /** What was asked of which process, and when. */
    private record Told(UUID ateom, List<Slot> slots, Instant at) {}

    StandaloneWorkers(
            DormouseConfig config, Catalog catalog, Workers workers, Ateoms ateoms, Vertx vertx, InstantSource clock) {
        this.config = config;
        this.catalog = catalog;
        this.workers = workers;
        this.ateoms = ateoms;
        this.vertx = vertx;
        this.clock = clock;
    }

    void start(@Observes StartupEvent started) {
        if (config.role() == DormouseConfig.Role.SERVER && config.standalone().launch()) {
            timers.add(vertx.setPeriodic(EVERY.toMillis(), id -> configure(catalog.pools(), workers.all())));
            timers.add(vertx.setPeriodic(
                    COUNTED_EVERY.toMillis(), id -> catalog.pools().forEach(this::count)));
        }
    }

    void stop(@Observes @Priority(ShutdownOrder.ATEOM) ShutdownEvent stopped) {
        timers.forEach(vertx::cancelTimer);
    }

    private void configure(List<WorkerPool> pools, List<Worker> present) {
        Optional<Reporter> newest = workers.reporters(SILENCE).stream().max(Comparator.comparing(Reporter::heardAt));
        if (newest.isEmpty()) {
            return;
        }
        warn(newest.get());
        List<Slot> wanted = new ArrayList<>();
        pools.forEach(pool -> wanted.addAll(wanted(pool, present)));
        Set<UUID> uids = wanted.stream()
                .map(slot -> UUID.fromString(slot.getWorkerUid()))
                .collect(Collectors.toSet());
        Set<UUID> unwanted = new HashSet<>(newest.get().slots());
        unwanted.removeAll(uids);
        workers.retire(unwanted);
        if (!newest.get().slots().equals(uids)) {
            tell(newest.get(), wanted);
        }
    }

    /** Once for each start of ateom: where users look, not only in ateom's own log. */
    private void warn(Reporter ateom) {
        if (!ateom.id().equals(warnedOf)) {
            warnedOf = ateom.id();
            if (!ateom.caveat().isEmpty()) {
                LOG.warn(ateom.caveat());
            }
        }
    }

    private static List<Slot> wanted(WorkerPool pool, List<Worker> present) {
        PoolRef ref = pool.ref();
        String declared = pool.getSpec().effectiveSandboxClass();
        // where gvisor can't run the process sandbox stands in: ateom says which it is
        String sandboxClass = declared.equals(GVISOR) ? "" : declared;
        return PoolSlots.wanted(ref, pool.getSpec().declaredReplicas(), sandboxClass, of(ref, present));
    }

    private void tell(Reporter ateom, List<Slot> slots) {
        Told last = told;
        Instant now = clock.instant();
        boolean toldAlready = last != null
                && last.ateom().equals(ateom.id())
                && last.slots().equals(slots)
                && last.at().plus(AGAIN).isAfter(now);
        if (toldAlready || !configuring.compareAndSet(false, true)) {
            return;
        }
        told = new Told(ateom.id(), slots, now);
        ConfigureRequest request =
                ConfigureRequest.newBuilder().addAllSlots(slots).build();
        ateoms.call(ateom.ateom(), OPENING, called -> called.configure(request))
                .onTermination()
                .invoke(() -> configuring.set(false))
                .subscribe()
                .with(
                        done -> LOG.infof("ateom at %s has %d slots", ateom.address(), slots.size()),
                        failure -> LOG.warnf("ateom at %s could not be given its slots: %s", ateom.address(), failure));
    }

    private void count(WorkerPool pool) {
        Workers.PoolCounts counts = workers.counts(pool.ref());
        WorkerPoolStatus before = pool.getStatus();
        Long generation = pool.getMetadata().getGeneration();
        WorkerPoolStatus now = new WorkerPoolStatus(
                counts.all(),
                counts.ready(),
                counts.free(),
                counts.assigned(),
                before == null ? null : before.selector(),
                conditions(pool),
                generation == null ? 0 : generation);
        if (!now.equals(before)) {
            Uni<Void> written = catalog.poolStatus(pool.ref(), now);
            written.subscribe()
                    .with(done -> {}, failure -> LOG.debugf("status of %s not written: %s", pool.ref(), failure));
        }
    }

    /** A pool for a cluster runs here too, with the workers that it begins with there. */
    private @Nullable List<Condition> conditions(WorkerPool pool) {
        if (pool.getSpec().autoscaling() == null) {
            return null;
        }
        List<Condition> before =
                pool.getStatus() == null ? null : pool.getStatus().conditions();
        String message = "A standalone server does not scale pools: it has %d workers, by replicas or else minReplicas"
                .formatted(pool.getSpec().declaredReplicas());
        return List.of(Conditions.next(
                before, PoolStatus.SCALING_ACTIVE, false, "Standalone", message, pool.getMetadata(), clock.instant()));
    }

    private static List<Worker> of(PoolRef pool, List<Worker> present) {
        return present.stream().filter(worker -> worker.pool().equals(pool)).toList();
    }
}
