package dev.dormouse.cluster;

import dev.dormouse.pool.WorkerDeployment;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.worker.Worker;
import dev.dormouse.worker.Workers;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Marks which Pods a pool can spare, so that the ReplicaSet that has to remove some takes free workers first. Written while Pods are to
 * go, not at each wake: Kubernetes asks not to change it often.
 */
final class DeletionCosts {

    static final String ANNOTATION = "controller.kubernetes.io/pod-deletion-cost";

    private static final Logger LOG = Logger.getLogger(DeletionCosts.class);
    /** Also what a Pod without the annotation costs: nobody knows it yet, so it is free. */
    private static final String FREE = "0";

    private static final String BUSY = "100";

    private final KubernetesClient client;
    private final Workers workers;

    DeletionCosts(KubernetesClient client, Workers workers) {
        this.client = client;
        this.workers = workers;
    }

    /** Blocks. Changes only Pods whose mark is wrong. */
    void write(WorkerPool pool) {
        Map<String, String> costs = new HashMap<>();
        for (Worker worker : workers.all()) {
            if (worker.pool().equals(pool.ref())) {
                costs.put(worker.pod(), worker.stay() == null ? FREE : BUSY);
            }
        }
        client.pods()
                .inNamespace(pool.getMetadata().getNamespace())
                .withLabel(WorkerDeployment.POOL_LABEL, pool.getMetadata().getName())
                .list()
                .getItems()
                .forEach(pod -> mark(pod, costs.getOrDefault(pod.getMetadata().getName(), FREE)));
    }

    private void mark(Pod pod, String cost) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        String present = annotations == null ? FREE : annotations.getOrDefault(ANNOTATION, FREE);
        if (present.equals(cost)) {
            return;
        }
        String change = "{\"metadata\":{\"uid\":\"%s\",\"annotations\":{\"%s\":\"%s\"}}}"
                .formatted(pod.getMetadata().getUid(), ANNOTATION, cost);
        try {
            client.resource(pod).patch(PatchContext.of(PatchType.JSON_MERGE), change);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND && e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            LOG.debugf("Pod %s is gone already", pod.getMetadata().getName());
        }
    }
}
