package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.ActorIdentity;
import dev.dormouse.ateom.wire.Ateom;
import dev.dormouse.ateom.wire.WorkerRegistry;
import dev.dormouse.platform.BearerToken;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.DormouseConfig.Role;
import dev.dormouse.platform.ShutdownOrder;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.grpc.GrpcService;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.HttpServerStart;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.enterprise.inject.Instance;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * The worker agent in this process: the process's purpose in the role of ateom, a guest in a standalone server that asks for it
 * ({@code dormouse.standalone.in-process}), absent elsewhere.
 */
@ApplicationScoped
class AteomProcess {

    private static final Logger LOG = Logger.getLogger(AteomProcess.class);

    private final DormouseConfig config;
    private final NodeAssembly assembly;
    private final MeterRegistry metrics;
    private final Tracer tracer;
    private final Vertx vertx;
    private final Instance<WorkerRegistry> here;
    private final Instance<ActorIdentity> identities;
    private final String httpHost;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(AteomProcess::thread);

    private @Nullable NodeLock lock;
    private @Nullable ControlPlaneLink link;
    private volatile @Nullable RunningAteom running;

    AteomProcess(
            DormouseConfig config,
            NodeAssembly assembly,
            MeterRegistry metrics,
            Tracer tracer,
            Vertx vertx,
            @GrpcService Instance<WorkerRegistry> here,
            @GrpcService Instance<ActorIdentity> identities,
            @ConfigProperty(name = "quarkus.http.host") String httpHost) {
        this.config = config;
        this.assembly = assembly;
        this.metrics = metrics;
        this.tracer = tracer;
        this.vertx = vertx;
        this.here = here;
        this.identities = identities;
        this.httpHost = httpHost;
    }

    void startInServer(@Observes StartupEvent event) {
        if (config.role() == Role.SERVER && config.standalone().inProcess()) {
            start(new ControlPlane(here.get(), identityHere()), "in-process");
        }
    }

    /** As a process of its own it begins to report once it can be called. */
    void startAlone(@ObservesAsync HttpServerStart event) {
        if (config.role() == Role.ATEOM) {
            String address = config.ateom()
                    .address()
                    .orElse(config.ateom().pod().ip().orElse(httpHost) + ":"
                            + event.options().getPort());
            try {
                ControlPlaneLink opened = ControlPlaneLink.open(config.ateom());
                link = opened;
                start(opened.services(), address);
            } catch (IllegalStateException e) {
                // nobody waits for an asynchronous observer: without this the process would stay, and do nothing
                LOG.error(e.getMessage());
                Quarkus.asyncExit(1);
            }
        }
    }

    /** Calls within the process have no headers: this shows what a call from outside would bring. */
    private ActorIdentity identityHere() {
        ActorIdentity identity = identities.get();
        Optional<Path> token = config.ateom().token();
        return request -> token.isEmpty()
                ? identity.mintToken(request)
                : BearerToken.showing(ControlPlaneLink.read(token.get()), () -> identity.mintToken(request));
    }

    private synchronized void start(ControlPlane controlPlane, String address) {
        try {
            lock = NodeLock.acquire(assembly.dataDir());
            RunningAteom started = new RunningAteom(
                    assembly.assemble(threads),
                    PodWorker.of(config.ateom().pod()).orElse(null),
                    config.ateom().node().orElseGet(AteomProcess::hostName),
                    address,
                    controlPlane,
                    config.ateom().heartbeat(),
                    new AteomTelemetry(metrics, tracer),
                    vertx,
                    threads);
            started.start();
            running = started;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while starting", e);
        } catch (Exception e) {
            throw new IllegalStateException("ateom can't start: " + e.getMessage(), e);
        }
    }

    private static Thread thread(Runnable task) {
        return Thread.ofVirtual().unstarted(() -> {
            // what a command starts in the background would log with that command's fields: threads inherit them
            MDC.clear();
            task.run();
        });
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /**
     * The service for a caller. Fails UNAVAILABLE while it is starting or stopping, and as {@link CommandGate#admit} for those who may
     * not command it; callers in this process may.
     *
     * @param shown the caller's token
     */
    Uni<Ateom> service(Optional<String> shown) {
        RunningAteom ateom = running;
        if (ateom == null) {
            return Uni.createFrom()
                    .failure(Status.UNAVAILABLE
                            .withDescription("ateom is starting or stopping")
                            .asRuntimeException());
        }
        Uni<Void> admitted = config.role() == Role.ATEOM
                ? ateom.gate().admit(shown)
                : Uni.createFrom().voidItem();
        return admitted.replaceWith(ateom.service());
    }

    /**
     * Lets the control plane take the actors away before anything is closed: at the time of {@link ShutdownEvent} nobody can call this
     * process any more. Blocks; see {@link RunningAteom#drain}.
     */
    void drain(@Observes ShutdownDelayInitiatedEvent event) {
        RunningAteom ateom = running;
        if (ateom != null && config.role() == Role.ATEOM) {
            ateom.drain(config.ateom().drainLimit());
        }
    }

    synchronized void stop(@Observes @Priority(ShutdownOrder.ATEOM) ShutdownEvent event) {
        RunningAteom ateom = running;
        running = null;
        if (ateom != null) {
            ateom.close();
        }
        if (link != null) {
            link.close();
        }
        threads.shutdown();
        if (lock != null) {
            lock.close();
        }
    }
}
