package dev.dormouse.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Watches kinds in all namespaces. An API server that goes away is asked again until it is back, however long that takes. */
final class Informers implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Informers.class);

    private final KubernetesClient client;
    private final List<SharedIndexInformer<?>> started = new CopyOnWriteArrayList<>();
    private volatile @Nullable Throwable lastFailure;

    Informers(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Tells what is there and from then on what changes. Blocks until it knows what is there.
     *
     * @param seen called for each object that is there, appears or changes; twice for some
     * @return all that are there
     * @throws IllegalStateException with a sentence for the user when the API server doesn't list them within the limit
     */
    <T extends HasMetadata> List<T> watch(Class<T> kind, Consumer<T> seen, Consumer<T> gone, Duration limit) {
        SharedIndexInformer<T> informer =
                client.resources(kind).inAnyNamespace().runnableInformer(0);
        started.add(informer);
        informer.exceptionHandler((isStarted, failure) -> {
            lastFailure = failure;
            LOG.debugf("%s can't be watched, trying again: %s", kind.getSimpleName(), failure.getMessage());
            return true;
        });
        informer.addEventHandler(new Handler<>(seen, gone));
        try {
            informer.start().toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw unreadable(kind, lastFailure == null ? e : lastFailure);
        } catch (ExecutionException e) {
            throw unreadable(kind, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreadable(kind, e);
        }
        return new ArrayList<>(informer.getStore().list());
    }

    private IllegalStateException unreadable(Class<? extends HasMetadata> kind, Throwable failure) {
        return new IllegalStateException(
                "%ss can't be read from the cluster at %s: %s; it needs the CRDs of src/main/kubernetes/install/crds, and an account that may list and watch them"
                        .formatted(
                                kind.getSimpleName(),
                                client.getMasterUrl(),
                                failure.getMessage() == null ? "no answer" : failure.getMessage()));
    }

    @Override
    public void close() {
        started.forEach(SharedIndexInformer::close);
    }

    private record Handler<T>(Consumer<T> seen, Consumer<T> gone) implements ResourceEventHandler<T> {

        @Override
        public void onAdd(T object) {
            look(seen, object);
        }

        @Override
        public void onUpdate(T before, T now) {
            look(seen, now);
        }

        @Override
        public void onDelete(T object, boolean finalStateUnknown) {
            look(gone, object);
        }

        private void look(Consumer<T> consumer, T object) {
            try {
                consumer.accept(object);
            } catch (RuntimeException e) {
                LOG.errorf(e, "a change of %s is not taken in", object);
            }
        }
    }
}
