package dev.dormouse.journal;

import dev.dormouse.name.ActorKey;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to an actor.
 *
 * @param seq its number: later events of one actor have greater ones
 * @param type {@code Created}, {@code Forked}, {@code Resuming}, {@code Running}, {@code Suspending}, {@code Suspended}, {@code
 *     Pausing}, {@code Paused}, {@code ResumeFailed}, {@code SuspendFailed}, {@code SnapshotTaken}, {@code WorkerLost}, {@code
 *     Crashed}, {@code Deleted}
 * @param from the status before, null for a creation
 * @param to the status after, null for a deletion
 * @param cause why, by the name of a {@code Cause}
 * @param worker {@code namespace/pool/pod}
 * @param phases phase to microseconds, those that took any
 */
public record Event(
        long seq,
        Instant at,
        ActorKey key,
        UUID actorUid,
        String type,
        @Nullable String from,
        @Nullable String to,
        @Nullable String cause,
        @Nullable Long generation,
        @Nullable String worker,
        @Nullable UUID snapshotId,
        Map<String, Long> phases,
        @Nullable String message) {}
