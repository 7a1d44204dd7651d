package dev.dormouse;

import dev.dormouse.cluster.ClusterCatalog;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.DormouseConfig.Mode;
import dev.dormouse.platform.DormouseConfig.Role;
import dev.dormouse.standalone.ManifestCatalog;
import dev.dormouse.template.Catalog;
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

    private final DormouseConfig config;

    ModeChoice(DormouseConfig config) {
        this.config = config;
    }

    @Produces
    @ApplicationScoped
    Catalog catalog(Instance<ManifestCatalog> manifests, Instance<ClusterCatalog> cluster) {
        return inCluster() ? cluster.get() : manifests.get();
    }

    void startCatalog(@Observes @Priority(CATALOG_START) StartupEvent start, Instance<ClusterCatalog> cluster) {
        if (config.role() == Role.SERVER && inCluster()) {
            cluster.get().start();
        }
    }

    private boolean inCluster() {
        return config.mode() == Mode.KUBERNETES;
    }
}
