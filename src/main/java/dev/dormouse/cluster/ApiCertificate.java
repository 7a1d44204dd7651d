package dev.dormouse.cluster;

import dev.dormouse.cluster.Certificates.Issued;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * The certificate of the API, which all replicas share in a Secret. Where there is none the first replica makes it, and an authority
 * for it; one that came with its authority's key is renewed in time. Whoever puts another there, without {@code ca.key}, keeps it up
 * himself.
 */
final class ApiCertificate {

    static final String SECRET = "dormouse-api-tls";

    private static final Logger LOG = Logger.getLogger(ApiCertificate.class);
    private static final String CA = "ca.crt";
    private static final String CA_KEY = "ca.key";
    private static final String CERTIFICATE = "tls.crt";
    private static final String KEY = "tls.key";
    private static final Duration RENEWED_BEFORE = Duration.ofDays(60);
    private static final int ATTEMPTS = 5;

    private final KubernetesClient client;
    private final String namespace;
    private final InstantSource clock;

    /**
     * In PEM; never log the key.
     *
     * @param authority what clients must believe
     */
    record Present(String authority, String certificate, String key) {
        @Override
        public String toString() {
            return "Present";
        }
    }

    ApiCertificate(KubernetesClient client, String namespace, InstantSource clock) {
        this.client = client;
        this.namespace = namespace;
        this.clock = clock;
    }

    /**
     * That which is valid now, made or renewed where it must be. Blocks.
     *
     * @throws KubernetesClientException when the cluster does not give it
     * @throws IllegalStateException when what is in the Secret is no certificate
     */
    Present find() {
        for (int attempt = 1; ; attempt++) {
            try {
                Secret found =
                        client.secrets().inNamespace(namespace).withName(SECRET).get();
                if (found == null) {
                    return present(client.resource(made()).create());
                }
                return isDue(found) ? present(client.resource(renewed(found)).update()) : present(found);
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT || attempt == ATTEMPTS) {
                    throw e;
                }
                LOG.debug("another replica was faster with the API's certificate");
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException(
                        "Secret %s/%s: %s; correct it, or delete it to have one made"
                                .formatted(namespace, SECRET, e.getMessage()),
                        e);
            }
        }
    }

    private Secret made() {
        Instant now = clock.instant();
        Issued authority = Certificates.authority(now);
        LOG.infof("making a certificate for the API in Secret %s/%s", namespace, SECRET);
        return secret(authority, Certificates.server(authority, names(), now));
    }

    private Secret renewed(Secret old) {
        Instant now = clock.instant();
        Issued authority = new Issued(text(old, CA), text(old, CA_KEY));
        LOG.infof("renewing the API's certificate in Secret %s/%s", namespace, SECRET);
        Secret next = secret(authority, Certificates.server(authority, names(), now));
        next.getMetadata().setResourceVersion(old.getMetadata().getResourceVersion());
        return next;
    }

    private boolean isDue(Secret secret) {
        X509Certificate certificate = Certificates.certificate(text(secret, CERTIFICATE));
        return secret.getData().containsKey(CA_KEY)
                && certificate
                        .getNotAfter()
                        .toInstant()
                        .isBefore(clock.instant().plus(RENEWED_BEFORE));
    }

    private List<String> names() {
        String service = "api." + namespace;
        return List.of("api", service, service + ".svc", service + ".svc.cluster.local", "localhost");
    }

    private Secret secret(Issued authority, Issued server) {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(SECRET)
                .withLabels(Map.of("app.kubernetes.io/part-of", "dormouse"))
                .endMetadata()
                .withType("kubernetes.io/tls")
                .withStringData(Map.of(
                        CA, authority.certificate(),
                        CA_KEY, authority.key(),
                        CERTIFICATE, server.certificate(),
                        KEY, server.key()))
                .build();
    }

    private static Present present(Secret secret) {
        return new Present(text(secret, CA), text(secret, CERTIFICATE), text(secret, KEY));
    }

    private static String text(Secret secret, String name) {
        String encoded = secret.getData() == null ? null : secret.getData().get(name);
        if (encoded == null) {
            throw new IllegalArgumentException("it has no " + name);
        }
        return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    }
}
