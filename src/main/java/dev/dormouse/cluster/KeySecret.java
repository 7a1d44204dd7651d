package dev.dormouse.cluster;

import dev.dormouse.identity.KeyVault;
import dev.dormouse.platform.DormouseConfig;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** In a cluster: a Secret beside the control plane, which all replicas share. */
@ApplicationScoped
@Typed(KeySecret.class)
public class KeySecret implements KeyVault {

    static final String SECRET = "dormouse-identity";

    private static final String ENTRY = "keys.json";
    private static final int ATTEMPTS = 5;

    private final KubernetesClient client;
    private final String namespace;

    @Inject
    KeySecret(KubernetesClient client, DormouseConfig config) {
        this(client, Namespaces.own(client, config));
    }

    KeySecret(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    @Override
    public String keep(Function<@Nullable String, String> change) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return tryToKeep(change);
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT || attempt == ATTEMPTS) {
                    throw new IOException("Secret %s/%s: %s".formatted(namespace, SECRET, e.getMessage()), e);
                }
                // another replica was faster: its keys are as good
            }
        }
    }

    private String tryToKeep(Function<@Nullable String, String> change) {
        Secret found = client.secrets().inNamespace(namespace).withName(SECRET).get();
        String kept = found == null ? null : keys(found);
        String next = change.apply(kept);
        if (found == null) {
            client.resource(secret(next, null)).create();
        } else if (!next.equals(kept)) {
            // refused when it was changed since
            client.resource(secret(next, found.getMetadata().getResourceVersion()))
                    .update();
        }
        return next;
    }

    private static @Nullable String keys(Secret secret) {
        String encoded = secret.getData() == null ? null : secret.getData().get(ENTRY);
        return encoded == null ? null : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    }

    private Secret secret(String keys, @Nullable String resourceVersion) {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(SECRET)
                .withResourceVersion(resourceVersion)
                .withLabels(Map.of("app.kubernetes.io/part-of", "dormouse"))
                .endMetadata()
                .withStringData(Map.of(ENTRY, keys))
                .build();
    }
}
