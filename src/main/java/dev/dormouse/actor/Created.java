package dev.dormouse.actor;

import dev.dormouse.actor.RecordStatements.Creation;
import dev.dormouse.atespace.QuotaReached;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * The database's answer to a creation.
 *
 * @param atespace whether there is such an atespace
 * @param origin whether a fork's origin still held the snapshot
 * @param generation null when nothing was created
 * @param reached the quota that refused it; null when none did
 */
record Created(
        boolean atespace,
        boolean origin,
        @Nullable Long generation,
        @Nullable Instant at,
        @Nullable QuotaReached reached) {

    /** The place of a fork's origin, behind what both kinds of creation answer. */
    static final int ORIGIN = 5 + QuotaReached.COLUMNS;

    static Created read(Row row, boolean origin) {
        OffsetDateTime at = row.getOffsetDateTime(4);
        return new Created(
                row.getBoolean(2),
                origin,
                row.getLong(3),
                at == null ? null : at.toInstant(),
                QuotaReached.read(row, 5));
    }

    /** The new record, or the reason why there is none. */
    Actor actor(Creation creation) {
        ActorStore.NewActor asked = creation.actor();
        if (!atespace) {
            throw new Failure(
                    Code.FAILED_PRECONDITION,
                    "Atespace %s not found".formatted(asked.key().atespace()));
        }
        if (!origin) {
            throw new Failure(
                    Code.ABORTED,
                    "Actor %s no longer has the snapshot to fork from; try again".formatted(asked.forkedFrom()));
        }
        if (reached != null) {
            throw reached.failure(asked.key().atespace());
        }
        if (generation == null || at == null) {
            throw new Failure(
                    Code.ALREADY_EXISTS,
                    "Actor %s already exists".formatted(asked.key().id()));
        }
        return new Actor(
                asked.key(),
                creation.uid(),
                asked.template(),
                ActorStatus.SUSPENDED,
                1,
                generation,
                asked.labels(),
                asked.workerSelector(),
                null,
                null,
                asked.snapshot(),
                null,
                null,
                null,
                null,
                at,
                at);
    }
}
