package dev.dormouse.cluster;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.dormouse.ateom.wire.HeartbeatRequest;
import dev.dormouse.ateom.wire.SlotReport;
import dev.dormouse.worker.ReporterCheck;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Believes what the API server says of an ateom's token: the Pod that it was made for. A Pod may report its own worker, in the pool
 * whose label it carries, at its own address, and nothing else. What was found out counts for {@link #REMEMBERED}, so a Pod that was
 * removed is believed no longer than that.
 */
final class PodCheck implements ReporterCheck {

    /** For whom a worker's token is made: a token for the API server proves nothing here, and this one nothing there. */
    static final String AUDIENCE = "dormouse-control-plane";

    /** The label of a pool's Pods. */
    static final String POOL_LABEL = "ate.dev/worker-pool";

    static final Duration REMEMBERED = Duration.ofSeconds(30);
    private static final int MOST_REMEMBERED = 10_000;
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";
    private static final String POD_NAME = "authentication.kubernetes.io/pod-name";
    private static final String POD_UID = "authentication.kubernetes.io/pod-uid";

    private final KubernetesClient client;
    /** By token. */
    private final Cache<String, ProvenPod> proven = Caffeine.newBuilder()
            .expireAfterWrite(REMEMBERED)
            .maximumSize(MOST_REMEMBERED)
            .build();

    private record ProvenPod(String namespace, String name, String uid, String pool, String ip) {}

    PodCheck(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Uni<Void> check(Optional<String> token, HeartbeatRequest report) {
        if (token.isEmpty()) {
            return Uni.createFrom().failure(unauthenticated("a worker's report needs the token of its Pod"));
        }
        ProvenPod known = proven.getIfPresent(token.get());
        Uni<ProvenPod> pod = known != null
                ? Uni.createFrom().item(known)
                : Uni.createFrom()
                        .item(() -> prove(token.get()))
                        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                        .invoke(found -> proven.put(token.get(), found));
        return pod.invoke(found -> require(found, report)).replaceWithVoid();
    }

    private ProvenPod prove(String token) {
        try {
            return ofPod(review(token));
        } catch (KubernetesClientException e) {
            throw Status.UNAVAILABLE
                    .withDescription("the API server can't be asked about a worker's token: " + e.getMessage())
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    private TokenReviewStatus review(String token) {
        TokenReview asked = new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .withAudiences(AUDIENCE)
                .endSpec()
                .build();
        TokenReviewStatus status = client.resource(asked).create().getStatus();
        boolean valid = Boolean.TRUE.equals(status.getAuthenticated())
                && status.getAudiences() != null
                && status.getAudiences().contains(AUDIENCE);
        if (!valid) {
            throw unauthenticated(
                    "the API server does not know a worker's token: it is expired, forged or for somebody else");
        }
        return status;
    }

    private ProvenPod ofPod(TokenReviewStatus review) {
        String user = String.valueOf(review.getUser().getUsername());
        Map<String, List<String>> extra = review.getUser().getExtra() == null
                ? Map.of()
                : review.getUser().getExtra();
        String name = first(extra, POD_NAME);
        String uid = first(extra, POD_UID);
        if (!user.startsWith(SERVICE_ACCOUNT) || name == null || uid == null) {
            throw unauthenticated("a worker's token must be the projected one of its Pod, not another of " + user);
        }
        String namespace = user.substring(SERVICE_ACCOUNT.length()).split(":", 2)[0];
        Pod pod = client.pods().inNamespace(namespace).withName(name).get();
        if (pod == null || !uid.equals(pod.getMetadata().getUid())) {
            throw unauthenticated("Pod %s/%s is gone".formatted(namespace, name));
        }
        Map<String, String> labels = pod.getMetadata().getLabels();
        String pool = labels == null ? null : labels.get(POOL_LABEL);
        if (pool == null) {
            throw denied("Pod %s/%s is no worker: it has no label %s".formatted(namespace, name, POOL_LABEL));
        }
        String ip = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
        if (ip == null) {
            // its kubelet says so a moment after it has started
            throw Status.UNAVAILABLE
                    .withDescription("the address of Pod %s/%s is not known yet".formatted(namespace, name))
                    .asRuntimeException();
        }
        return new ProvenPod(namespace, name, uid, pool, ip);
    }

    private static @Nullable String first(Map<String, List<String>> extra, String key) {
        List<String> values = extra.get(key);
        return values == null || values.isEmpty() ? null : values.getFirst();
    }

    private static void require(ProvenPod pod, HeartbeatRequest report) {
        for (SlotReport slot : report.getSlotsList()) {
            boolean own = slot.getSlot().getWorkerUid().equals(pod.uid())
                    && slot.getSlot().getNamespace().equals(pod.namespace())
                    && slot.getSlot().getPod().equals(pod.name())
                    && slot.getSlot().getPool().equals(pod.pool());
            if (!own) {
                throw denied("Pod %s/%s of pool %s may report its own worker only"
                        .formatted(pod.namespace(), pod.name(), pod.pool()));
            }
            // one that could not be opened has none
            if (!slot.getIp().isEmpty() && !slot.getIp().equals(pod.ip())) {
                throw elsewhere(pod);
            }
        }
        int port = report.getAddress().lastIndexOf(':');
        if (port < 0 || !report.getAddress().substring(0, port).equals(pod.ip())) {
            throw elsewhere(pod);
        }
    }

    private static StatusRuntimeException elsewhere(ProvenPod pod) {
        return denied("Pod %s/%s is reached at its own address only, which is '%s'"
                .formatted(pod.namespace(), pod.name(), pod.ip()));
    }

    private static StatusRuntimeException unauthenticated(String why) {
        return Status.UNAUTHENTICATED.withDescription(why).asRuntimeException();
    }

    private static StatusRuntimeException denied(String why) {
        return Status.PERMISSION_DENIED.withDescription(why).asRuntimeException();
    }
}
