package dev.dormouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.dormouse.access.Caller;
import dev.dormouse.access.Permission;
import dev.dormouse.access.TestSettings;
import dev.dormouse.access.Verb;
import dev.dormouse.kube.KubeTest;
import dev.dormouse.kube.TestCluster;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a real API server says of callers. */
@KubeTest
class ClusterReviewsOnClusterTest {

    /** As docs/access.md has it: ours, and what the API server itself remembers of tokens. */
    private static final Duration REVOKED = Duration.ofSeconds(10 + 10 + 5);

    private static final Duration AWAKE_AGAIN = Duration.ofSeconds(60);

    private static TestCluster cluster;
    /** Each is the namespace of an atespace. */
    private static String team;

    private static String others;
    private static ClusterReviews reviews;

    @BeforeAll
    static void start() {
        cluster = new TestCluster();
        team = cluster.namespace();
        others = cluster.namespace();
        reviews = reviews(new ReviewCalls(cluster.client()));
        cluster.client()
                .resource(new RoleBuilder()
                        .withNewMetadata()
                        .withNamespace(team)
                        .withName("waker")
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("ate.dev")
                        .withResources("actors/resume")
                        .withVerbs("create")
                        .endRule()
                        .addNewRule()
                        .withApiGroups("ate.dev")
                        .withResources("actors")
                        .withResourceNames("counter")
                        .withVerbs("get")
                        .endRule()
                        .build())
                .create();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static ClusterReviews reviews(ReviewCalls calls) {
        return new ClusterReviews(
                calls, TestSettings.of(Map.of("dormouse.mode", "kubernetes")), InstantSource.system());
    }

    private static String waker(String name) {
        cluster.serviceAccount(team, name);
        cluster.client()
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withNamespace(team)
                        .withName(name)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", "waker")
                        .addNewSubject()
                        .withKind("ServiceAccount")
                        .withNamespace(team)
                        .withName(name)
                        .endSubject()
                        .build())
                .create();
        return cluster.token(team, name, TestCluster.API_AUDIENCE);
    }

    /** A frozen API server says nothing for a while. */
    private static Optional<Caller> caller(String token) {
        return await().atMost(AWAKE_AGAIN)
                .ignoreException(Failure.class)
                .until(() -> reviews.caller(token).await().indefinitely(), answer -> true);
    }

    private static boolean may(Caller caller, Verb verb, String resource, String atespace, String name) {
        Permission permission = new Permission(verb, resource, atespace, name);
        return await().atMost(AWAKE_AGAIN)
                .ignoreException(Failure.class)
                .until(() -> reviews.allow(caller, permission).await().indefinitely(), answer -> true);
    }

    @Test
    void aRoleGovernsItsAtespaceAndNoOther() {
        Caller waker = caller(waker("one")).orElseThrow();

        assertThat(waker.user()).isEqualTo("system:serviceaccount:" + team + ":one");
        assertThat(waker.groups()).contains("system:serviceaccounts:" + team);
        await().untilAsserted(() -> assertThat(may(waker, Verb.CREATE, "actors/resume", team, "counter"))
                .isTrue());
        assertThat(may(waker, Verb.GET, "actors", team, "counter")).isTrue();
        assertThat(may(waker, Verb.GET, "actors", team, "another")).isFalse();
        assertThat(may(waker, Verb.CREATE, "actors/suspend", team, "counter")).isFalse();
        assertThat(may(waker, Verb.CREATE, "actors", team, "")).isFalse();
        assertThat(may(waker, Verb.CREATE, "actors/resume", others, "counter")).isFalse();
        assertThat(may(waker, Verb.CREATE, "actors/resume", "", "")).isFalse();
    }

    @Test
    void groupsCount() {
        Caller root = Caller.of("somebody", List.of("system:masters"));

        assertThat(may(root, Verb.DELETE, "debug", "", "")).isTrue();
    }

    @Test
    void tokensForOthersAndForgedOnesAreNobodys() {
        cluster.serviceAccount(team, "two");
        String token = cluster.token(team, "two", TestCluster.API_AUDIENCE);
        String worker = cluster.token(team, "two", "ate.dev");

        assertThat(caller(token)).isPresent();
        assertThat(caller(worker)).isEmpty();
        assertThat(caller(token.substring(0, token.length() - 4) + "AAAA")).isEmpty();
        assertThat(caller("none")).isEmpty();
    }

    @Test
    void whoIsDeletedIsUnknownWithinTheLimit() {
        String token = waker("three");
        assertThat(caller(token)).isPresent();

        cluster.client().serviceAccounts().inNamespace(team).withName("three").delete();

        await().atMost(REVOKED.plus(AWAKE_AGAIN)).until(() -> caller(token).isEmpty());
    }

    @Test
    void whatIsTakenAwayIsGoneWithinTheLimit() {
        Caller waker = caller(waker("four")).orElseThrow();
        await().untilAsserted(() -> assertThat(may(waker, Verb.CREATE, "actors/resume", team, "counter"))
                .isTrue());

        cluster.client()
                .rbac()
                .roleBindings()
                .inNamespace(team)
                .withName("four")
                .delete();

        await().atMost(REVOKED.plus(AWAKE_AGAIN))
                .until(() -> !may(waker, Verb.CREATE, "actors/resume", team, "counter"));
    }

    @Test
    void nobodyIsLetInWhileTheApiServerIsGone() {
        var nowhere = new ConfigBuilder()
                .withMasterUrl("http://127.0.0.1:1/")
                .withRequestRetryBackoffLimit(0)
                .build();
        try (var client = new KubernetesClientBuilder().withConfig(nowhere).build()) {
            ClusterReviews cutOff = reviews(new ReviewCalls(client));

            Failure failure = catchThrowableOfType(
                    Failure.class, () -> cutOff.caller("token").await().indefinitely());

            assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
            assertThat(failure.retryAfter()).isNotNull();
            assertThat(failure.detail()).doesNotContain("127.0.0.1");
        }
    }
}
