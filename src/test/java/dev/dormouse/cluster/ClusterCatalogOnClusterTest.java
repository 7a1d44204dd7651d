package dev.dormouse.cluster;

import static dev.dormouse.standalone.StoreDatabase.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dormouse.golden.GoldenActor;
import dev.dormouse.journal.ChangeFeed.CatalogChange;
import dev.dormouse.journal.ChangeFeed.Change;
import dev.dormouse.journal.TestFeed;
import dev.dormouse.kube.KubeTest;
import dev.dormouse.kube.Line;
import dev.dormouse.kube.TestCluster;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Conditions;
import dev.dormouse.platform.Failure;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.sandboxconfig.SandboxConfig;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.snapshot.TestStores;
import dev.dormouse.standalone.StoreDatabase;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateStatus;
import dev.dormouse.template.Catalog;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The catalog against a real API server and a real database. */
@KubeTest
class ClusterCatalogOnClusterTest {

    private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

    private static TestCluster cluster;
    private static StoreDatabase database;
    private static KubernetesClient client;

    private final List<Change> changes = new CopyOnWriteArrayList<>();
    private final List<ClusterCatalog> replicas = new ArrayList<>();
    private final TestFeed feed = new TestFeed();
    private String namespace;
    private ClusterCatalog catalog;

    @BeforeAll
    static void connect() {
        cluster = new TestCluster();
        client = cluster.client();
        database = new StoreDatabase();
    }

    @AfterAll
    static void disconnect() throws Exception {
        cluster.close();
        database.close();
    }

    @BeforeEach
    void start() {
        feed.changes().subscribe().with(changes::add);
        namespace = cluster.namespace();
        catalog = another();
    }

    @AfterEach
    void stop() {
        replicas.forEach(ClusterCatalog::stop);
        cluster.removeObjects();
    }

    private ClusterCatalog another() {
        ClusterCatalog replica = new ClusterCatalog(client, TestStores.records(database), feed, InstantSource.system());
        replica.start();
        replicas.add(replica);
        return replica;
    }

    @Test
    void whatIsThereIsKnownAfterTheStart() {
        client.resource(Declared.template(namespace, "counter")).create();
        client.resource(Declared.pool(namespace, "pool", 2)).create();

        Catalog replica = another();

        assertThat(replica.template(new TemplateRef(namespace, "counter"))).isPresent();
        assertThat(replica.pools()).extracting(WorkerPool::ref).contains(new PoolRef(namespace, "pool"));
    }

    @Test
    void whatChangesIsSeenAndTold() {
        WorkerPool pool = client.resource(Declared.pool(namespace, "pool", 2)).create();
        await().until(() -> replicasOf("pool"), two -> Integer.valueOf(2).equals(two));

        client.resource(pool).edit(found -> {
            found.setSpec(Declared.pool(namespace, "pool", 3).getSpec());
            return found;
        });
        await().until(() -> replicasOf("pool"), three -> Integer.valueOf(3).equals(three));

        client.resource(pool).delete();
        await().until(() -> replicasOf("pool") == null);
        assertThat(changes)
                .filteredOn(new CatalogChange("WorkerPool", namespace, "pool")::equals)
                .hasSize(3);
    }

    private @Nullable Integer replicasOf(String name) {
        return catalog.pools().stream()
                .filter(pool -> pool.ref().equals(new PoolRef(namespace, name)))
                .map(pool -> pool.getSpec().replicas())
                .findFirst()
                .orElse(null);
    }

    @Test
    void sandboxConfigsHaveNoNamespace() {
        SandboxConfig config = Declared.sandboxConfig("dormouse-test-" + UUID.randomUUID(), false);
        client.resource(config).create();
        cluster.removeLater(
                "/apis/ate.dev/v1alpha1/sandboxconfigs/" + config.getMetadata().getName());

        await().until(() -> catalog.sandboxConfigs().stream()
                .anyMatch(found -> found.getMetadata()
                        .getName()
                        .equals(config.getMetadata().getName())));
    }

    @Test
    void aReadAgainDoesNotWaitForTheWatch() {
        client.resource(Declared.template(namespace, "counter")).create();

        await(catalog.refresh());

        assertThat(catalog.template(new TemplateRef(namespace, "counter"))).isPresent();
        client.resource(Declared.template(namespace, "counter")).delete();
        await(catalog.refresh());
        assertThat(catalog.template(new TemplateRef(namespace, "counter"))).isEmpty();
    }

    @Test
    void aStatusIsThereAtOnceAndForEverybody() {
        Catalog other = another();
        ActorTemplate seen = declared("counter");

        assertThat(await(catalog.templateStatus(seen, status(seen, "ResumeGoldenActor", "Booting"), null)))
                .isTrue();

        assertThat(phase(catalog)).isEqualTo("ResumeGoldenActor");
        await().until(() -> "ResumeGoldenActor".equals(phase(other)));
        ActorTemplate stored = client.resource(seen).get();
        assertThat(stored.getSpec()).isEqualTo(seen.getSpec());
        assertThat(stored.getStatus().conditions())
                .extracting(Condition::getReason)
                .containsExactly("Booting");
    }

    private @Nullable String phase(Catalog catalog) {
        return catalog.template(new TemplateRef(namespace, "counter"))
                .map(ActorTemplate::getStatus)
                .map(ActorTemplateStatus::phase)
                .orElse(null);
    }

    @Test
    void aStatusOfAnOldStateIsRefusedAndThenTheNewOneIsKnown() {
        ActorTemplate old = declared("counter");
        ActorTemplate changed = client.resource(old).edit(found -> {
            found.getMetadata().setLabels(Map.of("a", "b"));
            return found;
        });

        assertThat(await(catalog.templateStatus(old, status(old, "Ready", "Ready"), null)))
                .isFalse();

        assertThat(catalog.template(old.ref()).orElseThrow().getMetadata().getResourceVersion())
                .isEqualTo(changed.getMetadata().getResourceVersion());
        assertThat(client.resource(old).get().getStatus()).isNull();
    }

    @Test
    void aStatusOfATemplateThatIsGoneIsRefused() {
        ActorTemplate seen = declared("counter");
        client.resource(seen).delete();

        assertThat(await(catalog.templateStatus(seen, status(seen, "Ready", "Ready"), null)))
                .isFalse();

        assertThat(catalog.template(seen.ref())).isEmpty();
    }

    @Test
    void theGoldenSnapshotIsTheOneOfTheDatabase() {
        ActorTemplate seen = declared("counter");
        SnapshotRef golden = snapshotOf(GoldenActor.of(seen));

        await(catalog.templateStatus(seen, ready(seen, golden.uri()), golden));

        assertThat(catalog.golden(seen.ref())).contains(golden);
        assertThat(another().golden(seen.ref())).contains(golden);
        await().until(() ->
                replicas.stream().allMatch(replica -> replica.golden(seen.ref()).isPresent()));
    }

    @Test
    void aStatusThatNamesAnothersSnapshotGivesNone() {
        ActorTemplate seen = declared("counter");
        SnapshotRef foreign = snapshotOf(ActorKey.of("team-a", "secret"));
        ActorTemplate forged = client.resource(seen).get();
        forged.setStatus(ready(seen, foreign.uri()));
        client.resource(forged).updateStatus();

        await().until(() -> "Ready".equals(phase(catalog)));

        assertThat(catalog.golden(seen.ref())).isEmpty();
    }

    @Test
    void aFaultIsAnEventOfItsObject() {
        ActorTemplate seen = declared("counter");

        await(catalog.templateStatus(seen, status(seen, "Failed", "InvalidTemplate"), null));

        await().untilAsserted(() -> assertThat(events(seen.getMetadata().getUid()))
                .extracting(Event::getType, Event::getReason, Event::getMessage)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("Warning", "InvalidTemplate", "Because")));
    }

    private List<Event> events(String uid) {
        return client.v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> event.getInvolvedObject().getUid().equals(uid))
                .toList();
    }

    @Test
    void theStatusOfAPoolIsWrittenOnAnyState() {
        WorkerPool pool = client.resource(Declared.pool(namespace, "pool", 2)).create();
        await(catalog.refresh());
        WorkerPool scaled = client.resource(pool).edit(found -> {
            found.setSpec(Declared.pool(namespace, "pool", 3).getSpec());
            return found;
        });

        WorkerPoolStatus status = new WorkerPoolStatus(2, 1, 1, 0, "a=b", null, 1);
        await(catalog.poolStatus(pool.ref(), status));

        WorkerPool stored = client.resource(pool).get();
        assertThat(stored.getStatus()).isEqualTo(status);
        assertThat(stored.getSpec()).isEqualTo(scaled.getSpec());
        await(catalog.poolStatus(pool.ref(), status));
        assertThat(client.resource(pool).get().getMetadata().getResourceVersion())
                .as("nothing to write")
                .isEqualTo(stored.getMetadata().getResourceVersion());
        await(catalog.poolStatus(new PoolRef(namespace, "none"), status));
    }

    @Test
    void aSecretIsReadWhenItIsAskedFor() {
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("keys")
                        .endMetadata()
                        .withStringData(Map.of("token", "grün"))
                        .build())
                .create();

        assertThat(await(catalog.secret(namespace, "keys"))).containsExactly(Map.entry("token", "grün"));
        assertThatThrownBy(() -> await(catalog.secret(namespace, "none")))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.code()).isEqualTo(Code.FAILED_PRECONDITION);
                    assertThat(failure.detail()).isEqualTo("Secret %s/none not found; create it".formatted(namespace));
                });
    }

    @Test
    void aSecretThatWasReadIsThereWithoutTheCluster() {
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("keys")
                        .endMetadata()
                        .withStringData(Map.of("token", "one"))
                        .build())
                .create();
        Instant[] now = {THEN};
        try (Line line = new Line();
                KubernetesClient own = line.client()) {
            ClusterSecrets secrets = new ClusterSecrets(own, () -> now[0]);
            await(secrets.entries(namespace, "keys"));
            line.cut();

            now[0] = THEN.plusSeconds(60);
            assertThat(await(secrets.entries(namespace, "keys"))).containsEntry("token", "one");

            now[0] = THEN.plusSeconds(7200);
            assertThatThrownBy(() -> await(secrets.entries(namespace, "keys")))
                    .isInstanceOfSatisfying(
                            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE));
        }
    }

    private ActorTemplate declared(String name) {
        ActorTemplate template =
                client.resource(Declared.template(namespace, name)).create();
        await(catalog.refresh());
        return template;
    }

    private static ActorTemplateStatus status(ActorTemplate template, String phase, String reason) {
        Condition condition = Conditions.next(
                null,
                "Ready",
                phase.equals("Ready"),
                reason,
                "Because",
                new ObjectMetaBuilder(template.getMetadata()).build(),
                THEN);
        return new ActorTemplateStatus(phase, null, null, null, null, List.of(condition), 1);
    }

    private static ActorTemplateStatus ready(ActorTemplate template, String uri) {
        List<Condition> conditions = status(template, "Ready", "Ready").conditions();
        return new ActorTemplateStatus("Ready", null, null, uri, null, conditions, 1);
    }

    private static SnapshotRef snapshotOf(ActorKey key) {
        SnapshotRef snapshot = new SnapshotRef(
                UUID.randomUUID(), "file:///s/" + key + "/1", Scope.FULL, 7, "process", "", "", null, THEN);
        database.sql(
                """
                insert into snapshot (atespace, actor_id, id, uri, scope, size_bytes, sandbox_class, sandbox_build, cpu, node, taken_at)
                values ($1, $2, $3, $4, 'FULL', 7, 'process', '', '', '', $5)""",
                key.atespace().value(),
                key.id().value(),
                snapshot.id(),
                snapshot.uri(),
                THEN.atOffset(java.time.ZoneOffset.UTC));
        return snapshot;
    }
}
