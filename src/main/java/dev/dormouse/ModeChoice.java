package dev.dormouse;

import dev.dormouse.access.LocalAccess;
import dev.dormouse.access.Permissions;
import dev.dormouse.access.Tokens;
import dev.dormouse.cluster.ClusterCatalog;
import dev.dormouse.cluster.ClusterOperator;
import dev.dormouse.cluster.ClusterReviews;
import dev.dormouse.cluster.KeySecret;
import dev.dormouse.cluster.LeaseElection;
import dev.dormouse.cluster.PodCheck;
import dev.dormouse.identity.KeyFile;
import dev.dormouse.identity.KeyVault;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.DormouseConfig.Mode;
import dev.dormouse.platform.DormouseConfig.Role;
import dev.dormouse.platform.Leadership;
import dev.dormouse.platform.ShutdownOrder;
import dev.dormouse.standalone.ManifestCatalog;
import dev.dormouse.template.Catalog;
import dev.dormouse.worker.LocalReporters;
import dev.dormouse.worker.Mandates;
import dev.dormouse.worker.ReporterCheck;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Gives a server what it has in a cluster, or what it has without one; nothing of the other is made. */
@Singleton
final class ModeChoice {

    /** Before anything that asks the catalog at start-up. */
    private static final int CATALOG_START = 100;

    /** After everything that it works with. */
    private static final int OPERATOR_START = 4000;

    private final DormouseConfig config;

    ModeChoice(DormouseConfig config) {
        this.config = config;
    }

    @Produces
    @ApplicationScoped
    Catalog catalog(Instance<ManifestCatalog> manifests, Instance<ClusterCatalog> cluster) {
        return inCluster() ? cluster.get() : manifests.get();
    }

    /** Without a cluster there is one server, or several that share a database and arbitrate there. */
    @Produces
    @ApplicationScoped
    Leadership leadership(Instance<LeaseElection> cluster) {
        return inCluster() ? cluster.get() : () -> true;
    }

    @Produces
    @ApplicationScoped
    ReporterCheck reporters(Instance<LocalReporters> local, Instance<PodCheck> cluster) {
        return inCluster() ? cluster.get() : local.get();
    }

    @Produces
    @ApplicationScoped
    Mandates mandates(Instance<LocalReporters> local, Instance<PodCheck> cluster) {
        return inCluster() ? cluster.get() : local.get();
    }

    @Produces
    @ApplicationScoped
    Tokens tokens(Instance<LocalAccess> local, Instance<ClusterReviews> cluster) {
        return inCluster() ? cluster.get() : local.get();
    }

    @Produces
    @ApplicationScoped
    Permissions permissions(Instance<LocalAccess> local, Instance<ClusterReviews> cluster) {
        return inCluster() ? cluster.get() : local.get();
    }

    @Produces
    @ApplicationScoped
    KeyVault keys(Instance<KeyFile> file, Instance<KeySecret> secret) {
        return inCluster() ? secret.get() : file.get();
    }

    void startCatalog(@Observes @Priority(CATALOG_START) StartupEvent start, Instance<ClusterCatalog> cluster) {
        if (config.role() == Role.SERVER && inCluster()) {
            cluster.get().start();
        }
    }

    void startOperator(@Observes @Priority(OPERATOR_START) StartupEvent start, Instance<ClusterOperator> operator) {
        if (config.role() == Role.SERVER && inCluster()) {
            operator.get().start();
        }
    }

    void stopOperator(
            @Observes @Priority(ShutdownOrder.ROUTER) ShutdownEvent stop, Instance<ClusterOperator> operator) {
        if (config.role() == Role.SERVER && inCluster()) {
            operator.get().stop();
        }
    }

    private boolean inCluster() {
        return config.mode() == Mode.KUBERNETES;
    }
}
