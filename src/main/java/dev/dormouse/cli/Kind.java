package dev.dormouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A kind of resource as tables show it.
 *
 * @param reference as {@code -o name} prints it: {@code actor/my-counter}
 */
record Kind(List<Column> columns, Function<JsonNode, String> reference) {

    /** When a column is shown. */
    enum Shown {
        ALWAYS,
        WIDE,
        ALL_ATESPACES
    }

    record Column(String title, Shown shown, Function<JsonNode, String> value) {}

    static Kind actors(InstantSource clock) {
        return new Kind(
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
                named("actor", field("id")));
    }

    static Kind workers() {
        return new Kind(
                List.of(
                        always("NAMESPACE", field("namespace")),
                        always("POOL", field("pool")),
                        always("POD", field("pod")),
                        always("STATUS", field("state")),
                        always("ASSIGNED ACTOR", Kind::assignedActor),
                        wide("ATESPACE", field("actor", "atespace")),
                        wide("CLASS", field("sandboxClass")),
                        wide("NODE", field("node")),
                        wide("IP", field("ip"))),
                named("worker", field("pod")));
    }

    static Kind atespaces(InstantSource clock) {
        return new Kind(
                List.of(
                        always("NAME", field("name")),
                        always("AGE", age(clock, "createdAt")),
                        wide("OWNER", field("owner")),
                        wide("LABELS", entries("labels")),
                        wide("QUOTAS", entries("quotas"))),
                named("atespace", field("name")));
    }

    static Kind templates(InstantSource clock) {
        return new Kind(
                List.of(
                        always("NAMESPACE", field("metadata", "namespace")),
                        always("NAME", field("metadata", "name")),
                        always("CLASS", sandboxClass()),
                        always("PHASE", field("status", "phase")),
                        always("AGE", age(clock, "metadata", "creationTimestamp")),
                        wide("GOLDEN ACTOR", field("status", "goldenActorID")),
                        wide("GOLDEN SNAPSHOT", field("status", "goldenSnapshot")),
                        wide("MESSAGE", Kind::readyMessage)),
                named("template", namespacedName()));
    }

    static Kind pools(InstantSource clock) {
        return new Kind(
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
                named("pool", namespacedName()));
    }

    static Kind events(InstantSource clock) {
        return new Kind(
                List.of(
                        always("AGE", age(clock, "at")),
                        always("TYPE", field("type")),
                        always("CAUSE", field("cause")),
                        always("WORKER", field("worker")),
                        always("TOOK", item -> millis(at(item, "phases", "total"))),
                        always("MESSAGE", field("message")),
                        wide("TIME", field("at")),
                        wide("GENERATION", field("generation")),
                        wide("PHASES", Kind::phases)),
                named("event", field("seq")));
    }

    /** What became of applied manifests. */
    static Kind declared() {
        return new Kind(
                List.of(
                        always("KIND", field("kind")),
                        always("NAMESPACE", field("namespace")),
                        always("NAME", field("name")),
                        always("RESULT", field("result"))),
                Kind::declaredReference);
    }

    /** Workers with what they are doing now. */
    static Kind busyWorkers(InstantSource clock) {
        return new Kind(
                List.of(
                        always("NAMESPACE", field("namespace")),
                        always("POOL", field("pool")),
                        always("POD", field("pod")),
                        always("STATUS", field("state")),
                        always("ATESPACE", field("actor", "atespace")),
                        always("ACTOR", Kind::assignedActor),
                        always("IDLE", age(clock, "actor", "idleSince"))),
                named("worker", field("pod")));
    }

    static Kind poolFits() {
        return new Kind(
                List.of(
                        always("NAMESPACE", field("namespace")),
                        always("POOL", field("pool")),
                        always("FITS", field("fits")),
                        always("REASON", field("reason"))),
                named("pool", field("pool")));
    }

    static Kind workerFits() {
        return new Kind(
                List.of(
                        always("NAMESPACE", field("namespace")),
                        always("POOL", field("pool")),
                        always("POD", field("pod")),
                        always("NODE", field("node")),
                        always("CANDIDATE", field("candidate")),
                        always("REASON", field("reason"))),
                named("worker", field("pod")));
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

    String reference(JsonNode item) {
        return reference.apply(item);
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

    /** {@code k=v,k=v} */
    private static Function<JsonNode, String> entries(String field) {
        return item -> item.path(field)
                .propertyStream()
                .map(entry -> entry.getKey() + "=" + entry.getValue().asText())
                .collect(Collectors.joining(","));
    }

    private static Function<JsonNode, String> age(InstantSource clock, String... path) {
        return item -> Age.since(at(item, path).asText(""), clock);
    }

    private static Function<JsonNode, String> sandboxClass() {
        // the manifest's default
        return item -> at(item, "spec", "sandboxClass").asText("gvisor");
    }

    private static String readyMessage(JsonNode declared) {
        for (JsonNode condition : at(declared, "status", "conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("message").asText("");
            }
        }
        return "";
    }

    private static Function<JsonNode, String> named(String kind, Function<JsonNode, String> id) {
        return item -> kind + "/" + OneLine.of(id.apply(item));
    }

    private static String declaredReference(JsonNode object) {
        String kind = switch (object.path("kind").asText()) {
            case "ActorTemplate" -> "template";
            case "WorkerPool" -> "pool";
            case String other -> OneLine.of(other).toLowerCase(Locale.ROOT);
        };
        String namespace = object.path("namespace").asText("");
        return OneLine.of(kind + "/" + (namespace.isEmpty() ? "" : namespace + "/")
                + object.path("name").asText());
    }

    private static Function<JsonNode, String> namespacedName() {
        return item -> at(item, "metadata", "namespace").asText("") + "/"
                + at(item, "metadata", "name").asText("");
    }

    private static String phases(JsonNode event) {
        return event.path("phases").properties().stream()
                .filter(phase -> !phase.getKey().equals("total"))
                .map(phase -> phase.getKey() + "=" + millis(phase.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String millis(JsonNode micros) {
        return micros.isNumber() ? String.format(Locale.ROOT, "%.1fms", micros.asDouble() / 1000) : "";
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
