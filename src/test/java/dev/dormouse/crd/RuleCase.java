package dev.dormouse.crd;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One rule of the custom resources: values of a field that it accepts, and values that it refuses. What reads manifests without an API
 * server and the API server are held to the same cases, so that they can't drift apart.
 *
 * @param pointer the field to set, below spec
 * @param accepted values in JSON; null removes the field
 * @param refused likewise
 * @param field where the refusal is reported, below spec
 * @param message how a refusal of ours begins; where it is the message of a CEL rule, the API server says it too
 */
public record RuleCase(
        Kind kind, String pointer, List<String> accepted, List<String> refused, String field, String message) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A kind, with a valid spec that cases change one field of. */
    public enum Kind {
        ACTOR_TEMPLATE("ActorTemplate", """
                {"pauseImage": "pause@sha256:0000",
                 "containers": [{
                   "name": "main", "image": "app@sha256:0000", "command": ["/app"], "args": ["-v"],
                   "env": [{"name": "A", "value": "1"},
                           {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
                   "readyz": {"httpGet": {"path": "/readyz", "port": 80}},
                   "volumeMounts": [{"name": "data", "mountPath": "/data"}]}],
                 "volumes": [{"name": "data", "durableDir": {}}],
                 "snapshotsConfig": {"location": "gs://b/p", "onPause": "Full", "onCommit": "Data"},
                 "workerSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]},
                 "runsc": {"amd64": {"sha256Hash": "ab12", "url": "gs://r"}, "arm64": {"sha256Hash": "ab12", "url": "gs://r"}},
                 "lifecycle": {"idleTimeout": "5m"},
                 "identity": {"tokenAudience": "vault"},
                 "imagePullSecrets": [{"name": "registry"}],
                 "policy": {
                   "egress": {"default": "Deny", "allow": [
                     {"hosts": ["example.com"], "cidrs": ["10.0.0.0/8"], "ports": [{"port": 443, "protocol": "TCP"}]}]},
                   "self": {"suspend": true}}}"""),
        WORKER_POOL("WorkerPool", """
                {"replicas": 1, "ateomImage": "ateom",
                 "template": {
                   "tolerations": [{"key": "a", "operator": "Exists"}],
                   "nodeAffinity": {
                     "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                       {"matchExpressions": [{"key": "a", "operator": "Exists"}],
                        "matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n"]}]}]},
                     "preferredDuringSchedulingIgnoredDuringExecution": [
                       {"weight": 1, "preference": {"matchExpressions": [{"key": "a", "operator": "Exists"}],
                        "matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n"]}]}}]},
                   "resources": {"requests": {"cpu": "250m"}, "limits": {"memory": "1Gi"}, "claims": [{"name": "c"}]}}}"""),
        SANDBOX_CONFIG("SandboxConfig", """
                {"sandboxClass": "gvisor", "default": false,
                 "assets": {"amd64": {"runsc": {"url": "x", "sha256": "%s"}}}}""".formatted("a".repeat(64)));

        private final String kind;
        private final String spec;

        Kind(String kind, String spec) {
            this.kind = kind;
            this.spec = spec;
        }

        /** As manifests write it. */
        public String kind() {
            return kind;
        }

        /** Where the API server keeps those of a namespace. */
        public String path(String namespace) {
            return "/apis/ate.dev/v1alpha1/" + (this == SANDBOX_CONFIG ? "" : "namespaces/" + namespace + "/")
                    + kind.toLowerCase(Locale.ROOT) + "s";
        }

        /** A whole object that is accepted. */
        public ObjectNode manifest() {
            ObjectNode manifest = JSON.createObjectNode()
                    .put("apiVersion", "ate.dev/v1alpha1")
                    .put("kind", kind);
            manifest.putObject("metadata").put("name", "rule-case");
            manifest.set("spec", json(spec));
            return manifest;
        }
    }

    /** All cases of all kinds. */
    public static Stream<RuleCase> all() {
        return Stream.of(ActorTemplateCases.all(), WorkerPoolCases.all(), SandboxConfigCases.all())
                .flatMap(cases -> cases);
    }

    /** A whole object with the value at the field. */
    public ObjectNode manifest(String value) {
        ObjectNode manifest = kind.manifest();
        JsonPointer path = JsonPointer.compile("/spec" + pointer);
        String last = path.last().getMatchingProperty();
        switch (manifest.at(path.head())) {
            case ArrayNode array -> array.set(Integer.parseInt(last), json(value));
            case ObjectNode object when value.equals("null") -> object.remove(last);
            case ObjectNode object -> object.set(last, json(value));
            default -> throw new IllegalArgumentException(pointer + " is in no " + kind);
        }
        return manifest;
    }

    @Override
    public String toString() {
        return kind.kind() + " " + field + ": " + message;
    }

    static String text(String value) {
        return JSON.getNodeFactory().textNode(value).toString();
    }

    /** The path of a field as Kubernetes writes it. */
    static String field(String pointer) {
        return pointer.substring(1).replace('/', '.').replaceAll("\\.(\\d+)", "[$1]");
    }

    /** A list of so many items. */
    static String items(int count, IntFunction<String> item) {
        return IntStream.range(0, count).mapToObj(item).collect(Collectors.joining(",", "[", "]"));
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
