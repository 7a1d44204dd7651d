package dev.dormouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.kube.KubeTest;
import dev.dormouse.kube.TestCluster;
import dev.dormouse.name.ActorKey;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolSpec;
import dev.dormouse.pool.WorkerPoolSpec.PodSettings;
import dev.dormouse.worker.TestWorkers;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of a WorkerPool in a real cluster; without a node its Pods stay pending. */
@KubeTest
class PoolsOnClusterTest {

    private static OperatorFixture fixture;
    private static OperatorFixture.Replica replica;

    @BeforeAll
    static void start() {
        fixture = new OperatorFixture();
        replica = fixture.replica(Duration.ofSeconds(6));
        await().atMost(Duration.ofSeconds(20)).until(replica.election::leads);
    }

    @AfterAll
    static void stop() throws Exception {
        replica.close();
        fixture.close();
    }

    private static WorkerPool declare(String name, int replicas) {
        WorkerPool pool = fixture.client
                .resource(Declared.pool(fixture.namespace, name, replicas))
                .create();
        await().until(() -> fixture.deployment(name).isPresent());
        return pool;
    }

    private static void change(String name, UnaryOperator<WorkerPoolSpec> change) {
        fixture.client
                .resources(WorkerPool.class)
                .inNamespace(fixture.namespace)
                .withName(name)
                .edit(pool -> {
                    pool.setSpec(change.apply(pool.getSpec()));
                    // whatever else changed meanwhile
                    pool.getMetadata().setResourceVersion(null);
                    return pool;
                });
    }

    private static WorkerPoolSpec with(WorkerPoolSpec spec, int replicas, @Nullable PodSettings settings) {
        return new WorkerPoolSpec(
                replicas, spec.ateomImage(), settings, spec.sandboxClass(), spec.sandboxConfigName(), null);
    }

    @Test
    void aPoolBecomesADeploymentOfPods() {
        WorkerPool pool = declare("plain", 2);

        Deployment deployment = fixture.deployment("plain").orElseThrow();
        assertThat(deployment.getMetadata().getOwnerReferences())
                .singleElement()
                .satisfies(owner -> {
                    assertThat(owner.getUid()).isEqualTo(pool.getMetadata().getUid());
                    assertThat(owner.getController()).isTrue();
                    assertThat(owner.getBlockOwnerDeletion()).isTrue();
                });
        await().until(() -> pods("plain").size() == 2);
        await().untilAsserted(() -> {
            assertThat(fixture.pool("plain").getStatus().replicas()).isEqualTo(2);
            assertThat(fixture.pool("plain").getStatus().selector()).isEqualTo("ate.dev/worker-pool=plain");
            assertThat(fixture.condition("plain", "Ready")).isEqualTo("False WorkersStarting");
            assertThat(fixture.condition("plain", "Applied")).isEqualTo("True Applied");
            assertThat(fixture.condition("plain", "SandboxConfigResolved")).startsWith("True");
            assertThat(fixture.events(pool.getMetadata().getUid())).contains("Normal Applied");
        });
    }

    @Test
    void readyAndFreeWorkersAreCounted() {
        declare("counted", 2);
        await().until(() -> pods("counted").size() == 2);

        pods("counted").forEach(PoolsOnClusterTest::becomeReady);
        TestWorkers.put(fixture.workers, fixture.pool("counted").ref(), "counted-free", null);
        TestWorkers.put(
                fixture.workers, fixture.pool("counted").ref(), "counted-busy", ActorKey.of("default", "counted"));

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            var status = fixture.pool("counted").getStatus();
            assertThat(status.readyReplicas()).isEqualTo(2);
            assertThat(status.freeWorkers()).isEqualTo(1);
            assertThat(status.assignedWorkers()).isEqualTo(1);
            assertThat(fixture.condition("counted", "Ready")).isEqualTo("True WorkersReady");
        });
    }

    private static void becomeReady(Pod pod) {
        fixture.client
                .resource(pod)
                .editStatus(found -> new PodBuilder(found)
                        .editMetadata()
                        .withResourceVersion(null)
                        .endMetadata()
                        .editStatus()
                        .withPhase("Running")
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .endCondition()
                        .endStatus()
                        .build());
    }

    private static List<Pod> pods(String pool) {
        return fixture.client
                .pods()
                .inNamespace(fixture.namespace)
                .withLabel("ate.dev/worker-pool", pool)
                .list()
                .getItems();
    }

    @Test
    void scaleOfThePoolIsScaleOfItsDeployment() throws Exception {
        declare("scaled", 1);

        TestCluster.kubectl("scale", "workerpool", "scaled", "--replicas=3", "-n", fixture.namespace);

        await().until(
                        () -> fixture.deployedReplicas("scaled"),
                        three -> Integer.valueOf(3).equals(three));
    }

    @Test
    void whereNothingChangesNothingIsWritten() {
        declare("quiet", 2);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> fixture.pool("quiet").getStatus() != null
                        && fixture.pool("quiet").getStatus().replicas() == 2);
        String pool = fixture.pool("quiet").getMetadata().getResourceVersion();
        String deployment =
                fixture.deployment("quiet").orElseThrow().getMetadata().getResourceVersion();

        // two times that workers are counted
        await().during(Duration.ofSeconds(11)).atMost(Duration.ofSeconds(13)).untilAsserted(() -> {
            assertThat(fixture.pool("quiet").getMetadata().getResourceVersion()).isEqualTo(pool);
            assertThat(fixture.deployment("quiet").orElseThrow().getMetadata().getResourceVersion())
                    .isEqualTo(deployment);
        });
    }

    @Test
    void whatOthersSetStaysAndWhatIsOursComesBack() {
        declare("shared", 2);

        // without a version: the cluster's own controllers write to it meanwhile
        fixture.client
                .resource(fixture.deployment("shared").orElseThrow())
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"metadata": {"annotations": {"example.com/mine": "yes"}},
                         "spec": {"replicas": 7, "paused": false,
                                  "template": {"metadata": {"labels": {"example.com/mine": "yes"}}}}}""");

        await().until(
                        () -> fixture.deployedReplicas("shared"),
                        two -> Integer.valueOf(2).equals(two));
        Deployment deployment = fixture.deployment("shared").orElseThrow();
        assertThat(deployment.getMetadata().getAnnotations()).containsEntry("example.com/mine", "yes");
        assertThat(deployment.getSpec().getTemplate().getMetadata().getLabels())
                .containsEntry("example.com/mine", "yes")
                .containsEntry("ate.dev/worker-pool", "shared");
    }

    @Test
    void whatThePoolNoLongerAsksForGoes() {
        declare("changed", 1);
        PodSettings onDisks = new PodSettings(Map.of("disk", "ssd", "zone", "a"), null, null, null, null);
        change("changed", spec -> with(spec, 1, onDisks));
        await().until(() -> nodeSelector("changed").equals(Map.of("disk", "ssd", "zone", "a")));

        change("changed", spec -> with(spec, 1, new PodSettings(Map.of("zone", "a"), null, null, null, null)));

        await().until(() -> nodeSelector("changed").equals(Map.of("zone", "a")));
    }

    private static Map<String, String> nodeSelector(String pool) {
        Map<String, String> selector = fixture.deployment(pool)
                .orElseThrow()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getNodeSelector();
        return selector == null ? Map.of() : selector;
    }

    @Test
    void theDeploymentGoesWithItsPool() {
        WorkerPool pool = declare("gone", 1);

        fixture.client.resource(pool).delete();

        await().atMost(Duration.ofSeconds(60))
                .until(() -> fixture.deployment("gone").isEmpty());
    }

    @Test
    void whatTheClusterRefusesIsToldAndTriedAgain() {
        WorkerPool pool = declare("refused", 1);
        PodSettings impossible = new PodSettings(
                null,
                List.of(new TolerationBuilder()
                        .withKey("a")
                        .withOperator("Sometimes")
                        .build()),
                null,
                null,
                null);
        change("refused", spec -> with(spec, 1, impossible));

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(fixture.condition("refused", "Applied")).isEqualTo("False ReconcileFailed");
            assertThat(fixture.message("refused", "Applied")).contains("Sometimes");
            assertThat(fixture.events(pool.getMetadata().getUid())).contains("Warning ReconcileFailed");
        });

        change("refused", spec -> with(spec, 2, null));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(fixture.condition("refused", "Applied")).isEqualTo("True Applied");
            assertThat(fixture.deployedReplicas("refused")).isEqualTo(2);
        });
    }

    @Test
    void aNameThatIsNoLabelIsTold() {
        String name = "x".repeat(64);
        fixture.client.resource(Declared.pool(fixture.namespace, name, 1)).create();

        await().atMost(Duration.ofSeconds(20))
                .until(() -> fixture.condition(name, "Applied").equals("False InvalidName"));
        assertThat(fixture.deployment(name)).isEmpty();
    }

    @Test
    void twoDefaultsOfAClassAreToldWhereTheyMatter() {
        String one = OperatorFixture.uniqueName();
        String two = OperatorFixture.uniqueName();
        declare("torn", 1);
        for (String config : List.of(one, two)) {
            fixture.client.resource(Declared.sandboxConfig(config, true)).create();
            fixture.cluster.removeLater("/apis/ate.dev/v1alpha1/sandboxconfigs/" + config);
        }

        await().atMost(Duration.ofSeconds(20))
                .until(() -> fixture.condition("torn", "SandboxConfigResolved").equals("False SandboxDefaultConflict"));
        assertThat(fixture.message("torn", "SandboxConfigResolved")).contains(one, two);
        await().until(() ->
                fixture.events(fixture.pool("torn").getMetadata().getUid()).contains("Warning SandboxDefaultConflict"));

        change("torn", spec -> new WorkerPoolSpec(1, spec.ateomImage(), null, spec.sandboxClass(), one, null));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> fixture.condition("torn", "SandboxConfigResolved").equals("True Resolved"));
        fixture.cluster.removeObjects();
    }

    @Test
    void freeWorkersAreCheaperToRemoveThanBusyOnes() {
        declare("shrinking", 3);
        await().until(() -> pods("shrinking").size() == 3);
        List<String> names = pods("shrinking").stream()
                .map(pod -> pod.getMetadata().getName())
                .sorted()
                .toList();
        TestWorkers.put(fixture.workers, fixture.pool("shrinking").ref(), names.get(0), null);
        TestWorkers.put(
                fixture.workers, fixture.pool("shrinking").ref(), names.get(1), ActorKey.of("default", "shrinking"));
        assertThat(pods("shrinking")).as("nothing shrinks").allMatch(pod -> cost(pod) == 0);
        // an old cluster doesn't look at the cost: whichever it removes stays to be seen
        hold(List.of("example.com/test"));

        change("shrinking", spec -> with(spec, 2, spec.template()));

        await().until(
                        () -> fixture.deployedReplicas("shrinking"),
                        two -> Integer.valueOf(2).equals(two));
        assertThat(pods("shrinking"))
                .hasSize(3)
                .allSatisfy(pod -> assertThat(cost(pod))
                        .isEqualTo(pod.getMetadata().getName().equals(names.get(1)) ? 100 : 0));
        hold(List.of());
    }

    private static void hold(List<String> finalizers) {
        pods("shrinking")
                .forEach(pod -> fixture.client
                        .resource(pod)
                        .patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                Serialization.asJson(Map.of("metadata", Map.of("finalizers", finalizers)))));
    }

    private static int cost(Pod pod) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        return annotations == null ? 0 : Integer.parseInt(annotations.getOrDefault(DeletionCosts.ANNOTATION, "0"));
    }
}
