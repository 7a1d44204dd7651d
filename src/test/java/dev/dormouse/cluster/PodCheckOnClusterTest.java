package dev.dormouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.dormouse.ateom.wire.HeartbeatRequest;
import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.ateom.wire.SlotReport;
import dev.dormouse.kube.KubeTest;
import dev.dormouse.kube.Line;
import dev.dormouse.kube.TestCluster;
import dev.dormouse.pool.WorkerDeployment;
import dev.dormouse.worker.Mandate;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which worker a Pod may report, by the tokens of a real API server. */
@KubeTest
class PodCheckOnClusterTest {

    private static final String POOL = "pool";
    private static final String IP = "10.88.0.77";
    private static final String ACCOUNT = "worker";
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private static TestCluster cluster;
    private static String namespace;
    private static Pod worker;

    private volatile Instant now = Instant.now();
    private PodCheck check;

    @BeforeAll
    static void start() {
        cluster = new TestCluster();
        namespace = cluster.namespace();
        cluster.serviceAccount(namespace, ACCOUNT);
        worker = pod("worker", Map.of(WorkerDeployment.POOL_LABEL, POOL), IP);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void askNobodyYet() {
        check = new PodCheck(cluster.client(), () -> now);
    }

    private static Pod pod(String name, Map<String, String> labels, @Nullable String ip) {
        Pod created = cluster.client()
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .withLabels(labels)
                        .endMetadata()
                        .withNewSpec()
                        .withServiceAccountName(ACCOUNT)
                        // of no scheduler, so that it stays as the test makes it
                        .withSchedulerName("nobody")
                        .addNewContainer()
                        .withName("ateom")
                        .withImage("ateom")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        return ip == null
                ? created
                : cluster.client()
                        .resource(created)
                        .editStatus(found -> new PodBuilder(found)
                                .editMetadata()
                                .withResourceVersion(null)
                                .endMetadata()
                                .editStatus()
                                .withPodIP(ip)
                                .endStatus()
                                .build());
    }

    /** As the kubelet projects it into the Pod. */
    private static String token(Pod pod, String audience, long seconds) {
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withAudiences(audience)
                .withExpirationSeconds(seconds)
                .withNewBoundObjectRef(
                        "v1",
                        "Pod",
                        pod.getMetadata().getName(),
                        pod.getMetadata().getUid())
                .endSpec()
                .build();
        return cluster.client()
                .serviceAccounts()
                .inNamespace(namespace)
                .withName(ACCOUNT)
                .tokenRequest(request)
                .getStatus()
                .getToken();
    }

    private static String token(Pod pod, String audience) {
        return token(pod, audience, 3600);
    }

    private static String token(Pod pod) {
        return token(pod, WorkerDeployment.TOKEN_AUDIENCE);
    }

    private static Slot.Builder slotOf(Pod pod) {
        return Slot.newBuilder()
                .setWorkerUid(pod.getMetadata().getUid())
                .setNamespace(namespace)
                .setPod(pod.getMetadata().getName())
                .setPool(POOL);
    }

    private static HeartbeatRequest report(Slot.Builder slot) {
        return HeartbeatRequest.newBuilder()
                .setAddress(IP + ":8081")
                .addSlots(SlotReport.newBuilder().setSlot(slot).setIp(IP))
                .build();
    }

    private void accepts(String token, HeartbeatRequest report) {
        check.check(Optional.of(token), report).await().atMost(ANSWER);
    }

    private Status refusal(@Nullable String token, HeartbeatRequest report) {
        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> check.check(Optional.ofNullable(token), report).await().atMost(ANSWER));
        assertThat(refused).as("refusal of %s", report).isNotNull();
        return refused.getStatus();
    }

    private void refuses(Status.Code code, String why, @Nullable String token, HeartbeatRequest report) {
        Status refusal = refusal(token, report);
        assertThat(refusal.getCode()).as("%s", refusal).isEqualTo(code);
        assertThat(refusal.getDescription()).contains(why);
    }

    @Test
    void aPodReportsItsOwnWorkerAtItsOwnAddress() {
        accepts(token(worker), report(slotOf(worker)));
    }

    @Test
    void aPodMayNotReportAnothersWorker() {
        String token = token(worker);
        Slot.Builder own = slotOf(worker);
        String only = "may report its own worker only";

        refuses(
                Status.Code.PERMISSION_DENIED,
                only,
                token,
                report(own.clone().setWorkerUid(UUID.randomUUID().toString())));
        refuses(Status.Code.PERMISSION_DENIED, only, token, report(own.clone().setPod("other")));
        refuses(Status.Code.PERMISSION_DENIED, only, token, report(own.clone().setNamespace("default")));
        refuses(Status.Code.PERMISSION_DENIED, only, token, report(own.clone().setPool("other")));
        refuses(
                Status.Code.PERMISSION_DENIED,
                only,
                token,
                report(own).toBuilder()
                        .addSlots(SlotReport.newBuilder().setSlot(own.clone().setPod("other")))
                        .build());
    }

    @Test
    void aPodMayNotBeReachedElsewhere() {
        String token = token(worker);
        HeartbeatRequest own = report(slotOf(worker));
        String elsewhere = "at its own address only, which is '" + IP + "'";

        refuses(
                Status.Code.PERMISSION_DENIED,
                elsewhere,
                token,
                own.toBuilder().setAddress("10.88.0.78:8081").build());
        refuses(
                Status.Code.PERMISSION_DENIED,
                elsewhere,
                token,
                own.toBuilder().setAddress(IP).build());
        refuses(
                Status.Code.PERMISSION_DENIED,
                elsewhere,
                token,
                own.toBuilder()
                        .setSlots(0, own.getSlots(0).toBuilder().setIp("10.88.0.78"))
                        .build());
    }

    @Test
    void onlyTheTokenOfAPodCounts() {
        HeartbeatRequest own = report(slotOf(worker));

        refuses(Status.Code.UNAUTHENTICATED, "needs the token of its Pod", null, own);
        refuses(Status.Code.UNAUTHENTICATED, "expired, forged or for somebody else", "forged", own);
        refuses(
                Status.Code.UNAUTHENTICATED,
                "expired, forged or for somebody else",
                token(worker, TestCluster.API_AUDIENCE),
                own);
        refuses(
                Status.Code.UNAUTHENTICATED,
                "must be the projected one of its Pod",
                cluster.token(namespace, ACCOUNT, WorkerDeployment.TOKEN_AUDIENCE),
                own);
    }

    @Test
    void theTokenSpeaksForThatWorkerOnly() {
        Mandate mandate = check.of(Optional.of(token(worker))).await().atMost(ANSWER);

        assertThat(mandate.covers(UUID.fromString(worker.getMetadata().getUid())))
                .isTrue();
        assertThat(mandate.covers(UUID.randomUUID())).isFalse();
    }

    @Test
    void nothingElseSpeaksForAWorker() {
        String good = token(worker);

        assertThat(silenced(null)).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(silenced(good.substring(0, good.length() - 4) + "AAAA")).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(silenced(token(worker, TestCluster.API_AUDIENCE))).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(silenced(cluster.token(namespace, ACCOUNT, WorkerDeployment.TOKEN_AUDIENCE)))
                .as("of no Pod")
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(silenced(token(pod("stranger", Map.of(), IP))))
                .as("of a Pod that is no worker")
                .isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    private Status.Code silenced(@Nullable String token) {
        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> check.of(Optional.ofNullable(token)).await().atMost(ANSWER));
        return refused.getStatus().getCode();
    }

    @Test
    void aPodOfNoPoolIsNoWorker() {
        Pod plain = pod("plain", Map.of(), IP);

        refuses(Status.Code.PERMISSION_DENIED, "is no worker", token(plain), report(slotOf(plain)));
    }

    @Test
    void aPodWhoseAddressIsNotKnownYetComesAgain() {
        Pod early = pod("early", Map.of(WorkerDeployment.POOL_LABEL, POOL), null);

        refuses(Status.Code.UNAVAILABLE, "is not known yet", token(early), report(slotOf(early)));
    }

    @Test
    void aPodThatIsGoneIsBelievedUntilItIsAskedAboutAgain() {
        Pod gone = pod("gone", Map.of(WorkerDeployment.POOL_LABEL, POOL), IP);
        String token = token(gone);
        HeartbeatRequest report = report(slotOf(gone));
        accepts(token, report);
        cluster.client().resource(gone).withGracePeriod(0).delete();
        accepts(token, report);

        now = now.plus(PodCheck.ASKED_EVERY).plusSeconds(1);

        await().atMost(ANSWER.multipliedBy(2))
                .untilAsserted(
                        () -> assertThat(refusal(token, report).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
    }

    @Test
    void whileNobodyCanBeAskedWhatIsKnownCounts() {
        String token = token(worker);
        HeartbeatRequest own = report(slotOf(worker));
        try (Line line = new Line();
                KubernetesClient overLine = withoutRetries(line)) {
            check = new PodCheck(overLine, () -> now);
            accepts(token, own);
            line.cut();

            now = now.plus(PodCheck.ASKED_EVERY).plusSeconds(1);

            accepts(token, own);
            // one of the same second would be the same
            String another = token(worker, WorkerDeployment.TOKEN_AUDIENCE, 7200);
            refuses(Status.Code.UNAVAILABLE, "can't be asked", another, own);
            accepts(token, own);
        }
    }

    private static KubernetesClient withoutRetries(Line line) {
        Config config = new ConfigBuilder(line.client().getConfiguration())
                .withRequestRetryBackoffLimit(0)
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }
}
