package dev.dormouse.cluster;

import dev.dormouse.activation.Backlog;
import dev.dormouse.pool.PoolStatus.Finding;
import dev.dormouse.pool.PoolStatus.Scaling;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolSpec.Autoscaling;
import dev.dormouse.scheduler.Sizing;
import dev.dormouse.scheduler.Sizing.Bounds;
import dev.dormouse.scheduler.Sizing.Decision;
import dev.dormouse.scheduler.Sizing.Limit;
import dev.dormouse.scheduler.Sizing.Load;
import dev.dormouse.scheduler.Sizing.Trend;
import dev.dormouse.template.Catalog;
import dev.dormouse.worker.Workers;
import dev.dormouse.worker.Workers.PoolCounts;
import io.fabric8.kubernetes.api.model.autoscaling.v1.ScaleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Decides, while this replica leads, how many workers autoscaled pools ask for. What it sets is {@code spec.replicas}, through the scale
 * subresource as {@code kubectl scale} does: whatever acts on that number goes on as it is.
 */
@ApplicationScoped
class Autoscaler {

    private static final Logger LOG = Logger.getLogger(Autoscaler.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    /** As long as a HorizontalPodAutoscaler takes: a worker is slow to come back, and costs little while it is free. */
    private static final Duration QUIET = Duration.ofMinutes(5);

    /** Fewer than any pool may have. */
    private static final int NOT_SET = -1;

    private final KubernetesClient client;
    private final Catalog catalog;
    private final Workers workers;
    private final Backlog backlog;
    private final InstantSource clock;
    private final AutoscalerMetrics metrics;
    private final ObjectEvents events;
    private final Sizing sizing;
    /** Both by the pools' uids, and of this lead: whoever leads next waits for a quiet time of its own. */
    private final Map<String, Trend> trends = new ConcurrentHashMap<>();

    private final Map<String, Scaling> scalings = new ConcurrentHashMap<>();
    private @Nullable ScheduledExecutorService looks;

    @Inject
    Autoscaler(
            KubernetesClient client,
            Catalog catalog,
            Workers workers,
            Backlog backlog,
            InstantSource clock,
            AutoscalerMetrics metrics) {
        this(client, catalog, workers, backlog, clock, metrics, QUIET);
    }

    /** @param quiet how long fewer workers must have done before a pool shrinks */
    Autoscaler(
            KubernetesClient client,
            Catalog catalog,
            Workers workers,
            Backlog backlog,
            InstantSource clock,
            AutoscalerMetrics metrics,
            Duration quiet) {
        this.client = client;
        this.catalog = catalog;
        this.workers = workers;
        this.backlog = backlog;
        this.clock = clock;
        this.metrics = metrics;
        this.events = new ObjectEvents(client, clock);
        this.sizing = new Sizing(quiet);
    }

    /** Looks at the pools from now on; returns at once. */
    void begin() {
        var timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("autoscaler").factory());
        timer.scheduleWithFixedDelay(this::look, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
        looks = timer;
    }

    /** Blocks until nothing is scaled here any more. */
    void end() {
        if (looks != null) {
            looks.shutdownNow();
            looks.close();
            looks = null;
        }
        trends.clear();
        scalings.clear();
        metrics.forget();
    }

    /** What is to be said of the pool's scaling; null before the first look at it. */
    @Nullable
    Scaling scaling(WorkerPool pool) {
        return scalings.get(pool.getMetadata().getUid());
    }

    private void look() {
        try {
            // before the workers are known every pool looks idle
            if (workers.areKnown()) {
                lookAtAll();
            }
        } catch (RuntimeException e) {
            LOG.warnf(e, "the autoscaler's look at the pools failed, looking again");
        }
    }

    private void lookAtAll() {
        List<WorkerPool> pools = catalog.pools().stream()
                .filter(pool -> pool.getSpec().autoscaling() != null && !pool.isMarkedForDeletion())
                .toList();
        var uids = pools.stream().map(pool -> pool.getMetadata().getUid()).collect(Collectors.toSet());
        trends.keySet().retainAll(uids);
        scalings.keySet().retainAll(uids);
        var counts = workers.countsByPool();
        for (WorkerPool pool : pools) {
            scalings.put(pool.getMetadata().getUid(), scale(pool, counts.getOrDefault(pool.ref(), PoolCounts.NONE)));
        }
        metrics.publish();
    }

    private Scaling scale(WorkerPool pool, PoolCounts counts) {
        Autoscaling autoscaling = Objects.requireNonNull(pool.getSpec().autoscaling());
        if (autoscaling.min() > autoscaling.maxReplicas()) {
            // an API server that knows no rules has let it in
            return inactive("InvalidAutoscaling", "minReplicas is greater than maxReplicas");
        }
        String uid = pool.getMetadata().getUid();
        Bounds bounds = new Bounds(autoscaling.min(), autoscaling.maxReplicas(), autoscaling.free());
        int waiting = backlog.waiting(pool.ref());
        Load load = new Load(declared(pool), counts.ready(), counts.free(), counts.assigned(), waiting);
        Decision decision = sizing.decide(bounds, load, trends.get(uid), clock.instant());
        metrics.seen(pool.ref(), decision.replicas(), waiting);
        try {
            if (write(pool, decision)) {
                trends.put(uid, decision.trend());
            }
        } catch (KubernetesClientException e) {
            String why = Faults.sentence(e);
            if (!Faults.isInterrupt(e)) {
                LOG.warnf("pool %s can't be scaled to %d, trying again: %s", pool.ref(), decision.replicas(), why);
            }
            return inactive("FailedUpdateScale", why);
        }
        return new Scaling(
                new Finding(
                        true,
                        "ValidMetricFound",
                        "Size %d, from %d to %d: %s"
                                .formatted(decision.replicas(), bounds.min(), bounds.max(), decision.reason())),
                limited(decision.limit(), bounds));
    }

    private static Scaling inactive(String reason, String message) {
        return new Scaling(new Finding(false, reason, message), null);
    }

    /** In the words of a HorizontalPodAutoscaler. */
    private static Finding limited(Limit limit, Bounds bounds) {
        return switch (limit) {
            case NONE ->
                new Finding(false, "DesiredWithinRange", "as many workers as are needed are within the bounds");
            case MIN ->
                new Finding(true, "TooFewReplicas", "fewer would do than minReplicas, which is " + bounds.min());
            case MAX ->
                new Finding(true, "TooManyReplicas", "more are needed than maxReplicas, which is " + bounds.max());
        };
    }

    private static int declared(WorkerPool pool) {
        Integer replicas = pool.getSpec().replicas();
        return replicas == null ? NOT_SET : replicas;
    }

    /** False when the pool is another by now: the next look sees it. */
    private boolean write(WorkerPool pool, Decision decision) {
        if (declared(pool) == decision.replicas()) {
            return true;
        }
        try {
            put(pool, decision.replicas());
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return false;
            }
            throw e;
        }
        LOG.infof("pool %s has a new size of %d: %s", pool.ref(), decision.replicas(), decision.reason());
        metrics.scaled(pool.ref(), decision.replicas() > declared(pool));
        events.tell(
                pool,
                false,
                "SuccessfulRescale",
                "New size: %d; reason: %s".formatted(decision.replicas(), decision.reason()));
        return true;
    }

    private void put(WorkerPool pool, int replicas) {
        var metadata = pool.getMetadata();
        client.resource(pool)
                .scale(new ScaleBuilder()
                        .withNewMetadata()
                        .withNamespace(metadata.getNamespace())
                        .withName(metadata.getName())
                        // what was decided on is the pool as it was seen
                        .withResourceVersion(metadata.getResourceVersion())
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(replicas)
                        .endSpec()
                        .build());
    }
}
