package dev.dormouse.cluster;

import dev.dormouse.pool.WorkerDeployment;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.sandboxconfig.Resolution;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.api.config.informer.InformerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.CRUDNoGCKubernetesDependentResource;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependentResourceConfigBuilder;
import java.util.function.Function;

/** The Deployments of pools: applied on the server's side, and only where what we set differs; the cluster removes them with their pools. */
final class WorkerDeployments extends CRUDNoGCKubernetesDependentResource<Deployment, WorkerPool> {

    private final WorkerDeployment.Settings settings;
    private final Function<WorkerPool, Resolution> sandbox;

    /** @param sandbox what a pool's workers take their sandbox from */
    WorkerDeployments(WorkerDeployment.Settings settings, Function<WorkerPool, Resolution> sandbox) {
        super(Deployment.class);
        this.settings = settings;
        this.sandbox = sandbox;
        configureWith(new KubernetesDependentResourceConfigBuilder<Deployment>()
                .withKubernetesDependentInformerConfig(InformerConfiguration.builder(Deployment.class)
                        .withLabelSelector(WorkerDeployment.POOL_LABEL)
                        .build())
                .build());
    }

    @Override
    protected Deployment desired(WorkerPool pool, Context<WorkerPool> context) {
        return WorkerDeployment.of(pool, settings, sandbox.apply(pool).assets("runsc"));
    }
}
