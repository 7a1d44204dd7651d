package dev.dormouse.actor;

import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRef;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The translation between the actor table and {@link Actor}. */
final class ActorRow {

    /** The place of worker_uid in {@link #COLUMNS}. */
    static final int WORKER_UID = 10;

    /** How many {@link #COLUMNS} there are. */
    static final int WIDTH = 24;

    /** What {@link #read} expects, in its order. */
    static final String COLUMNS = """
            atespace, id, uid, template_namespace, template_name, status, version, generation, labels, worker_selector, worker_uid, \
            worker, endpoint, intent_owner, intent_deadline, intent_snapshot, cause, snapshot, local_snapshot, idle_since, \
            busy_until, last_error, created_at, updated_at""";

    /** {@link #COLUMNS} of the table that is called so in the statement. */
    static String columnsOf(String table) {
        return table + "." + COLUMNS.replace(", ", ", " + table + ".");
    }

    private ActorRow() {}

    static ActorKey key(Row row) {
        return ActorKey.of(row.getString(0), row.getString(1));
    }

    static Actor read(Row row) {
        ActorStatus status = ActorStatus.valueOf(row.getString(5));
        return new Actor(
                key(row),
                row.getUUID(2),
                new TemplateRef(row.getString(3), row.getString(4)),
                status,
                row.getLong(6),
                row.getLong(7),
                strings((JsonObject) row.getValue(8)),
                strings((JsonObject) row.getValue(9)),
                activation(status, row),
                intent(row),
                snapshot((JsonObject) row.getValue(17)),
                snapshot((JsonObject) row.getValue(18)),
                instant(row, 19),
                instant(row, 20),
                row.getString(21),
                row.getOffsetDateTime(22).toInstant(),
                row.getOffsetDateTime(23).toInstant());
    }

    private static Actor.@Nullable Activation activation(ActorStatus status, Row row) {
        UUID worker = row.getUUID(WORKER_UID);
        // asleep, the row still names the last worker; uploading a local snapshot, it names none
        if (worker == null || status == ActorStatus.SUSPENDED || status == ActorStatus.PAUSED) {
            return null;
        }
        JsonObject as = (JsonObject) row.getValue(11);
        Actor.WorkerRef ref = new Actor.WorkerRef(
                as.getString("namespace"),
                as.getString("pool"),
                as.getString("pod"),
                as.getString("ip"),
                as.getString("node"));
        return new Actor.Activation(worker, ref, endpoint((JsonObject) row.getValue(12)));
    }

    private static Actor.@Nullable Intent intent(Row row) {
        UUID owner = row.getUUID(13);
        return owner == null
                ? null
                : new Actor.Intent(
                        owner,
                        row.getOffsetDateTime(14).toInstant(),
                        Cause.valueOf(row.getString(16)),
                        row.getUUID(15));
    }

    private static Actor.@Nullable Endpoint endpoint(@Nullable JsonObject json) {
        if (json == null) {
            return null;
        }
        Map<Integer, Integer> ports = new HashMap<>();
        json.getJsonObject("ports")
                .forEach(entry -> ports.put(Integer.valueOf(entry.getKey()), ((Number) entry.getValue()).intValue()));
        return new Actor.Endpoint(json.getString("host"), Map.copyOf(ports));
    }

    static String json(Actor.Endpoint endpoint) {
        JsonObject ports = new JsonObject();
        endpoint.ports().forEach((actorPort, hostPort) -> ports.put(actorPort.toString(), hostPort));
        return new JsonObject().put("host", endpoint.host()).put("ports", ports).encode();
    }

    private static @Nullable SnapshotRef snapshot(@Nullable JsonObject json) {
        return json == null
                ? null
                : new SnapshotRef(
                        UUID.fromString(json.getString("id")),
                        json.getString("uri"),
                        Scope.valueOf(json.getString("scope")),
                        json.getLong("sizeBytes"),
                        json.getString("sandboxClass"),
                        json.getString("sandboxBuild"),
                        json.getString("cpu"),
                        json.getString("node"),
                        Instant.parse(json.getString("createdAt")));
    }

    static String json(SnapshotRef snapshot) {
        JsonObject json = new JsonObject()
                .put("id", snapshot.id().toString())
                .put("uri", snapshot.uri())
                .put("scope", snapshot.scope().name())
                .put("sizeBytes", snapshot.sizeBytes())
                .put("sandboxClass", snapshot.sandboxClass())
                .put("sandboxBuild", snapshot.sandboxBuild())
                .put("cpu", snapshot.cpu())
                .put("createdAt", snapshot.createdAt().toString());
        if (snapshot.node() != null) {
            json.put("node", snapshot.node());
        }
        return json.encode();
    }

    /** Null where there is nothing to tell. */
    static @Nullable String json(Phases phases) {
        JsonObject json = new JsonObject();
        put(json, "claim", phases.claim());
        put(json, "prepare", phases.prepare());
        put(json, "restore", phases.restore());
        put(json, "ready", phases.ready());
        put(json, "checkpoint", phases.checkpoint());
        put(json, "store", phases.store());
        put(json, "total", phases.total());
        return json.isEmpty() ? null : json.encode();
    }

    private static void put(JsonObject json, String phase, long micros) {
        if (micros > 0) {
            json.put(phase, micros);
        }
    }

    static String json(Map<String, String> strings) {
        if (strings.isEmpty()) {
            return "{}";
        }
        JsonObject json = new JsonObject();
        strings.forEach(json::put);
        return json.encode();
    }

    private static Map<String, String> strings(JsonObject json) {
        if (json.isEmpty()) {
            return Map.of();
        }
        Map<String, String> strings = new HashMap<>();
        json.forEach(entry -> strings.put(entry.getKey(), String.valueOf(entry.getValue())));
        return Map.copyOf(strings);
    }

    static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable Instant instant(Row row, int column) {
        OffsetDateTime time = row.getOffsetDateTime(column);
        return time == null ? null : time.toInstant();
    }
}
