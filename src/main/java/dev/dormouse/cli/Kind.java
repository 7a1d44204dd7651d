package dev.dormouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;

/**
 * A kind of resource as tables show it.
 *
 * @param name singular, as in {@code actor/my-counter}
 * @param id what stands behind the slash
 */
record Kind(String name, String plural, List<Column> columns, Function<JsonNode, String> id) {

    /** When a column is shown. */
    enum Shown {
        ALWAYS,
        WIDE,
        ALL_ATESPACES
    }

    record Column(String title, Shown shown, Function<JsonNode, String> value) {}

    static Kind actors(InstantSource clock) {
        return new Kind(
                "actor",
                "actors",
                List.of(
                        new Column("ATESPACE", Shown.ALL_ATESPACES, field("atespace")),
                        always("NAMESPACE", field("template", "namespace")),
                        always("TEMPLATE", field("template", "name")),
                        always("ID", field("id")),
                        always("STATUS", field("status")),
                        always("ATEOM POD", field("worker", "pod")),
                        always("ATEOM IP", field("worker", "ip")),
                        always("VERSION", field("version")),
                        wide("NODE", field("worker", "node")),
                        wide("IDLE", age(clock, "idleSince")),
                        wide("AGE", age(clock, "createdAt")),
                        wide("LAST ERROR", field("lastError"))),
                field("id"));
    }

    static Kind workers() {
        return new Kind(
                "worker",
                "workers",
                List.of(
                        always("NAMESPACE", field("namespace")),
                        always("POOL", field("pool")),
                        always("POD", field("pod")),
                        always("STATUS", field("state")),
                        always("ASSIGNED ACTOR", Kind::assignedActor),
                        wide("ATESPACE", field("actor", "atespace")),
                        wide("NODE", field("node")),
                        wide("IP", field("ip"))),
                field("pod"));
    }

    static Kind atespaces(InstantSource clock) {
        return new Kind(
                "atespace",
                "atespaces",
                List.of(always("NAME", field("name")), always("AGE", age(clock, "createdAt"))),
                field("name"));
    }

    static Kind templates(InstantSource clock) {
        return new Kind(
                "template",
                "templates",
                List.of(
                        always("NAMESPACE", field("metadata", "namespace")),
                        always("NAME", field("metadata", "name")),
                        always("CLASS", sandboxClass()),
                        always("PHASE", field("status", "phase")),
                        always("AGE", age(clock, "metadata", "creationTimestamp")),
                        wide("GOLDEN ACTOR", field("status", "goldenActorID")),
                        wide("GOLDEN SNAPSHOT", field("status", "goldenSnapshot"))),
                namespacedName());
    }

    static Kind pools(InstantSource clock) {
        return new Kind(
                "pool",
                "pools",
                List.of(
                        always("NAMESPACE", field("metadata", "namespace")),
                        always("NAME", field("metadata", "name")),
                        always("CLASS", sandboxClass()),
                        always("DESIRED", field("spec", "replicas")),
                        always("READY", field("status", "readyReplicas")),
                        always("FREE", field("status", "freeWorkers")),
                        always("AGE", age(clock, "metadata", "creationTimestamp")),
                        wide("ASSIGNED", field("status", "assignedWorkers")),
                        wide("SANDBOX CONFIG", field("spec", "sandboxConfigName"))),
                namespacedName());
    }

    /** The columns of one table. */
    List<Column> shown(Format format, boolean allAtespaces) {
        return columns.stream()
                .filter(column -> switch (column.shown()) {
                    case ALWAYS -> true;
                    case WIDE -> format == Format.WIDE;
                    case ALL_ATESPACES -> allAtespaces;
                })
                .toList();
    }

    /** As {@code -o name} prints it. */
    String reference(JsonNode item) {
        return name + "/" + OneLine.of(id.apply(item));
    }

    private static Column always(String title, Function<JsonNode, String> value) {
        return new Column(title, Shown.ALWAYS, value);
    }

    private static Column wide(String title, Function<JsonNode, String> value) {
        return new Column(title, Shown.WIDE, value);
    }

    private static Function<JsonNode, String> field(String... path) {
        return item -> at(item, path).asText("");
    }

    private static Function<JsonNode, String> age(InstantSource clock, String... path) {
        return item -> Age.since(at(item, path).asText(""), clock);
    }

    private static Function<JsonNode, String> sandboxClass() {
        // the manifest's default
        return item -> at(item, "spec", "sandboxClass").asText("gvisor");
    }

    private static Function<JsonNode, String> namespacedName() {
        return item -> at(item, "metadata", "namespace").asText("") + "/"
                + at(item, "metadata", "name").asText("");
    }

    private static String assignedActor(JsonNode worker) {
        JsonNode actor = worker.path("actor");
        return actor.isObject()
                ? "%s/%s/%s"
                        .formatted(
                                at(actor, "template", "namespace").asText(""),
                                at(actor, "template", "name").asText(""),
                                actor.path("id").asText(""))
                : "";
    }

    private static JsonNode at(JsonNode item, String... path) {
        JsonNode node = item;
        for (String name : path) {
            node = node.path(name);
        }
        return node;
    }
}
