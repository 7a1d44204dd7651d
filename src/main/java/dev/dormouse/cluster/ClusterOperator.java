package dev.dormouse.cluster;

import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs the operator while this replica leads: a fresh one each time, that takes nothing over from an earlier lead. */
@ApplicationScoped
public class ClusterOperator {

    private static final Logger LOG = Logger.getLogger(ClusterOperator.class);
    private static final Duration BETWEEN_STARTS = Duration.ofSeconds(2);

    private final LeaseElection election;
    private final Supplier<ConfigurationService> configuration;
    private final PoolReconciler pools;
    private final TemplateReconciler templates;
    private final Autoscaler autoscaler;
    private @Nullable Operator operator;

    @Inject
    ClusterOperator(
            LeaseElection election,
            Instance<QuarkusConfigurationService> configuration,
            PoolReconciler pools,
            TemplateReconciler templates,
            Autoscaler autoscaler) {
        this(election, (Supplier<ConfigurationService>) configuration::get, pools, templates, autoscaler);
    }

    ClusterOperator(
            LeaseElection election,
            Supplier<ConfigurationService> configuration,
            PoolReconciler pools,
            TemplateReconciler templates,
            Autoscaler autoscaler) {
        this.election = election;
        this.configuration = configuration;
        this.pools = pools;
        this.templates = templates;
        this.autoscaler = autoscaler;
    }

    /** Stands for election; returns at once. */
    public void start() {
        election.start(this::begin, this::end);
    }

    /** Gives the lead to another replica. Blocks until nothing is reconciled here any more. */
    public void stop() {
        election.stop();
    }

    private void begin() {
        while (election.leads()) {
            try {
                Operator fresh = new Operator(configuration.get());
                operator = fresh;
                fresh.register(pools);
                fresh.register(templates);
                fresh.start();
                autoscaler.begin();
                return;
            } catch (RuntimeException e) {
                LOG.warnf(e, "the operator does not start, trying again");
                end();
                LockSupport.parkNanos(BETWEEN_STARTS.toNanos());
            }
        }
    }

    private void end() {
        autoscaler.end();
        if (operator != null) {
            operator.stop();
            operator = null;
        }
    }
}
