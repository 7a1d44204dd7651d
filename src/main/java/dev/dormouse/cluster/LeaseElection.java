package dev.dormouse.cluster;

import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Leadership;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectorBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Elects one replica by a Lease. The leader gives up before others may take over, and then stands for election again: a replica that
 * doesn't lead goes on serving requests.
 */
@ApplicationScoped
@Typed(LeaseElection.class)
public class LeaseElection implements Leadership {

    private static final Logger LOG = Logger.getLogger(LeaseElection.class);
    static final String LEASE = "dormouse-leader";
    private static final Duration BETWEEN_CAMPAIGNS = Duration.ofSeconds(1);

    private final KubernetesClient client;
    private final String namespace;
    private final Duration lease;
    private final String identity = identity();
    private final ExecutorService campaigns = Executors.newVirtualThreadPerTaskExecutor();
    /** Elections are told in their order, one after the other. */
    private final ExecutorService office = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("leadership").factory());

    private final AtomicBoolean leading = new AtomicBoolean();
    private volatile boolean stopping;
    private volatile @Nullable Campaign campaign;
    private volatile Runnable elected = () -> {};
    private volatile Runnable retired = () -> {};

    private record Campaign(LeaderElector elector, CompletableFuture<?> standing) {}

    @Inject
    LeaseElection(KubernetesClient client, DormouseConfig config) {
        this(client, Namespaces.own(client, config), config.kubernetes().lease());
    }

    /** @param lease how long a leader that died is waited for */
    LeaseElection(KubernetesClient client, String namespace, Duration lease) {
        this.client = client;
        this.namespace = namespace;
        this.lease = lease;
    }

    /**
     * Stands for election until {@link #stop}; returns at once.
     *
     * @param elected called each time that this replica begins to lead; may block
     * @param retired called each time that it has ceased to; may block
     */
    void start(Runnable elected, Runnable retired) {
        this.elected = elected;
        this.retired = retired;
        stand();
    }

    private void stand() {
        if (stopping) {
            return;
        }
        LeaderElector elector = new LeaderElectorBuilder(client, campaigns)
                .withConfig(new LeaderElectionConfigBuilder()
                        .withName(LEASE)
                        .withLock(new LeaseLock(namespace, LEASE, identity))
                        .withLeaseDuration(lease)
                        // gives up before others may take over
                        .withRenewDeadline(lease.multipliedBy(2).dividedBy(3))
                        .withRetryPeriod(lease.dividedBy(6))
                        // it would ask an API server that is away before it tells us that we lost
                        .withReleaseOnCancel(false)
                        .withLeaderCallbacks(new LeaderCallbacks(this::lead, this::cede, this::told))
                        .build())
                .build();
        CompletableFuture<?> standing = elector.start();
        campaign = new Campaign(elector, standing);
        standing.whenComplete((done, failure) -> CompletableFuture.delayedExecutor(
                        BETWEEN_CAMPAIGNS.toMillis(), TimeUnit.MILLISECONDS, campaigns)
                .execute(this::stand));
    }

    /** Ends what leading began, which may block, and gives the lead to whoever wants it. */
    void stop() {
        stopping = true;
        cede();
        office.close();
        Optional.ofNullable(campaign).ifPresent(LeaseElection::end);
    }

    private static void end(Campaign campaign) {
        campaign.standing().cancel(true);
        try {
            campaign.elector().release();
        } catch (KubernetesClientException e) {
            LOG.debugf("the Lease is not given back and runs out: %s", e.getMessage());
        }
    }

    @Override
    public boolean leads() {
        return leading.get();
    }

    private void lead() {
        if (!stopping && leading.compareAndSet(false, true)) {
            LOG.infof("this replica (%s) leads", identity);
            office.execute(elected);
        }
    }

    private void cede() {
        if (leading.compareAndSet(true, false)) {
            LOG.infof("this replica (%s) leads no more", identity);
            office.execute(retired);
        }
    }

    private void told(String leader) {
        LOG.debugf("%s leads", leader);
    }

    /** The Pod's name, which people know, and what tells two processes of that name apart. */
    private static String identity() {
        String host = System.getenv("HOSTNAME");
        return (host == null ? "dormouse" : host) + "-"
                + UUID.randomUUID().toString().substring(0, 8);
    }
}
