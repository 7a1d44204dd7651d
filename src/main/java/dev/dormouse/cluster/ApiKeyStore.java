package dev.dormouse.cluster;

import dev.dormouse.platform.DormouseConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.tls.runtime.KeyStoreAndKeyCertOptions;
import io.quarkus.tls.runtime.KeyStoreProvider;
import io.smallrye.common.annotation.Identifier;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Gives Quarkus the API's certificate, at start and each time it looks again ({@code quarkus.tls.api.reload-period}). */
@Singleton
@Identifier("api")
class ApiKeyStore implements KeyStoreProvider {

    private final DormouseConfig config;
    private final Instance<KubernetesClient> client;

    ApiKeyStore(DormouseConfig config, Instance<KubernetesClient> client) {
        this.config = config;
        this.client = client;
    }

    /** Null outside a cluster: Quarkus asks in every role. */
    @Override
    public @Nullable KeyStoreAndKeyCertOptions getKeyStore(Vertx vertx) {
        if (config.role() != DormouseConfig.Role.SERVER || config.mode() != DormouseConfig.Mode.KUBERNETES) {
            return null;
        }
        KubernetesClient cluster = client.get();
        ApiCertificate.Present present =
                new ApiCertificate(cluster, Namespaces.own(cluster, config), InstantSource.system()).find();
        PemKeyCertOptions options = new PemKeyCertOptions()
                .addCertValue(Buffer.buffer(present.certificate()))
                .addKeyValue(Buffer.buffer(present.key()));
        try {
            return new KeyStoreAndKeyCertOptions(options.loadKeyStore(vertx), options);
        } catch (Exception e) {
            throw new IllegalStateException(
                    "the certificate in Secret %s can't be used: %s".formatted(ApiCertificate.SECRET, e.getMessage()),
                    e);
        }
    }
}
