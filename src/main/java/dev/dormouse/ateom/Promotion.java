package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.files.FileTree;
import dev.dormouse.name.ActorKey;
import dev.dormouse.snapshot.Manifest;
import dev.dormouse.snapshot.SnapshotException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Uploads the local snapshot of a paused actor. The local one stays until the control plane drops it. */
final class Promotion {

    private final Node node;

    Promotion(Node node) {
        this.node = node;
    }

    /** Idempotent: what is in the store already stays as it is. Blocks. */
    CheckpointResponse promote(ActorKey actor, String id, String location) throws CommandFailure {
        long start = System.nanoTime();
        SnapshotUri local = SnapshotUri.local(actor, id);
        SnapshotUri durable = SnapshotUri.durable(location, actor, local.id());
        Path staged = null;
        try {
            staged = node.cache().stage();
            Path files = staged.resolve("files");
            Manifest manifest = node.locals().copy(local, files);
            Manifest stored = node.stores().put(durable.text(), files, manifest);
            node.cache().keep(durable, files, stored);
            return answer(durable, stored, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start));
        } catch (SnapshotException e) {
            throw CommandFailure.of(e);
        } catch (IOException e) {
            throw CommandFailure.of("copying the local snapshot", e);
        } finally {
            if (staged != null) {
                FileTree.discard(staged);
            }
        }
    }

    private static CheckpointResponse answer(SnapshotUri uri, Manifest stored, long micros) {
        return CheckpointResponse.newBuilder()
                .setTaken(SnapshotTaking.taken(uri, stored, 0, micros))
                .build();
    }
}
