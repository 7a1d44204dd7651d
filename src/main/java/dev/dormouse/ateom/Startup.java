package dev.dormouse.ateom;

import dev.dormouse.ateom.Activation.Started;
import dev.dormouse.ateom.NodeCache.Held;
import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.Activated;
import dev.dormouse.ateom.wire.Container;
import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime;
import dev.dormouse.sandbox.SandboxRuntime.Exit;
import dev.dormouse.sandbox.SandboxRuntime.Running;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The steps from a command to a workload that is ready. Whatever fails, nothing of the attempt stays. */
final class Startup implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Startup.class);
    private static final Duration DEFAULT_READY_TIMEOUT = Duration.ofSeconds(60);
    private static final int LINES_OF_OUTPUT = 3;

    private final Node node;
    private final SandboxRuntime.Slot place;
    private final Path directory;
    private final int metadataPort;
    private final TokenFile tokenFile;
    private final NameServer names;
    private final Runnable changed;

    /**
     * @param directory of the slot, for its sandboxes' own
     * @param metadataPort at the slot's gateway
     * @param changed told when a workload ends by itself
     */
    Startup(
            Node node,
            SandboxRuntime.Slot place,
            Path directory,
            int metadataPort,
            TokenFile tokenFile,
            Runnable changed) {
        this.node = node;
        this.place = place;
        this.directory = directory;
        this.metadataPort = metadataPort;
        this.tokenFile = tokenFile;
        this.names = new NameServer(place.gatewayIp(), node.outside().lookup(), node.background());
        this.changed = changed;
    }

    /** Creates a sandbox that waits for an actor. Blocks. */
    PreparedSandbox prepare(SandboxPreparation.Unpacked unpacked) throws CommandFailure {
        return node.preparation().create(place, directory, metadataPort, names, unpacked);
    }

    /**
     * Starts an actor and waits until it is ready. Blocks.
     *
     * @param waiting a sandbox that was prepared for this workload; null: none, one is created
     */
    Started start(Activation activation, ActivateRequest request, @Nullable PreparedSandbox waiting)
            throws CommandFailure, InterruptedException {
        Stopwatch stopwatch = new Stopwatch(waiting != null);
        PreparedSandbox sandbox = waiting;
        Running running = null;
        ActorLog log = null;
        try (Held snapshot = hold(activation, request)) {
            boolean restores = restores(activation, request, snapshot);
            if (sandbox == null) {
                sandbox = create(activation);
            }
            fill(sandbox, activation, snapshot);
            requireWanted(activation);
            try (StartLimit.Place turn = node.limit().start()) {
                stopwatch.prepared();
                try {
                    running = launch(sandbox, snapshot, restores);
                } catch (SandboxException e) {
                    if (!mayHaveDied(e, waiting != null, restores)) {
                        throw CommandFailure.of(e);
                    }
                    LOG.warnf("a sandbox did not start, making another: %s", e.getMessage());
                    sandbox.discard();
                    sandbox = create(activation);
                    fill(sandbox, activation, snapshot);
                    running = relaunch(sandbox, snapshot, restores);
                }
            }
            stopwatch.launched();
            log = node.logs().begin(request, activation.secrets(), sandbox.outputs());
            return ready(activation, request, sandbox, running, log, stopwatch);
        } catch (CommandFailure | InterruptedException | RuntimeException e) {
            clean(sandbox, running, log);
            throw e;
        }
    }

    /** One killed for its memory, say, while it waited or read its snapshot: that is no failure of the actor. */
    private static boolean mayHaveDied(SandboxException failure, boolean waited, boolean restores) {
        return switch (failure.kind()) {
            case FAILED -> waited || restores;
            // the snapshot's files were verified just now
            case CORRUPT -> restores;
            default -> false;
        };
    }

    private static void clean(@Nullable PreparedSandbox sandbox, @Nullable Running running, @Nullable ActorLog log) {
        if (running != null) {
            running.kill();
        }
        if (log != null) {
            log.end();
        }
        if (sandbox != null) {
            if (running == null) {
                sandbox.prepared().discard();
            }
            sandbox.files().delete();
        }
    }

    private @Nullable Held hold(Activation activation, ActivateRequest request) throws CommandFailure {
        if (request.getSnapshotUri().isEmpty()) {
            return null;
        }
        SnapshotUri uri = SnapshotUri.parse(request.getSnapshotUri(), activation.actor());
        return uri.isLocal() ? node.locals().hold(uri) : node.cache().hold(uri);
    }

    private boolean restores(Activation activation, ActivateRequest request, @Nullable Held snapshot)
            throws CommandFailure {
        if (snapshot == null || request.getBoot() || snapshot.manifest().scope() == Scope.DATA) {
            return false;
        }
        if (!node.runtime().canSnapshotMemory()) {
            throw new CommandFailure(
                    Failure.Reason.UNSUPPORTED,
                    "sandbox class %s can't go on from a Full snapshot; boot the actor instead"
                            .formatted(node.runtime().sandboxClass()));
        }
        node.compatibility().require(snapshot.manifest(), node.binaries().build(activation.workload()));
        return true;
    }

    private PreparedSandbox create(Activation activation) throws CommandFailure {
        return prepare(node.preparation().unpack(activation.workload()));
    }

    /** Puts what differs between actors in place. */
    private void fill(PreparedSandbox sandbox, Activation activation, @Nullable Held snapshot) throws CommandFailure {
        try {
            sandbox.files().writeIdentity(activation.actor());
            tokenFile.keep(activation, sandbox.files());
            if (snapshot != null) {
                DurableDirs.unpack(snapshot.dir(), sandbox.files().durable());
            }
        } catch (IOException e) {
            throw CommandFailure.of("writing the actor's identity", e);
        } catch (SnapshotException e) {
            throw CommandFailure.of(e);
        }
    }

    private Running launch(PreparedSandbox sandbox, @Nullable Held snapshot, boolean restores) throws SandboxException {
        names.serve(sandbox.prepared());
        return restores && snapshot != null
                ? sandbox.prepared().restore(SnapshotTaking.memory(snapshot.dir()))
                : sandbox.prepared().boot();
    }

    private Running relaunch(PreparedSandbox sandbox, @Nullable Held snapshot, boolean restores) throws CommandFailure {
        try {
            return launch(sandbox, snapshot, restores);
        } catch (SandboxException e) {
            throw CommandFailure.of(e);
        }
    }

    private Started ready(
            Activation activation,
            ActivateRequest request,
            PreparedSandbox sandbox,
            Running running,
            ActorLog log,
            Stopwatch stopwatch)
            throws CommandFailure {
        running.exited().thenAccept(exit -> {
            activation.exited(withOutput(exit, log));
            changed.run();
        });
        awaitReady(activation, request, running, log);
        Activated.Builder activated = Activated.newBuilder().setHost(place.ip()).setPhases(stopwatch.ready());
        for (int port : sandbox.prepared().bundle().ports()) {
            activated.putPorts(port, open(running, port));
        }
        IdleMeter idle = new IdleMeter(node.limits().restingShare(), System.nanoTime());
        ActivateResponse answer =
                ActivateResponse.newBuilder().setActivated(activated).build();
        return new Started(sandbox, running, idle, log, answer);
    }

    private void awaitReady(Activation activation, ActivateRequest request, Running running, ActorLog log)
            throws CommandFailure {
        Duration limit = request.getReadyTimeoutMs() > 0
                ? Duration.ofMillis(request.getReadyTimeoutMs())
                : DEFAULT_READY_TIMEOUT;
        long deadline = System.nanoTime() + limit.toNanos();
        for (Container container : activation.workload().getContainersList()) {
            if (container.hasReadyz()) {
                int port = open(running, container.getReadyz().getPort());
                ReadyProbe probe =
                        new ReadyProbe(place.ip(), port, container.getReadyz().getPath());
                Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
                if (!probe.await(left, activation::isOver)) {
                    throw notReady(activation, container, probe, limit, log);
                }
            }
        }
        requireWanted(activation);
    }

    private static CommandFailure notReady(
            Activation activation, Container container, ReadyProbe probe, Duration limit, ActorLog log) {
        if (activation.isCancelled()) {
            return discarded(activation);
        }
        Exit exit = activation.exit();
        String why = exit != null
                ? "the workload ended before it was ready: " + exit.message()
                : "readyz of container %s (port %d, %s) did not pass within %d ms: %s%s"
                        .formatted(
                                container.getName(),
                                container.getReadyz().getPort(),
                                container.getReadyz().getPath(),
                                limit.toMillis(),
                                probe.lastAnswer(),
                                output(log));
        return new CommandFailure(Failure.Reason.BOOT_FAILED, why.strip());
    }

    private static Exit withOutput(Exit exit, ActorLog log) {
        return new Exit(exit.code(), (exit.message() + output(log)).strip());
    }

    private static String output(ActorLog log) {
        String lines = log.lastLines(LINES_OF_OUTPUT);
        return lines.isEmpty() ? "; it printed nothing" : "; its last output: " + lines;
    }

    private static void requireWanted(Activation activation) throws CommandFailure {
        if (activation.isCancelled()) {
            throw discarded(activation);
        }
    }

    private static CommandFailure discarded(Activation activation) {
        return new CommandFailure(
                Failure.Reason.STALE_GENERATION,
                "activation %d of %s was discarded while it started"
                        .formatted(activation.generation(), activation.actor()));
    }

    private static int open(Running running, int port) throws CommandFailure {
        try {
            return running.openPort(port);
        } catch (SandboxException e) {
            throw CommandFailure.of(e);
        }
    }

    /** When nothing starts here any more. */
    @Override
    public void close() {
        names.close();
    }
}
