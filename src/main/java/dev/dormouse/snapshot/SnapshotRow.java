package dev.dormouse.snapshot;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/** An actor's hold on a snapshot as the database has it; written by the statements that make transitions. */
@Entity(name = "Snapshot")
@Table(name = "snapshot")
@IdClass(SnapshotRow.Key.class)
@Immutable
class SnapshotRow {

    record Key(String atespace, String actorId, UUID id, String node) {}

    @Id
    String atespace;

    @Id
    @Column(name = "actor_id")
    String actorId;

    @Id
    UUID id;

    @Id
    String node;

    String uri;

    @Enumerated(EnumType.STRING)
    Scope scope;

    @Column(name = "size_bytes")
    long sizeBytes;

    @Column(name = "sandbox_class")
    String sandboxClass;

    @Column(name = "sandbox_build")
    String sandboxBuild;

    String cpu;

    @Column(name = "taken_at")
    Instant takenAt;

    @Column(name = "recorded_at")
    Instant recordedAt;

    SnapshotRef ref() {
        return new SnapshotRef(
                id, uri, scope, sizeBytes, sandboxClass, sandboxBuild, cpu, node.isEmpty() ? null : node, takenAt);
    }
}
