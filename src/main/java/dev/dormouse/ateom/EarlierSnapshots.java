package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.name.ActorKey;
import dev.dormouse.snapshot.Manifest;
import dev.dormouse.snapshot.SnapshotException;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Answers a checkpoint command that is repeated after its activation is gone: an ateom that died after it wrote the manifest had
 * taken the snapshot, it only could not say so. The manifest must be of this very activation, and its files must be whole.
 */
final class EarlierSnapshots {

    private static final Logger LOG = Logger.getLogger(EarlierSnapshots.class);

    private final Node node;

    EarlierSnapshots(Node node) {
        this.node = node;
    }

    /**
     * Blocks.
     *
     * @return the answer that the command should have got; empty: no such snapshot was taken
     * @throws IllegalStateException when that can't be said now, so that the caller asks again instead of giving the actor up
     */
    Optional<CheckpointResponse> find(CheckpointRequest request) throws CommandFailure {
        ActorKey actor =
                ActorKey.of(request.getActor().getAtespace(), request.getActor().getId());
        SnapshotUri uri = SnapshotUri.of(request.getLocation(), actor, request.getSnapshotId());
        if (node.fence().isStale(actor, request.getGeneration())) {
            return Optional.empty();
        }
        try {
            Manifest manifest =
                    uri.isLocal() ? node.locals().check(uri) : node.cache().check(uri);
            if (!answers(request, uri, manifest)) {
                LOG.warnf("%s was asked for, but is a snapshot of another activation or scope", uri.text());
                return Optional.empty();
            }
            LOG.infof("%s is there already", uri.text());
            return Optional.of(CheckpointResponse.newBuilder()
                    .setTaken(SnapshotTaking.taken(uri, manifest, 0, 0))
                    .build());
        } catch (SnapshotException e) {
            return switch (e.kind()) {
                case MISSING, CORRUPT, INCOMPATIBLE -> {
                    LOG.infof("%s was not taken: %s", uri.text(), e.getMessage());
                    yield Optional.empty();
                }
                case UNAVAILABLE, DISK_FULL ->
                    throw new IllegalStateException("whether %s was taken can't be seen now".formatted(uri.text()), e);
            };
        }
    }

    private static boolean answers(CheckpointRequest request, SnapshotUri uri, Manifest manifest) {
        return manifest.generation() == request.getGeneration()
                && manifest.id().equals(uri.id())
                && manifest.atespace().equals(uri.owner().atespace().value())
                && manifest.actor().equals(uri.owner().id().value())
                && manifest.scope().name().equals(request.getScope().name());
    }
}
