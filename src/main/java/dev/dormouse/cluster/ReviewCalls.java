package dev.dormouse.cluster;

import dev.dormouse.access.Outage;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Asks the API server for reviews, without holding a thread. So many at once, and no more: forged tokens cost it a question each. */
@ApplicationScoped
class ReviewCalls {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final int AT_ONCE = 128;

    private final KubernetesClient client;
    private final KubernetesSerialization serialization;
    private final Outage outage = new Outage(Logger.getLogger(ReviewCalls.class), "the API server");
    private final Semaphore free = new Semaphore(AT_ONCE);

    ReviewCalls(KubernetesClient client) {
        this.client = client;
        this.serialization = client.getKubernetesSerialization();
    }

    /** The review with its status. Fails UNAVAILABLE when there is none within 5 s. */
    <T> Uni<T> ask(String path, T review) {
        return Uni.createFrom().deferred(() -> {
            if (!free.tryAcquire()) {
                return Uni.createFrom().failure(unavailable("too many ask at once", null));
            }
            return answer(path, review).onTermination().invoke(() -> free.release());
        });
    }

    private <T> Uni<T> answer(String path, T review) {
        return Uni.createFrom()
                .completionStage(() -> client.getHttpClient().sendAsync(request(path, review), String.class))
                .ifNoItem()
                .after(LIMIT)
                .fail()
                .map(answer -> read(answer, review))
                .invoke(outage::answered)
                .onFailure()
                .transform(this::unreachable);
    }

    private HttpRequest request(String path, Object review) {
        String root = client.getMasterUrl().toString().replaceAll("/+$", "");
        return client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(root + path)
                .post("application/json", serialization.asJson(review))
                .build();
    }

    @SuppressWarnings("unchecked")
    private <T> T read(HttpResponse<String> answer, T review) {
        if (answer.code() != HttpURLConnection.HTTP_CREATED && answer.code() != HttpURLConnection.HTTP_OK) {
            throw new IllegalStateException("it answered %d: %s".formatted(answer.code(), answer.body()));
        }
        return (T) serialization.unmarshal(answer.body(), review.getClass());
    }

    /** What the API server said is for operators. */
    private Failure unreachable(Throwable cause) {
        outage.failed(Faults.sentence(cause));
        return unavailable("the API server can't be asked", cause);
    }

    private static Failure unavailable(String why, @Nullable Throwable cause) {
        return new Failure(
                Code.UNAVAILABLE, "nobody can say at the moment who may do what: " + why + "; try again", AGAIN, cause);
    }
}
