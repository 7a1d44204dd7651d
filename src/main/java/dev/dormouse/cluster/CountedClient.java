package dev.dormouse.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.util.List;

/** The client of the cluster's API server, as Quarkus makes it, with its calls counted: what an operator costs others. */
@Singleton
final class CountedClient {

    private static final String NO_ANSWER = "none";

    private final MeterRegistry registry;

    CountedClient(MeterRegistry registry) {
        this.registry = registry;
    }

    @Produces
    @Singleton
    KubernetesClient client(KubernetesSerialization serialization, Config config) {
        return new KubernetesClientBuilder()
                .withKubernetesSerialization(serialization)
                .withConfig(config)
                .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("counted", new Interceptor() {
                    @Override
                    public void after(
                            HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> body) {
                        count(request, String.valueOf(response.code()));
                    }

                    @Override
                    public void afterConnectionFailure(HttpRequest request, Throwable failure) {
                        count(request, NO_ANSWER);
                    }
                }))
                .build();
    }

    void close(@Disposes KubernetesClient client) {
        client.close();
    }

    private void count(HttpRequest request, String code) {
        Counter.builder("dormouse.kubernetes.requests")
                .description("Calls of the API server by method and the code of the answer; none without one")
                .tag("method", request.method())
                .tag("code", code)
                .register(registry)
                .increment();
    }
}
