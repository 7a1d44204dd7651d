package dev.dormouse.ateom;

import dev.dormouse.ateom.Activation.Started;
import dev.dormouse.ateom.wire.CheckpointPhases;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.ateom.wire.SnapshotTaken;
import dev.dormouse.files.FileTree;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime.Build;
import dev.dormouse.sandbox.SandboxRuntime.Exit;
import dev.dormouse.sandbox.SandboxRuntime.Running;
import dev.dormouse.snapshot.Manifest;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The steps from a running actor to a snapshot that counts: freeze, copy, store. The actor stays frozen until the snapshot is
 * durable unless it is to run on, and it runs on when anything fails.
 */
final class SnapshotTaking {

    private static final Logger LOG = Logger.getLogger(SnapshotTaking.class);

    private final Node node;

    SnapshotTaking(Node node) {
        this.node = node;
    }

    /** Where in a snapshot's directory the sandbox runtime's files are. */
    static Path memory(Path snapshot) {
        return snapshot.resolve("memory");
    }

    /** Blocks. When it returns and the actor was not to run on, it is frozen; when it throws, the actor runs. */
    SnapshotTaken take(Activation activation, Started started, CheckpointRequest request) throws CommandFailure {
        Build build = node.binaries().build(activation.workload());
        SnapshotUri uri = SnapshotUri.of(request.getLocation(), activation.actor(), request.getSnapshotId());
        Scope scope = scope(request);
        Path staged = stage();
        Stillness stillness = new Stillness(activation, started.running());
        try {
            stillness.begin(scope, staged);
            DurableDirs.pack(started.sandbox().files().durable(), staged);
            if (request.getLeaveRunning()) {
                stillness.end();
            }
            long still = stillness.micros();
            long storing = System.nanoTime();
            Manifest manifest =
                    store(uri, staged, unsealed(uri, activation, started, build, scope, request.getParent()));
            stillness.wasWorthIt();
            return taken(uri, manifest, still, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - storing));
        } catch (SandboxException e) {
            throw CommandFailure.of(e);
        } catch (SnapshotException e) {
            throw CommandFailure.of(e);
        } finally {
            stillness.close();
            FileTree.discard(staged);
        }
    }

    private Scope scope(CheckpointRequest request) throws CommandFailure {
        return switch (request.getScope()) {
            case DATA -> Scope.DATA;
            case FULL -> {
                if (!node.runtime().canSnapshotMemory()) {
                    throw new CommandFailure(
                            Failure.Reason.UNSUPPORTED,
                            "sandbox class %s can't take Full snapshots; take a Data snapshot"
                                    .formatted(node.runtime().sandboxClass()));
                }
                yield Scope.FULL;
            }
            case SCOPE_UNSPECIFIED, UNRECOGNIZED ->
                throw new CommandFailure(Failure.Reason.UNSUPPORTED, "scope must be FULL or DATA");
        };
    }

    private Path stage() throws CommandFailure {
        try {
            return node.cache().stage();
        } catch (IOException e) {
            throw CommandFailure.of("making room for the snapshot", e);
        }
    }

    private Manifest store(SnapshotUri uri, Path staged, Manifest unsealed) throws SnapshotException {
        if (uri.isLocal()) {
            return node.locals().keep(uri, staged, unsealed);
        }
        Manifest manifest = node.stores().put(uri.text(), staged, unsealed);
        try {
            node.cache().keep(uri, staged, manifest);
        } catch (SnapshotException e) {
            // it is durable: the next wake fetches it
            LOG.warnf("snapshot %s is stored, but not in the node's cache: %s", uri.text(), e.getMessage());
        }
        return manifest;
    }

    private Manifest unsealed(
            SnapshotUri uri, Activation activation, Started started, Build build, Scope scope, String parent) {
        return new Manifest(
                Manifest.FORMAT,
                uri.id(),
                activation.actor().atespace().value(),
                activation.actor().id().value(),
                activation.workload().getTemplateNamespace() + "/"
                        + activation.workload().getTemplateName(),
                activation.generation(),
                parent.isEmpty() ? null : parent,
                scope,
                node.runtime().sandboxClass(),
                new Manifest.SandboxBuild(build.version(), build.sha256(), build.platform(), build.flags()),
                new Manifest.Cpu(node.cpu().arch(), node.cpu().digest()),
                started.sandbox().images(),
                List.of(),
                node.clock().instant());
    }

    /**
     * The answer that a snapshot counts.
     *
     * @param still microseconds the actor stood still
     * @param storing microseconds to store it
     */
    static SnapshotTaken taken(SnapshotUri uri, Manifest manifest, long still, long storing) {
        return SnapshotTaken.newBuilder()
                .setUri(uri.text())
                .setSizeBytes(manifest.sizeBytes())
                .setSandboxBuild(manifest.sandboxBuild().sha256())
                .setPhases(CheckpointPhases.newBuilder().setCheckpoint(still).setStore(storing))
                .build();
    }

    /** The time in which the actor stands still; at its end the actor runs again unless the snapshot became durable. */
    private static final class Stillness implements AutoCloseable {
        private final Activation activation;
        private final Running running;
        private final long since = System.nanoTime();
        private boolean frozen;

        Stillness(Activation activation, Running running) {
            this.activation = activation;
            this.running = running;
        }

        void begin(Scope scope, Path staged) throws SandboxException {
            if (scope == Scope.FULL) {
                running.checkpoint(memory(staged));
            } else {
                running.freeze();
            }
            frozen = true;
        }

        void end() throws SandboxException {
            running.unfreeze();
            frozen = false;
        }

        void wasWorthIt() {
            frozen = false;
        }

        long micros() {
            return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - since);
        }

        @Override
        public void close() {
            if (!frozen) {
                return;
            }
            try {
                end();
            } catch (SandboxException e) {
                LOG.errorf("%s can't be unfrozen: %s", activation.actor(), e.getMessage());
                activation.exited(new Exit(-1, "the workload could not go on after a failed snapshot"));
            }
        }
    }
}
