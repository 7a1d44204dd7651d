package dev.dormouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.kube.KubeTest;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who reconciles, of two replicas. */
@KubeTest
class LeadershipOnClusterTest {

    /** As it is set by default. */
    private static final Duration DEFAULT_LEASE = Duration.ofSeconds(12);

    private static final Duration SHORT_LEASE = Duration.ofSeconds(3);
    private static final Duration TAKEN_OVER = Duration.ofSeconds(20);

    private OperatorFixture fixture;
    private OperatorFixture.Replica first;
    private OperatorFixture.Replica second;

    private void start(Duration lease) {
        fixture = new OperatorFixture();
        first = fixture.replica(lease);
        await().atMost(TAKEN_OVER).until(first.election::leads);
        second = fixture.replica(lease);
    }

    @AfterEach
    void stop() throws Exception {
        first.close();
        second.close();
        fixture.close();
    }

    private void declare(String name) {
        fixture.client.resource(Declared.pool(fixture.namespace, name, 1)).create();
    }

    @Test
    void oneLeads() {
        start(SHORT_LEASE);

        declare("pool");

        await().until(() -> fixture.deployment("pool").isPresent());
        await().during(Duration.ofSeconds(5)).atMost(Duration.ofSeconds(7)).until(() -> !second.election.leads());
        assertThat(first.election.leads()).isTrue();
    }

    @Test
    void oneThatEndsGivesTheLeadAwayAtOnce() {
        start(DEFAULT_LEASE);
        first.close();

        await().atMost(Duration.ofSeconds(6)).until(second.election::leads);
        declare("pool");
        await().until(() -> fixture.deployment("pool").isPresent());
    }

    @Test
    void oneThatIsCutOffIsReplacedInTime() {
        start(DEFAULT_LEASE);
        first.cutOff();
        declare("pool");

        await().atMost(TAKEN_OVER).until(() -> fixture.deployment("pool").isPresent());
        assertThat(second.election.leads()).isTrue();
        await("it knows that it lost").until(() -> !first.election.leads());
    }

    @Test
    void whoLostTheLeadCanLeadAgain() {
        start(SHORT_LEASE);

        second.close();
        Resource<Lease> lease =
                fixture.client.leases().inNamespace(fixture.namespace).withName(LeaseElection.LEASE);
        // without a version: who holds it renews it meanwhile
        lease.edit(held -> new LeaseBuilder(held)
                .editMetadata()
                .withResourceVersion(null)
                .endMetadata()
                .editSpec()
                .withHolderIdentity("somebody else")
                .withRenewTime(ZonedDateTime.now())
                .endSpec()
                .build());

        await().atMost(TAKEN_OVER).until(() -> !first.election.leads());
        await().atMost(TAKEN_OVER).until(first.election::leads);
        declare("pool");
        await().until(() -> fixture.deployment("pool").isPresent());
    }
}
