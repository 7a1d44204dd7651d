package dev.dormouse.cluster;

import dev.dormouse.pool.WorkerDeployment;
import dev.dormouse.pool.WorkerPool;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.api.config.informer.InformerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.CRUDNoGCKubernetesDependentResource;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependentResourceConfigBuilder;

/** The Deployments of pools: applied on the server's side, and only where what we set differs; the cluster removes them with their pools. */
final class WorkerDeployments extends CRUDNoGCKubernetesDependentResource<Deployment, WorkerPool> {

    private final WorkerDeployment.Settings settings;

    WorkerDeployments(WorkerDeployment.Settings settings) {
        super(Deployment.class);
        this.settings = settings;
        configureWith(new KubernetesDependentResourceConfigBuilder<Deployment>()
                .withKubernetesDependentInformerConfig(InformerConfiguration.builder(Deployment.class)
                        .withLabelSelector(WorkerDeployment.POOL_LABEL)
                        .build())
                .build());
    }

    @Override
    protected Deployment desired(WorkerPool pool, Context<WorkerPool> context) {
        return WorkerDeployment.of(pool, settings);
    }
}
