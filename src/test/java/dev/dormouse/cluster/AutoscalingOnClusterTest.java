package dev.dormouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dormouse.activation.TestCallers;
import dev.dormouse.kube.KubeTest;
import dev.dormouse.kube.TestCluster;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.worker.Stay;
import dev.dormouse.worker.TestWorkers;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.autoscaling.v1.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v1.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How many workers a pool asks for in a real cluster, by its autoscaler, by people and by a HorizontalPodAutoscaler. */
@KubeTest
class AutoscalingOnClusterTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static OperatorFixture fixture;
    private static OperatorFixture.Replica replica;
    /** Of two replicas of the control plane; neither needs to be the one that leads. */
    private static TestCallers here;

    private static TestCallers there;

    @BeforeAll
    static void start() {
        fixture = new OperatorFixture();
        replica = fixture.replica(Duration.ofSeconds(6));
        here = new TestCallers(fixture.workers, replica.catalog, fixture.feed);
        there = new TestCallers(fixture.workers, replica.catalog, fixture.feed);
        await().atMost(SOON).until(replica.election::leads);
    }

    @AfterAll
    static void stop() throws Exception {
        here.close();
        there.close();
        replica.close();
        fixture.close();
    }

    /** Returns when its autoscaler has looked at it. */
    private static PoolRef declare(String name, int min, int max, int free) {
        WorkerPool pool = fixture.client
                .resource(Declared.autoscaledPool(fixture.namespace, name, min, max, free))
                .create();
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(fixture.condition(name, "ScalingActive")).isEqualTo("True ValidMetricFound"));
        return pool.ref();
    }

    private static void awaitReplicas(String pool, int replicas) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(fixture.deployedReplicas(pool)).isEqualTo(replicas));
        assertThat(fixture.pool(pool).getSpec().replicas()).isEqualTo(replicas);
    }

    private static List<String> rescales(String pool) {
        return fixture.eventsOf(fixture.pool(pool).getMetadata().getUid()).stream()
                .filter(event -> event.getReason().equals("SuccessfulRescale"))
                .map(Event::getMessage)
                .toList();
    }

    private static void busy(PoolRef pool, String worker) {
        TestWorkers.put(fixture.workers, pool, worker, ActorKey.of("default", "of-" + worker));
    }

    private static List<Stay> served(List<CompletableFuture<Stay>> calls) {
        return calls.stream()
                .filter(CompletableFuture::isDone)
                .map(CompletableFuture::join)
                .toList();
    }

    @Test
    void aBurstOfCallersMakesAPoolGrowAndQuietMakesItShrink() {
        PoolRef pool = declare("burst", 1, 4, 0);
        awaitReplicas("burst", 1);
        busy(pool, "burst-0");

        List<CompletableFuture<Stay>> calls =
                List.of(here.call(pool), there.call(pool), there.call(pool), here.call(pool), here.call(pool));

        awaitReplicas("burst", 4);
        assertThat(rescales("burst"))
                .anySatisfy(told -> assertThat(told)
                        .startsWith("New size: 4; reason: 5 callers wait, 1 worker is busy")
                        .endsWith("; maxReplicas is 4"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(fixture.message("burst", "ScalingActive"))
                        .startsWith("Size 4, from 1 to 4: 5 callers wait, 1 worker is busy"));
        assertThat(fixture.condition("burst", "ScalingLimited")).isEqualTo("True TooManyReplicas");
        assertThat(fixture.metrics
                        .get("dormouse_pool_waiting_callers")
                        .tags("pool", "burst")
                        .gauge()
                        .value())
                .isEqualTo(5);

        // workers come and take three of the callers; the last two get what the first two leave
        for (int i = 1; i < 4; i++) {
            TestWorkers.put(fixture.workers, pool, "burst-" + i, null);
        }
        await().until(() -> served(calls).size() == 3);
        List<Stay> first = served(calls);
        first.subList(0, 2).forEach(fixture.workers::released);
        await().until(() -> served(calls).size() == 5);

        Instant quietSince = Instant.now();
        served(calls).forEach(fixture.workers::released);
        assertThat(fixture.pool("burst").getSpec().replicas()).isEqualTo(4);

        awaitReplicas("burst", 1);
        assertThat(Duration.between(quietSince, Instant.now())).isGreaterThan(OperatorFixture.QUIET);
        assertThat(rescales("burst")).contains("New size: 1; reason: for 4 s no more than 1 worker was needed");
        assertThat(fixture.metrics
                        .get("dormouse_pool_scalings_total")
                        .tags("pool", "burst", "direction", "down")
                        .counter()
                        .count())
                .isEqualTo(1);
        for (int i = 0; i < 4; i++) {
            TestWorkers.remove(fixture.workers, "burst-" + i);
        }
    }

    @Test
    void aPoolWithoutWorkersGetsOneWhenSomebodyCalls() {
        PoolRef pool = declare("zero", 0, 3, 0);
        awaitReplicas("zero", 0);

        CompletableFuture<Stay> call = there.call(pool);

        awaitReplicas("zero", 1);
        TestWorkers.put(fixture.workers, pool, "zero-0", null);
        await().atMost(SOON).until(call::isDone);
        fixture.workers.released(call.join());
        TestWorkers.remove(fixture.workers, "zero-0");
        awaitReplicas("zero", 0);
    }

    @Test
    void aPoolThatNeedsFewerThanItMayHaveSaysSo() {
        declare("small", 2, 3, 0);

        awaitReplicas("small", 2);

        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(fixture.condition("small", "ScalingLimited")).isEqualTo("True TooFewReplicas"));
        assertThat(fixture.message("small", "ScalingLimited")).isEqualTo("fewer would do than minReplicas, which is 2");
    }

    @Test
    void freeWorkersAreKeptInStock() {
        PoolRef pool = declare("stocked", 1, 9, 2);
        awaitReplicas("stocked", 2);
        assertThat(fixture.condition("stocked", "ScalingLimited")).isEqualTo("False DesiredWithinRange");

        busy(pool, "stocked-0");
        busy(pool, "stocked-1");
        busy(pool, "stocked-2");

        awaitReplicas("stocked", 5);
        for (int i = 0; i < 3; i++) {
            TestWorkers.remove(fixture.workers, "stocked-" + i);
        }
    }

    @Test
    void whoAppliesThePoolWithoutReplicasDoesNotFight() {
        PoolRef pool = declare("applied", 1, 5, 3);
        awaitReplicas("applied", 3);

        fixture.client
                .resource(Declared.autoscaledPool(fixture.namespace, "applied", 1, 5, 3))
                .fieldManager("gitops")
                .forceConflicts()
                .serverSideApply();

        assertThat(fixture.pool("applied").getSpec().replicas()).isEqualTo(3);
        assertThat(fixture.pool("applied").ref()).isEqualTo(pool);
    }

    @Test
    void whatPeopleSetBeyondTheBoundsComesBack() throws Exception {
        declare("bounded", 1, 3, 0);
        awaitReplicas("bounded", 1);

        TestCluster.kubectl("scale", "workerpool", "bounded", "--replicas=8", "-n", fixture.namespace);
        await().atMost(SOON).until(() -> rescales("bounded").contains("New size: 3; reason: maxReplicas is 3"));
        awaitReplicas("bounded", 1);

        TestCluster.kubectl("scale", "workerpool", "bounded", "--replicas=0", "-n", fixture.namespace);
        await().atMost(SOON)
                .until(() -> rescales("bounded").stream().anyMatch(told -> told.endsWith("minReplicas is 1")));
        awaitReplicas("bounded", 1);
    }

    @Test
    void aHorizontalPodAutoscalerFindsWhatItNeeds() throws Exception {
        fixture.client.resource(Declared.pool(fixture.namespace, "by-hpa", 4)).create();
        await().atMost(SOON)
                .until(() -> fixture.pool("by-hpa").getStatus() != null
                        && fixture.pool("by-hpa").getStatus().replicas() == 4);
        JsonNode scale = fixture.cluster.get(
                "/apis/ate.dev/v1alpha1/namespaces/%s/workerpools/by-hpa/scale".formatted(fixture.namespace));
        assertThat(scale.at("/spec/replicas").asInt()).isEqualTo(4);
        assertThat(scale.at("/status/replicas").asInt()).isEqualTo(4);
        assertThat(scale.at("/status/selector").asText()).isEqualTo("ate.dev/worker-pool=by-hpa");

        fixture.client.resource(hpa("by-hpa", 2)).create();

        // more than it may have is taken back without any measurement
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(fixture.deployedReplicas("by-hpa")).isEqualTo(2));
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(hpa("by-hpa").getStatus().getCurrentReplicas()).isEqualTo(2);
            Map<String, String> conditions = conditions(hpa("by-hpa"));
            assertThat(conditions.get("AbleToScale")).startsWith("True");
            // it selects Pods, of which nobody measures anything here
            assertThat(conditions.get("ScalingActive")).isNotNull().doesNotContain("InvalidSelector");
        });
        assertThat(fixture.condition("by-hpa", "ScalingActive"))
                .as("it is the HPA's to say")
                .isEmpty();
    }

    private static HorizontalPodAutoscaler hpa(String pool) {
        return fixture.client
                .autoscaling()
                .v1()
                .horizontalPodAutoscalers()
                .inNamespace(fixture.namespace)
                .withName(pool)
                .get();
    }

    private static HorizontalPodAutoscaler hpa(String pool, int max) {
        return new HorizontalPodAutoscalerBuilder()
                .withNewMetadata()
                .withNamespace(fixture.namespace)
                .withName(pool)
                .endMetadata()
                .withNewSpec()
                .withNewScaleTargetRef("ate.dev/v1alpha1", "WorkerPool", pool)
                .withMinReplicas(1)
                .withMaxReplicas(max)
                .withTargetCPUUtilizationPercentage(50)
                .endSpec()
                .build();
    }

    /** By type, as {@code status reason}; version 1 has them in an annotation. */
    private static Map<String, String> conditions(HorizontalPodAutoscaler hpa) throws Exception {
        String annotation = hpa.getMetadata().getAnnotations().get("autoscaling.alpha.kubernetes.io/conditions");
        Map<String, String> conditions = new HashMap<>();
        Serialization.jsonMapper()
                .readTree(annotation)
                .forEach(condition -> conditions.put(
                        condition.get("type").asText(),
                        condition.get("status").asText() + " "
                                + condition.get("reason").asText()));
        return conditions;
    }
}
