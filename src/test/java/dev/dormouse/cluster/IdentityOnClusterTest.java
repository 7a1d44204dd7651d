package dev.dormouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dormouse.kube.KubeTest;
import dev.dormouse.kube.TestCluster;
import dev.dormouse.pool.WorkerDeployment;
import dev.dormouse.worker.Mandate;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where a real cluster keeps the keys of actors' identities, and for which worker it says that a token speaks. */
@KubeTest
class IdentityOnClusterTest {

    private static TestCluster cluster;
    private static String namespace;

    @BeforeAll
    static void start() {
        cluster = new TestCluster();
        namespace = cluster.namespace();
        cluster.serviceAccount(namespace, "workers");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void replicasThatMakeKeysAtTheSameMomentKeepTheSame() throws Exception {
        Set<String> kept = new HashSet<>();
        try (ExecutorService replicas = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String own = "replica " + i;
                Callable<String> keep =
                        () -> new KeySecret(cluster.client(), namespace).keep(secret -> secret == null ? own : secret);
                answers.add(replicas.submit(keep));
            }
            for (Future<String> answer : answers) {
                kept.add(answer.get());
            }
        }

        assertThat(kept).hasSize(1);
        String next = new KeySecret(cluster.client(), namespace).keep(secret -> secret + ", rotated");
        assertThat(next).isEqualTo(kept.iterator().next() + ", rotated");
        assertThat(new KeySecret(cluster.client(), namespace).keep(secret -> String.valueOf(secret)))
                .isEqualTo(next);
    }

    private static Pod pod(String name, Map<String, String> labels) {
        Pod pod = cluster.client()
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .withLabels(labels)
                        .endMetadata()
                        .withNewSpec()
                        .withServiceAccountName("workers")
                        .addNewContainer()
                        .withName("ateom")
                        .withImage("registry.example/dormouse:1")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        return cluster.client()
                .pods()
                .inNamespace(namespace)
                .withName(pod.getMetadata().getName())
                .editStatus(found -> new PodBuilder(found)
                        .editStatus()
                        .withPhase("Running")
                        .withPodIP("10.0.0.7")
                        .endStatus()
                        .build());
    }

    private static String tokenOf(Pod pod, String audience) {
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withAudiences(audience)
                .withExpirationSeconds(3600L)
                .withNewBoundObjectRef()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endBoundObjectRef()
                .endSpec()
                .build();
        return cluster.client()
                .serviceAccounts()
                .inNamespace(namespace)
                .withName("workers")
                .tokenRequest(request)
                .getStatus()
                .getToken();
    }

    private static Mandate mandate(String token) {
        return new PodCheck(cluster.client(), InstantSource.system())
                .of(Optional.ofNullable(token))
                .await()
                .indefinitely();
    }

    private static Status.Code refusal(String token) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> mandate(token))
                .getStatus()
                .getCode();
    }

    @Test
    void aWorkersTokenSpeaksForThatWorker() {
        Pod worker = pod("one", Map.of(WorkerDeployment.POOL_LABEL, "pool"));

        Mandate mandate = mandate(tokenOf(worker, WorkerDeployment.TOKEN_AUDIENCE));

        assertThat(mandate.covers(UUID.fromString(worker.getMetadata().getUid())))
                .isTrue();
        assertThat(mandate.covers(UUID.randomUUID())).isFalse();
    }

    @Test
    void nothingElseSpeaksForAWorker() {
        Pod worker = pod("two", Map.of(WorkerDeployment.POOL_LABEL, "pool"));
        Pod another = pod("three", Map.of());
        String good = tokenOf(worker, WorkerDeployment.TOKEN_AUDIENCE);

        assertThat(refusal(null)).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refusal("forged")).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refusal(good.substring(0, good.length() - 4) + "AAAA")).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refusal(tokenOf(worker, TestCluster.API_AUDIENCE))).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refusal(cluster.token(namespace, "workers", WorkerDeployment.TOKEN_AUDIENCE)))
                .as("of no Pod")
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refusal(tokenOf(another, WorkerDeployment.TOKEN_AUDIENCE)))
                .as("of a Pod that is no worker")
                .isEqualTo(Status.Code.PERMISSION_DENIED);
    }
}
