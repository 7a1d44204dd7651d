package dev.dormouse.cluster;

import dev.dormouse.activation.Backlog;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.TestStores;
import dev.dormouse.journal.ChangeFeed.CallersWaiting;
import dev.dormouse.journal.TestFeed;
import dev.dormouse.kube.Line;
import dev.dormouse.kube.TestCluster;
import dev.dormouse.pool.WorkerDeployment;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.standalone.StoreDatabase;
import dev.dormouse.worker.TestWorkers;
import dev.dormouse.worker.Workers;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Replicas of the cluster's side of a server on a real API server and a real database. */
final class OperatorFixture implements AutoCloseable {

    static final WorkerDeployment.Settings SETTINGS =
            new WorkerDeployment.Settings("api.ate-system.svc:443", null, Duration.ofSeconds(330));

    /** After which an autoscaled pool shrinks: long enough that a test sees that it doesn't shrink before. */
    static final Duration QUIET = Duration.ofSeconds(4);

    final TestCluster cluster = new TestCluster();
    final KubernetesClient client = cluster.client();
    final String namespace = cluster.namespace();
    final StoreDatabase database = new StoreDatabase();
    final Workers workers = new Workers(InstantSource.system());
    final Backlog backlog = new Backlog(InstantSource.system());
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final TestFeed feed = new TestFeed();
    final ActorStore actors = TestStores.on(database.database(), feed);

    OperatorFixture() {
        feed.changes().subscribe().with(change -> {
            if (change instanceof CallersWaiting news) {
                backlog.heard(news);
            }
        });
        TestWorkers.known(workers);
    }

    /** A replica with a connection of its own. */
    final class Replica implements AutoCloseable {

        private final Line line = new Line();
        private final KubernetesClient own = line.client();
        final ClusterCatalog catalog;
        final LeaseElection election;
        private final ClusterOperator operator;
        private boolean closed;

        Replica(Duration lease) {
            InstantSource clock = InstantSource.system();
            catalog = new ClusterCatalog(own, dev.dormouse.snapshot.TestStores.records(database), feed, clock);
            catalog.start();
            election = new LeaseElection(own, namespace, lease);
            Autoscaler autoscaler =
                    new Autoscaler(own, catalog, workers, backlog, clock, new AutoscalerMetrics(metrics), QUIET);
            operator = new ClusterOperator(
                    election,
                    () -> ConfigurationService.newOverriddenConfigurationService(overrider -> overrider
                            .withKubernetesClient(own)
                            .withCloseClientOnStop(false)
                            .withStopOnInformerErrorDuringStartup(false)
                            .withInformerStoppedHandler(new StoppedInformer())),
                    new PoolReconciler(own, catalog, workers, autoscaler, clock, () -> SETTINGS),
                    new TemplateReconciler(catalog, actors, clock),
                    autoscaler);
            operator.start();
        }

        /** Loses the cluster at once, without a word to it. */
        void cutOff() {
            line.cut();
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            operator.stop();
            catalog.stop();
            own.close();
            line.close();
        }
    }

    Replica replica(Duration lease) {
        return new Replica(lease);
    }

    WorkerPool pool(String name) {
        return client.resources(WorkerPool.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    Optional<Deployment> deployment(String pool) {
        return Optional.ofNullable(client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName(pool + "-deployment")
                .get());
    }

    @Nullable
    Integer deployedReplicas(String pool) {
        return deployment(pool).map(found -> found.getSpec().getReplicas()).orElse(null);
    }

    /** The pool's condition as {@code status reason}; empty when it has none. */
    String condition(String pool, String type) {
        WorkerPoolStatus status = pool(pool).getStatus();
        return status == null || status.conditions() == null
                ? ""
                : status.conditions().stream()
                        .filter(condition -> condition.getType().equals(type))
                        .map(condition -> condition.getStatus() + " " + condition.getReason())
                        .findFirst()
                        .orElse("");
    }

    String message(String pool, String type) {
        return pool(pool).getStatus().conditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .map(Condition::getMessage)
                .findFirst()
                .orElseThrow();
    }

    List<String> events(String uid) {
        return eventsOf(uid).stream()
                .map(event -> event.getType() + " " + event.getReason())
                .toList();
    }

    List<Event> eventsOf(String uid) {
        return client.v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> uid.equals(event.getInvolvedObject().getUid()))
                .toList();
    }

    static String uniqueName() {
        return "dormouse-test-" + UUID.randomUUID();
    }

    @Override
    public void close() throws Exception {
        cluster.close();
        database.close();
    }
}
