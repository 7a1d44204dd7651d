package dev.dormouse.activation;

import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.name.PoolRef;
import dev.dormouse.scheduler.Candidate;
import dev.dormouse.scheduler.Demand;
import dev.dormouse.scheduler.Hardware;
import dev.dormouse.scheduler.Need;
import dev.dormouse.scheduler.WarmPlan;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.Catalog;
import dev.dormouse.worker.Worker;
import dev.dormouse.worker.Workers;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Has free workers prepared for the templates that are wanted most. One preparation per ateom at a time: wakes go first. */
@Singleton
class Warming {

    private static final Logger LOG = Logger.getLogger(Warming.class);
    private static final Duration HALF_LIFE = Duration.ofMinutes(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);
    /** A template that nobody wanted yet may still be the next. */
    private static final double UNWANTED = 0.001;

    private final Workers workers;
    private final Dispatcher dispatcher;
    private final Workloads workloads;
    private final Catalog catalog;
    private final AteomCalls ateom;
    private final InstantSource clock;
    private final Demand<String> demand = new Demand<>(HALF_LIFE);
    private final Map<String, Blueprint> known = new ConcurrentHashMap<>();
    private final Set<String> busyAteoms = ConcurrentHashMap.newKeySet();
    private final Map<UUID, Instant> failed = new ConcurrentHashMap<>();

    private record Kind(PoolRef pool, Hardware hardware) {

        // written out: in a native executable the one that comes with a record takes 14 us, see docs/decisions/0011
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || other instanceof Kind kind && pool.equals(kind.pool) && hardware.equals(kind.hardware);
        }
    }

    Warming(
            Workers workers,
            Dispatcher dispatcher,
            Workloads workloads,
            Catalog catalog,
            AteomCalls ateom,
            InstantSource clock) {
        this.workers = workers;
        this.dispatcher = dispatcher;
        this.workloads = workloads;
        this.catalog = catalog;
        this.ateom = ateom;
        this.clock = clock;
    }

    /** An actor of this template is being woken. */
    void wanted(Blueprint blueprint) {
        known.putIfAbsent(blueprint.digest(), blueprint);
        synchronized (demand) {
            demand.wanted(blueprint.digest(), clock.instant());
        }
    }

    /** Begins what is to be prepared now. */
    void run() {
        if (dispatcher.waiting() > 0) {
            return;
        }
        learnTemplates();
        Map<String, Double> weights = weights();
        Map<Kind, List<Worker>> free = new HashMap<>();
        for (Worker worker : workers.all()) {
            if (worker.state() == Candidate.State.FREE && mayTry(worker.uid())) {
                free.computeIfAbsent(new Kind(worker.pool(), worker.hardware()), kind -> new ArrayList<>())
                        .add(worker);
            }
        }
        free.values().forEach(alike -> prepare(alike, weights));
    }

    private void learnTemplates() {
        for (ActorTemplate template : catalog.templates()) {
            if (catalog.golden(template.ref()).isPresent()) {
                workloads
                        .of(template.ref())
                        .subscribe()
                        .with(
                                blueprint -> known.putIfAbsent(blueprint.digest(), blueprint),
                                failure -> LOG.debugf("%s: %s", template.ref(), failure.getMessage()));
            }
        }
        // what a template was before it changed is no longer prepared for
        known.values()
                .removeIf(blueprint -> catalog.template(blueprint.template().ref())
                        .map(template -> !template.getSpec()
                                        .equals(blueprint.template().getSpec())
                                || !catalog.golden(template.ref()).equals(Optional.ofNullable(blueprint.golden())))
                        .orElse(true));
    }

    private Map<String, Double> weights() {
        Map<String, Double> wanted;
        synchronized (demand) {
            wanted = demand.at(clock.instant());
        }
        Map<String, Double> weights = new HashMap<>();
        known.keySet().forEach(digest -> weights.put(digest, wanted.getOrDefault(digest, 0.0) + UNWANTED));
        return weights;
    }

    private void prepare(List<Worker> alike, Map<String, Double> weights) {
        Map<UUID, String> prepared = new HashMap<>();
        Map<UUID, Worker> byUid = new HashMap<>();
        alike.forEach(worker -> {
            prepared.put(worker.uid(), worker.prepared());
            byUid.put(worker.uid(), worker);
        });
        Map<String, Double> fitting = new HashMap<>(weights);
        fitting.keySet().removeIf(digest -> !fits(digest, alike.getFirst()));
        WarmPlan.changes(prepared, fitting).forEach((uid, digest) -> {
            Worker worker = byUid.get(uid);
            Blueprint blueprint = known.get(digest);
            if (worker != null && blueprint != null) {
                prepare(worker, blueprint);
            }
        });
    }

    private boolean fits(String digest, Worker worker) {
        Blueprint blueprint = known.get(digest);
        if (blueprint == null) {
            return false;
        }
        Need need = StartPlans.needOfNew(blueprint);
        return workers.fits(need, worker.uid());
    }

    private void prepare(Worker worker, Blueprint blueprint) {
        if (!busyAteoms.add(worker.address())) {
            return;
        }
        ateom.prepare(worker, blueprint)
                .onTermination()
                .invoke(() -> busyAteoms.remove(worker.address()))
                .subscribe()
                .with(
                        response -> {
                            if (response.getFailure().getReason() == Failure.Reason.BUSY) {
                                LOG.debugf("worker %s starts an actor instead", worker.pod());
                            } else if (response.hasFailure()) {
                                failed(worker, blueprint, response.getFailure().getMessage());
                            } else {
                                workers.prepared(worker.uid(), blueprint.digest());
                            }
                        },
                        failure -> failed(worker, blueprint, String.valueOf(failure.getMessage())));
    }

    private void failed(Worker worker, Blueprint blueprint, String why) {
        failed.put(worker.uid(), clock.instant().plus(AFTER_FAILURE));
        LOG.debugf("worker %s not prepared for %s: %s", worker.pod(), blueprint, why);
    }

    private boolean mayTry(UUID worker) {
        Instant at = failed.get(worker);
        if (at != null && !clock.instant().isBefore(at)) {
            failed.remove(worker, at);
            return true;
        }
        return at == null;
    }
}
