package dev.dormouse.cluster;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.dormouse.ateom.wire.HeartbeatRequest;
import dev.dormouse.ateom.wire.SlotReport;
import dev.dormouse.pool.WorkerDeployment;
import dev.dormouse.worker.Mandate;
import dev.dormouse.worker.Mandates;
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
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Believes what the API server says of an ateom's token: the Pod that it was made for. A Pod may report its own worker, in the pool
 * whose label it carries, at its own address, and nothing else. It is asked again every {@link #ASKED_EVERY}, beside the reports: they
 * never wait for it but the first time, and go on for {@link #REMEMBERED} while it can't be asked. So a Pod that was removed is
 * believed for no longer than that.
 */
@ApplicationScoped
@Typed(PodCheck.class)
public class PodCheck implements ReporterCheck, Mandates {

    private static final Logger LOG = Logger.getLogger(PodCheck.class);

    static final Duration ASKED_EVERY = Duration.ofSeconds(30);
    static final Duration REMEMBERED = Duration.ofMinutes(10);
    private static final int MOST_REMEMBERED = 10_000;
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";
    private static final String POD_NAME = "authentication.kubernetes.io/pod-name";
    private static final String POD_UID = "authentication.kubernetes.io/pod-uid";

    private final KubernetesClient client;
    private final InstantSource clock;
    private final Set<String> beingAsked = ConcurrentHashMap.newKeySet();
    /** By token. */
    private final Cache<String, Proven> proven = Caffeine.newBuilder()
            .expireAfterWrite(REMEMBERED)
            .maximumSize(MOST_REMEMBERED)
            .build();

    private record ProvenPod(String namespace, String name, String uid, String pool, String ip) {}

    @Inject
    PodCheck(KubernetesClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    private record Proven(ProvenPod pod, Instant at) {}

    @Override
    public Uni<Void> check(Optional<String> token, HeartbeatRequest report) {
        if (token.isEmpty()) {
            return Uni.createFrom().failure(unauthenticated("a worker's report needs the token of its Pod"));
        }
        Proven known = proven.getIfPresent(token.get());
        if (known == null) {
            return ask(token.get())
                    .invoke(found -> require(found.pod(), report))
                    .replaceWithVoid();
        }
        if (known.at().plus(ASKED_EVERY).isBefore(clock.instant()) && beingAsked.add(token.get())) {
            askAgain(token.get());
        }
        return Uni.createFrom().voidItem().invoke(() -> require(known.pod(), report));
    }

    @Override
    public Uni<Mandate> of(Optional<String> token) {
        if (token.isEmpty()) {
            return Uni.createFrom()
                    .failure(unauthenticated("speaking for an actor needs the token of its worker's Pod"));
        }
        Proven known = proven.getIfPresent(token.get());
        boolean fresh = known != null && clock.instant().isBefore(known.at().plus(ASKED_EVERY));
        return (fresh ? Uni.createFrom().item(known) : ask(token.get()))
                .map(found -> new Mandate(UUID.fromString(found.pod().uid())));
    }

    private Uni<Proven> ask(String token) {
        return Uni.createFrom()
                .item(() -> new Proven(prove(token), clock.instant()))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .invoke(found -> proven.put(token, found));
    }

    private void askAgain(String token) {
        ask(token)
                .onTermination()
                .invoke(() -> beingAsked.remove(token))
                .subscribe()
                .with(found -> {}, failure -> {
                    if (Status.fromThrowable(failure).getCode() == Status.Code.UNAVAILABLE) {
                        LOG.debugf("a worker is believed by what was known of it: %s", failure.getMessage());
                    } else {
                        proven.invalidate(token);
                    }
                });
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
                .withAudiences(WorkerDeployment.TOKEN_AUDIENCE)
                .endSpec()
                .build();
        TokenReviewStatus status = client.resource(asked).create().getStatus();
        boolean valid = Boolean.TRUE.equals(status.getAuthenticated())
                && status.getAudiences() != null
                && status.getAudiences().contains(WorkerDeployment.TOKEN_AUDIENCE);
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
        String pool = labels == null ? null : labels.get(WorkerDeployment.POOL_LABEL);
        if (pool == null) {
            throw denied("Pod %s/%s is no worker: it has no label %s"
                    .formatted(namespace, name, WorkerDeployment.POOL_LABEL));
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
