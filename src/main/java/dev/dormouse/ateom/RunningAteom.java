package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.DiscardRequest;
import dev.dormouse.ateom.wire.HeartbeatRequest;
import dev.dormouse.ateom.wire.HeartbeatResponse;
import dev.dormouse.ateom.wire.Orphan;
import dev.dormouse.ateom.wire.Slot;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** An ateom at work: its slots, its commands, its reports, and the looks it takes at what runs. */
final class RunningAteom implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(RunningAteom.class);
    private static final long SAMPLE_MILLIS = 200;
    private static final long RECONCILE_MILLIS = 2_000;
    private static final int MOST_CACHED_REPORTED = 200;
    private static final int MOST_LOGS_REPORTED = 500;
    private static final Duration DRAIN_LOOK = Duration.ofMillis(20);

    private final String id = UUID.randomUUID().toString();
    private final Node node;
    private final @Nullable Slot own;
    private final String nodeName;
    private final String address;
    private final WorkerSlots slots;
    private final CommandGate gate = new CommandGate();
    private final AteomService service;
    private final Heartbeats heartbeats;
    private final LogShipping shipping;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("ateom-samples").daemon().factory());
    private volatile boolean draining;

    /**
     * @param own the worker of this Pod; null: the control plane says which there are
     * @param address host:port at which the control plane reaches the service
     * @param threads one thread per task
     */
    RunningAteom(
            Node node,
            @Nullable Slot own,
            String nodeName,
            String address,
            ControlPlane controlPlane,
            Duration heartbeat,
            AteomTelemetry telemetry,
            Vertx vertx,
            Executor threads) {
        this.node = node;
        this.own = own;
        this.nodeName = nodeName;
        this.address = address;
        this.heartbeats = new Heartbeats(controlPlane.registry(), this::report, this::answered, heartbeat);
        this.slots = new WorkerSlots(node, vertx, controlPlane.identity(), heartbeats::changed);
        this.service = new AteomService(node, slots, own != null, telemetry, threads);
        this.shipping = new LogShipping(node.logs(), node.stores(), node.background());
        node.logs().onNews(heartbeats::changed);
    }

    /** Blocks while the worker of this Pod opens. */
    void start() {
        if (own != null) {
            slots.configure(List.of(own));
        }
        clock.scheduleWithFixedDelay(this::sample, SAMPLE_MILLIS, SAMPLE_MILLIS, TimeUnit.MILLISECONDS);
        clock.scheduleWithFixedDelay(
                () -> node.background().execute(slots::reconcile),
                RECONCILE_MILLIS,
                RECONCILE_MILLIS,
                TimeUnit.MILLISECONDS);
        heartbeats.start();
    }

    private void sample() {
        try {
            slots.sample(System.nanoTime());
            node.logs().collect();
            shipping.run(System.nanoTime());
        } catch (RuntimeException e) {
            // an exception would end the sampling for good
            LOG.error("can't look at the slots", e);
        }
    }

    AteomService service() {
        return service;
    }

    HeartbeatRequest report() {
        HeartbeatRequest.Builder report = HeartbeatRequest.newBuilder()
                .setAteomId(id)
                .setAddress(address)
                .setNode(nodeName)
                .addAllSlots(slots.report())
                .setCpuArch(node.cpu().arch())
                .setCpuFeatures(node.cpu().digest())
                .addAllCachedSnapshots(node.cache().ids(MOST_CACHED_REPORTED))
                .setSandboxCaveat(node.runtime().caveat())
                .addAllLogs(node.logs().news(MOST_LOGS_REPORTED))
                .setDraining(draining);
        String build = node.runtime().build().sha256();
        if (!build.isEmpty()) {
            report.addSandboxBuilds(build);
        }
        return report.build();
    }

    private void answered(HeartbeatResponse response) {
        gate.learn(response.getCommandKey());
        response.getOrphansList().forEach(this::discard);
        shipping.remove(node.logs().forget(response.getGoneLogsList()));
        node.logs().noted(response.getNotedLogsList());
    }

    /** Whom the service listens to, where it is called over a network. */
    CommandGate gate() {
        return gate;
    }

    private void discard(Orphan orphan) {
        LOG.infof(
                "the control plane does not know %s/%s generation %d: discarding it",
                orphan.getActor().getAtespace(), orphan.getActor().getId(), orphan.getGeneration());
        service.discard(DiscardRequest.newBuilder()
                        .setWorkerUid(orphan.getWorkerUid())
                        .setActor(orphan.getActor())
                        .setGeneration(orphan.getGeneration())
                        .build())
                .subscribe()
                .with(done -> {}, failure -> LOG.error("can't discard an orphan", failure));
    }

    /**
     * Takes no more actors and waits until the control plane has taken the present ones away and the store has what they printed, up to
     * the limit. Blocks.
     */
    void drain(Duration limit) {
        draining = true;
        // a claim may be on its way here, of a replica that hasn't heard of this yet
        slots.retire();
        heartbeats.changed();
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (!(slots.allFree() && node.logs().isEmpty()) && System.nanoTime() < deadline) {
                TimeUnit.NANOSECONDS.sleep(DRAIN_LOOK.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!slots.allFree()) {
            LOG.warnf("ending with actors running: nobody took them away within %s", limit);
        }
    }

    /** Ends everything, without snapshots. Blocks. */
    @Override
    public void close() {
        clock.shutdownNow();
        heartbeats.close();
        slots.close();
        node.runtime().close();
        node.cache().close();
    }
}
