package dev.dormouse.journal;

import dev.dormouse.name.ActorKey;
import io.vertx.core.json.JsonObject;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** An event as the database holds it; written by the statements that make transitions. */
@Entity(name = "Event")
@Table(name = "actor_event")
@Immutable
class EventRow {

    @Id
    long seq;

    Instant at;
    String atespace;

    @Column(name = "actor_id")
    String actorId;

    @Column(name = "actor_uid")
    UUID actorUid;

    String type;

    @Column(name = "from_status")
    @Nullable
    String fromStatus;

    @Column(name = "to_status")
    @Nullable
    String toStatus;

    @Nullable
    String cause;

    @Nullable
    Long generation;

    @Nullable
    String worker;

    @Column(name = "snapshot_id")
    @Nullable
    UUID snapshotId;

    /** As text: which JSON types Hibernate knows depends on where it runs. */
    @ColumnTransformer(read = "cast(phases as text)")
    @Nullable
    String phases;

    @Nullable
    String message;

    Event event() {
        return new Event(
                seq,
                at,
                ActorKey.of(atespace, actorId),
                actorUid,
                type,
                fromStatus,
                toStatus,
                cause,
                generation,
                worker,
                snapshotId,
                micros(),
                message);
    }

    private Map<String, Long> micros() {
        Map<String, Long> micros = new TreeMap<>();
        if (phases != null) {
            new JsonObject(phases)
                    .forEach(phase -> micros.put(phase.getKey(), ((Number) phase.getValue()).longValue()));
        }
        return micros;
    }
}
