package dev.dormouse.cluster;

import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.pool.PoolStatus;
import dev.dormouse.pool.WorkerDeployment;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.sandboxconfig.Resolution;
import dev.dormouse.sandboxconfig.SandboxClass;
import dev.dormouse.template.Catalog;
import dev.dormouse.worker.Workers;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Makes a Deployment of each pool, and counts its workers into the pool's status. */
@ApplicationScoped
@ControllerConfiguration(name = "workerpool", fieldManager = "dormouse")
@GradualRetry(
        maxAttempts = Integer.MAX_VALUE,
        initialInterval = PoolReconciler.FIRST_RETRY_MILLIS,
        intervalMultiplier = 2,
        maxInterval = PoolReconciler.LAST_RETRY_MILLIS)
public class PoolReconciler implements Reconciler<WorkerPool> {

    static final long FIRST_RETRY_MILLIS = 1000;
    static final long LAST_RETRY_MILLIS = 60_000;

    private static final Logger LOG = Logger.getLogger(PoolReconciler.class);
    /** Workers wake and sleep all the time; a status is written this often at most. */
    private static final Duration COUNTED_EVERY = Duration.ofSeconds(5);

    private static final String NAME_TOO_LONG =
            "The pool's name becomes the value of a label, so at most %d characters; make another pool"
                    .formatted(WorkerDeployment.POOL_NAME_LENGTH);
    private static final Duration WRITE_LIMIT = Duration.ofSeconds(30);

    private final Catalog catalog;
    private final Workers workers;
    private final Autoscaler autoscaler;
    private final InstantSource clock;
    private final DeletionCosts costs;
    private final Supplier<WorkerDeployment.Settings> settings;
    private volatile @Nullable WorkerDeployments deployments;

    @Inject
    PoolReconciler(
            KubernetesClient client,
            Catalog catalog,
            Workers workers,
            Autoscaler autoscaler,
            InstantSource clock,
            DormouseConfig config) {
        this(client, catalog, workers, autoscaler, clock, () -> settings(client, clock, config));
    }

    PoolReconciler(
            KubernetesClient client,
            Catalog catalog,
            Workers workers,
            Autoscaler autoscaler,
            InstantSource clock,
            Supplier<WorkerDeployment.Settings> settings) {
        this.catalog = catalog;
        this.workers = workers;
        this.autoscaler = autoscaler;
        this.clock = clock;
        this.settings = settings;
        this.costs = new DeletionCosts(client, workers);
    }

    private static WorkerDeployment.Settings settings(
            KubernetesClient client, InstantSource clock, DormouseConfig config) {
        String namespace = Namespaces.own(client, config);
        return new WorkerDeployment.Settings(
                config.kubernetes().controlPlane().orElse("api.%s.svc:443".formatted(namespace)),
                config.kubernetes().tls()
                        ? new ApiCertificate(client, namespace, clock).find().authority()
                        : null,
                config.activation().checkpointTimeout().plus(WorkerDeployment.ENDING));
    }

    @Override
    public List<EventSource<?, WorkerPool>> prepareEventSources(EventSourceContext<WorkerPool> context) {
        // one each time that we lead: it holds a watch that ends with the lead
        WorkerDeployments fresh = new WorkerDeployments(settings.get(), this::sandbox);
        deployments = fresh;
        return fresh.eventSource(context)
                .<List<EventSource<?, WorkerPool>>>map(List::of)
                .orElseThrow();
    }

    @Override
    public UpdateControl<WorkerPool> reconcile(WorkerPool pool, Context<WorkerPool> context) {
        if (pool.isMarkedForDeletion()) {
            return UpdateControl.noUpdate();
        }
        if (pool.getMetadata().getName().length() > WorkerDeployment.POOL_NAME_LENGTH) {
            report(pool, status(pool).failed("InvalidName", NAME_TOO_LONG));
            return UpdateControl.<WorkerPool>noUpdate().rescheduleAfter(COUNTED_EVERY);
        }
        Optional<Deployment> before = context.getSecondaryResource(Deployment.class);
        Resolution sandbox = sandbox(pool);
        if (sandbox instanceof Resolution.Refused refused) {
            // what runs runs on; but no worker gets another sandbox than the one that is meant
            report(pool, status(pool).unresolved(refused));
            return UpdateControl.<WorkerPool>noUpdate().rescheduleAfter(COUNTED_EVERY);
        }
        if (before.filter(present -> losesPods(present, pool)).isPresent()) {
            costs.write(pool);
        }
        Deployment applied = Objects.requireNonNull(deployments)
                .reconcile(pool, context)
                .getSingleResource()
                .orElseThrow();
        Workers.PoolCounts counts = workers.counts(pool.ref());
        report(pool, status(pool).applied(applied, counts.free(), counts.assigned(), sandbox));
        return UpdateControl.<WorkerPool>noUpdate().rescheduleAfter(COUNTED_EVERY);
    }

    /** Fewer are asked for, or Pods of an old kind make room for new ones. */
    private static boolean losesPods(Deployment present, WorkerPool pool) {
        DeploymentStatus pods = present.getStatus();
        int wanted = pool.getSpec().declaredReplicas();
        return present.getSpec().getReplicas() > wanted
                || pods != null
                        && pods.getReplicas() != null
                        && (pods.getReplicas() > wanted || !pods.getReplicas().equals(pods.getUpdatedReplicas()));
    }

    private Resolution sandbox(WorkerPool pool) {
        return Resolution.of(
                SandboxClass.orDefault(pool.getSpec().sandboxClass()),
                pool.getSpec().sandboxConfigName(),
                catalog.sandboxConfigs());
    }

    @Override
    public ErrorStatusUpdateControl<WorkerPool> updateErrorStatus(
            WorkerPool pool, Context<WorkerPool> context, Exception failure) {
        if (Faults.isInterrupt(failure)) {
            // this replica leads no more
            return ErrorStatusUpdateControl.noStatusUpdate();
        }
        String why = Faults.sentence(failure);
        LOG.warnf("pool %s can't be reconciled, trying again: %s", pool.ref(), why);
        try {
            report(pool, status(pool).failed("ReconcileFailed", why));
        } catch (RuntimeException e) {
            LOG.debugf("nor can it be told so: %s", e.getMessage());
        }
        return ErrorStatusUpdateControl.noStatusUpdate();
    }

    private PoolStatus status(WorkerPool pool) {
        WorkerPoolStatus present = catalog.pools().stream()
                .filter(known -> known.ref().equals(pool.ref()))
                .findFirst()
                .orElse(pool)
                .getStatus();
        return new PoolStatus(pool, present, autoscaler.scaling(pool), clock.instant());
    }

    private void report(WorkerPool pool, WorkerPoolStatus status) {
        catalog.poolStatus(pool.ref(), status).await().atMost(WRITE_LIMIT);
    }
}
