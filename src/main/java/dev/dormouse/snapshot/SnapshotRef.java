package dev.dormouse.snapshot;

import java.time.Instant;
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
        Instant createdAt) {}
