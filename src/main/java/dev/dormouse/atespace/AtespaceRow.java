package dev.dormouse.atespace;

import dev.dormouse.name.AtespaceName;
import io.vertx.core.json.JsonObject;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;
import org.jspecify.annotations.Nullable;

/** An atespace as the database holds it. */
@Entity(name = "Atespace")
@Table(name = "atespace")
class AtespaceRow {

    @Id
    String name;

    UUID uid;

    @Nullable
    String owner;

    /** As text: which JSON types Hibernate knows depends on where it runs. */
    @ColumnTransformer(read = "cast(labels as text)")
    String labels;

    long version;

    @Column(name = "quota_actors")
    @Nullable
    Long quotaActors;

    @Column(name = "quota_running_actors")
    @Nullable
    Long quotaRunningActors;

    @Column(name = "quota_snapshot_bytes")
    @Nullable
    Long quotaSnapshotBytes;

    @Column(name = "quota_wakes_per_minute")
    @Nullable
    Long quotaWakesPerMinute;

    @Column(name = "created_at")
    Instant createdAt;

    AtespaceRow() {}

    Atespace atespace() {
        Map<String, String> strings = new HashMap<>();
        new JsonObject(labels).forEach(label -> strings.put(label.getKey(), String.valueOf(label.getValue())));
        return new Atespace(new AtespaceName(name), uid, owner, Map.copyOf(strings), quotas(), version, createdAt);
    }

    private Map<Quota, Long> quotas() {
        Map<Quota, Long> quotas = new EnumMap<>(Quota.class);
        for (Quota quota : Quota.values()) {
            Long limit = switch (quota) {
                case ACTORS -> quotaActors;
                case RUNNING_ACTORS -> quotaRunningActors;
                case SNAPSHOT_BYTES -> quotaSnapshotBytes;
                case WAKES_PER_MINUTE -> quotaWakesPerMinute;
            };
            if (limit != null) {
                quotas.put(quota, limit);
            }
        }
        return Map.copyOf(quotas);
    }
}
