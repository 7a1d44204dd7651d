package dev.dormouse.ateom;

import dev.dormouse.ateom.NodeCache.Held;
import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.name.ActorKey;
import dev.dormouse.snapshot.Manifest;
import dev.dormouse.snapshot.SnapshotException;
import dev.dormouse.snapshot.SnapshotStores;
import dev.dormouse.snapshot.Verifier;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Snapshots of paused actors, which are nowhere else: {@code local/<atespace>/<actor>/<snapshot-id>/}. They survive ateom and are
 * never evicted; the control plane says when one is done with.
 */
final class LocalSnapshots {

    private final Path root;
    private final SnapshotStores stores;
    private final Verifier verifier;

    LocalSnapshots(Path dataDir, SnapshotStores stores, Verifier verifier) {
        this.root = dataDir.resolve("local");
        this.stores = stores;
        this.verifier = verifier;
    }

    /** Keeps a staged directory. Blocks until it would survive a power cut. */
    Manifest keep(SnapshotUri uri, Path staged, Manifest unsealed) throws SnapshotException {
        return stores.put(place(uri), staged, unsealed);
    }

    /** The paused actor's snapshot, every file checked. Blocks. */
    Held hold(SnapshotUri uri) throws CommandFailure {
        Path dir = directory(uri);
        if (Files.notExists(dir)) {
            throw new CommandFailure(
                    Failure.Reason.SNAPSHOT_MISSING,
                    "snapshot %s of %s is not on this node".formatted(uri.id(), uri.owner()));
        }
        try {
            return new Held(dir, check(uri), () -> {});
        } catch (SnapshotException e) {
            throw CommandFailure.of(e);
        }
    }

    /** What is here, every file checked. Blocks. */
    Manifest check(SnapshotUri uri) throws SnapshotException {
        Manifest manifest = stores.manifest(place(uri));
        verifier.verify(directory(uri), manifest);
        return manifest;
    }

    /** Copies the checked files to a new directory (hard links: not to be written to). Blocks. */
    Manifest copy(SnapshotUri uri, Path to) throws SnapshotException {
        Manifest manifest = stores.manifest(place(uri));
        stores.fetch(place(uri), manifest, to);
        return manifest;
    }

    /** Idempotent. */
    void drop(ActorKey actor, String id) throws CommandFailure {
        try {
            stores.delete(place(SnapshotUri.local(actor, id)));
        } catch (SnapshotException e) {
            throw CommandFailure.of(e);
        }
    }

    private Path directory(SnapshotUri uri) {
        return root.resolve(uri.owner().atespace().value())
                .resolve(uri.owner().id().value())
                .resolve(uri.id());
    }

    private String place(SnapshotUri uri) {
        return "file://" + directory(uri);
    }
}
