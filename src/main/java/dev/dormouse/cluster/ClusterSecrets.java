package dev.dormouse.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Secrets, read when one is asked for and never listed. One that was read before is given from memory while the API server is away, so
 * that actors wake without it.
 */
final class ClusterSecrets {

    private static final Logger LOG = Logger.getLogger(ClusterSecrets.class);
    private static final Duration FRESH = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofSeconds(5);
    /** Nobody waits long for what is known already. */
    private static final Duration LIMIT_OF_KNOWN = Duration.ofSeconds(1);

    /** An outage that is longer than this is no outage. */
    private static final Duration KEPT = Duration.ofHours(1);

    private final KubernetesClient client;
    private final InstantSource clock;
    private final Map<String, Read> read = new ConcurrentHashMap<>();

    /**
     * @param entries decoded
     * @param at when the API server gave it
     * @param tryAt when to ask again
     */
    private record Read(Map<String, String> entries, Instant at, Instant tryAt) {

        @Override
        public String toString() {
            return "Secret";
        }
    }

    ClusterSecrets(KubernetesClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /** As {@link dev.dormouse.template.Catalog#secret}; also UNAVAILABLE. */
    Uni<Map<String, String>> entries(String namespace, String name) {
        String key = namespace + "/" + name;
        Read known = read.get(key);
        if (known != null && clock.instant().isBefore(known.tryAt())) {
            return Uni.createFrom().item(known.entries());
        }
        return Uni.createFrom()
                .item(() -> get(namespace, name))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .ifNoItem()
                .after(known == null ? LIMIT : LIMIT_OF_KNOWN)
                .failWith(() -> unavailable(key, "the API server does not answer"))
                .invoke(entries -> keep(key, entries))
                .onFailure(ClusterSecrets::isOutage)
                .recoverWithUni(outage -> remembered(key, known, outage));
    }

    private Map<String, String> get(String namespace, String name) {
        try {
            Secret secret =
                    client.secrets().inNamespace(namespace).withName(name).get();
            if (secret != null) {
                return decode(secret.getData());
            }
            read.remove(namespace + "/" + name);
            throw new Failure(Code.FAILED_PRECONDITION, "Secret %s/%s not found; create it".formatted(namespace, name));
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                throw new Failure(
                        Code.FAILED_PRECONDITION,
                        "Secret %s/%s can't be read: allow Dormouse's service account to get it"
                                .formatted(namespace, name));
            }
            throw unavailable(namespace + "/" + name, String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, String> decode(@Nullable Map<String, String> data) {
        if (data == null) {
            return Map.of();
        }
        Map<String, String> entries = new java.util.HashMap<>();
        data.forEach(
                (key, value) -> entries.put(key, new String(Base64.getDecoder().decode(value), UTF_8)));
        return Map.copyOf(entries);
    }

    private void keep(String key, Map<String, String> entries) {
        Instant now = clock.instant();
        read.values().removeIf(old -> old.at().plus(KEPT).isBefore(now));
        read.put(key, new Read(entries, now, now.plus(FRESH)));
    }

    private Uni<Map<String, String>> remembered(String key, @Nullable Read known, Throwable outage) {
        Instant now = clock.instant();
        if (known == null || known.at().plus(KEPT).isBefore(now)) {
            return Uni.createFrom().failure(outage);
        }
        LOG.warnf("%s; Secret %s is used as it was at %s", outage.getMessage(), key, known.at());
        // the next callers shall not wait for the same outage
        read.put(key, new Read(known.entries(), known.at(), now.plus(FRESH)));
        return Uni.createFrom().item(known.entries());
    }

    private static boolean isOutage(Throwable failure) {
        return failure instanceof Failure known && known.code() == Code.UNAVAILABLE;
    }

    private static Failure unavailable(String key, String why) {
        return new Failure(
                Code.UNAVAILABLE, "Secret %s can't be read: %s".formatted(key, why), Duration.ofSeconds(1), null);
    }
}
