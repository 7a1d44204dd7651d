package dev.dormouse.snapshot;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a snapshot is and what may run it.
 *
 * @param uri {@code <location>/<atespace>/<actor>/<snapshot-id>} without a trailing slash; {@code local:<snapshot-id>} for one
 *     that stayed on its node
 * @param sizeBytes sum of its files as stored
 * @param sandboxBuild sha256 of the sandbox binary that took it; empty for class {@code process}
 * @param cpu {@code <arch>/<digest of features>} of the CPU it was taken on, as ateom reports it; empty when it may run on any
 * @param node the node that alone holds it; null when it is durable
 */
public record SnapshotRef(
        UUID id,
        String uri,
        Scope scope,
        long sizeBytes,
        String sandboxClass,
        String sandboxBuild,
        String cpu,
        @Nullable String node,
        Instant createdAt) {

    // written out: in a native executable the one that comes with a record takes 14 us, see docs/decisions/0011
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof SnapshotRef ref
                        && id.equals(ref.id)
                        && uri.equals(ref.uri)
                        && scope == ref.scope
                        && sizeBytes == ref.sizeBytes
                        && sandboxClass.equals(ref.sandboxClass)
                        && sandboxBuild.equals(ref.sandboxBuild)
                        && cpu.equals(ref.cpu)
                        && Objects.equals(node, ref.node)
                        && createdAt.equals(ref.createdAt);
    }
}
