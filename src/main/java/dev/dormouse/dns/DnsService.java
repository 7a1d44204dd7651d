package dev.dormouse.dns;

import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.ShutdownOrder;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs the DNS server in a control plane that is told to have one ({@code dormouse.dns.port}). */
@Singleton
class DnsService {

    private static final Logger LOG = Logger.getLogger(DnsService.class);
    private static final Duration LOOKED_UP_EVERY = Duration.ofSeconds(15);

    private final DormouseConfig config;
    private final Vertx vertx;
    private volatile List<InetAddress> addresses = List.of();
    private @Nullable DnsServer server;
    private long timer = -1;

    DnsService(DormouseConfig config, Vertx vertx) {
        this.config = config;
        this.vertx = vertx;
    }

    void start(@Observes StartupEvent started) {
        DormouseConfig.Dns dns = config.dns();
        if (config.role() != DormouseConfig.Role.SERVER || dns.port().isEmpty()) {
            return;
        }
        String target = dns.target()
                .orElseThrow(
                        () -> new IllegalStateException(
                                "set dormouse.dns.target to the router's address or host name, or leave out dormouse.dns.port"));
        lookUp(target);
        timer = vertx.setPeriodic(
                LOOKED_UP_EVERY.toMillis(),
                id -> Infrastructure.getDefaultWorkerPool().execute(() -> lookUp(target)));
        DnsServer listening = new DnsServer(
                dns.host(), dns.port().get(), new ActorZone(config.router().domain(), () -> addresses), Runnable::run);
        server = listening;
        LOG.infof("DNS listens at %s:%d and leads actors' names to %s", dns.host(), listening.port(), target);
    }

    /** Keeps the addresses that it had when there is no answer. */
    private void lookUp(String target) {
        try {
            addresses = List.of(InetAddress.getAllByName(target));
        } catch (UnknownHostException e) {
            LOG.warnf("the address of %s can't be found, and DNS keeps to %s", target, addresses);
        }
    }

    void stop(@Observes @Priority(ShutdownOrder.ROUTER) ShutdownEvent stopping) {
        vertx.cancelTimer(timer);
        if (server != null) {
            server.close();
        }
    }
}
