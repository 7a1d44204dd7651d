package dev.dormouse.standalone;

import dev.dormouse.standalone.ManifestObject.Key;
import io.vertx.mutiny.sqlclient.Row;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of the table {@code manifest}; JSON as text. */
record ManifestRow(
        Key key,
        UUID uid,
        String source,
        String labels,
        String annotations,
        String spec,
        @Nullable String status,
        @Nullable String golden,
        long generation,
        long version,
        Instant createdAt) {

    static final String COLUMNS = """
            kind, namespace, name, uid, source, labels::text, annotations::text, spec::text, status::text, golden::text,
            generation, version, created_at""";

    /** @throws IllegalStateException for a kind that this version doesn't know */
    static ManifestRow of(Row row) {
        ManifestKind kind = ManifestKind.spoken(row.getString("kind"))
                .orElseThrow(() -> new IllegalStateException("unknown kind in table manifest"));
        return new ManifestRow(
                new Key(kind, row.getString("namespace"), row.getString("name")),
                row.getUUID("uid"),
                row.getString("source"),
                row.getString("labels"),
                row.getString("annotations"),
                row.getString("spec"),
                row.getString("status"),
                row.getString("golden"),
                row.getLong("generation"),
                row.getLong("version"),
                row.getOffsetDateTime("created_at").toInstant());
    }

    /** Without the spec: a Secret's is secret. */
    @Override
    public String toString() {
        return key.toString();
    }
}
