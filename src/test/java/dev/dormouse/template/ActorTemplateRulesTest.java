package dev.dormouse.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dormouse.platform.Violation;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ActorTemplateRulesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DIGEST = "@sha256:0000";
    private static final String VALID = """
            {"pauseImage": "pause@sha256:0000",
             "containers": [{
               "name": "main", "image": "app@sha256:0000", "command": ["/app"], "args": ["-v"],
               "env": [{"name": "A", "value": "1"},
                       {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
               "readyz": {"httpGet": {"path": "/readyz", "port": 80}},
               "volumeMounts": [{"name": "data", "mountPath": "/data"}]}],
             "volumes": [{"name": "data", "durableDir": {}}],
             "snapshotsConfig": {"location": "gs://b/p", "onPause": "Full", "onCommit": "Data"},
             "runsc": {"amd64": {"sha256Hash": "ab12", "url": "gs://r"}, "arm64": {"sha256Hash": "ab12", "url": "gs://r"}},
             "lifecycle": {"idleTimeout": "5m"}}""";
    private static final String CLEAN =
            "MountPath must be a clean absolute Unix path: must start with '/', not be '/', and contain no ':', '..', '.', '//',"
                    + " trailing '/', or control characters";

    /** @param values JSON; null removes the field */
    record Rule(String pointer, List<String> accepted, List<String> refused, String field, String message) {}

    static Stream<Rule> rules() {
        String pinned = "All images must be pinned (changing the image invalidates snapshots)";
        String label = "Name must be a valid DNS label";
        String container = "/containers/0";
        return Stream.of(
                rule("/pauseImage", text("p" + DIGEST), text("pause:3"), "pauseImage", pinned),
                rule("/pauseImage", text("@"), "null", "pauseImage", "Required value"),
                rule(
                        "/containers",
                        items(10, ActorTemplateRulesTest::container),
                        items(11, ActorTemplateRulesTest::container),
                        "containers",
                        "Must have at most 10 items"),
                rule(
                        "/containers",
                        items(2, ActorTemplateRulesTest::container),
                        items(2, i -> container(0)),
                        "containers[1].name",
                        "Duplicate value"),
                rule(
                        container + "/name",
                        text("a".repeat(63)),
                        text("a".repeat(64)),
                        "containers[0].name",
                        "Must be at most 63 characters"),
                rule(container + "/name", text("a-1"), text("A_1"), "containers[0].name", label),
                rule(container + "/name", text("a"), "null", "containers[0].name", "Required value"),
                rule(
                        container + "/name",
                        text("pauses"),
                        text("pause"),
                        "containers[0].name",
                        "The name 'pause' is reserved"),
                rule(container + "/image", text("a:1" + DIGEST), text("a:latest"), "containers[0].image", pinned),
                rule(container + "/image", text("a" + DIGEST), "null", "containers[0].image", "Required value"),
                rule(
                        container + "/command",
                        items(64, i -> "\"x\""),
                        items(65, i -> "\"x\""),
                        "containers[0].command",
                        "Must have at most 64 items"),
                rule(
                        container + "/args",
                        items(64, i -> "\"x\""),
                        items(65, i -> "\"x\""),
                        "containers[0].args",
                        "Must have at most 64 items"),
                rule(
                        container + "/env",
                        items(32, i -> "{\"name\":\"a\",\"value\":\"\"}"),
                        items(33, i -> "{\"name\":\"a\",\"value\":\"\"}"),
                        "containers[0].env",
                        "Must have at most 32 items"),
                rule(
                        container + "/env/0/name",
                        text("A b~!"),
                        text("A=B"),
                        "containers[0].env[0].name",
                        "Must be printable ASCII characters other than '='"),
                rule(
                        container + "/env/0/name",
                        text(" "),
                        text(""),
                        "containers[0].env[0].name",
                        "Must be at least 1 character long"),
                rule(container + "/env/0/name", text("E"), text("é"), "containers[0].env[0].name", "Must be printable"),
                rule(
                        container + "/env/0/value",
                        text(""),
                        "null",
                        "containers[0].env[0]",
                        "Exactly one of value and valueFrom must be set"),
                rule(
                        container + "/env/1/value",
                        "null",
                        text("x"),
                        "containers[0].env[1]",
                        "Exactly one of value and valueFrom must be set"),
                rule(
                        container + "/env/1/valueFrom/secretKeyRef",
                        "{\"name\":\"a.b\",\"key\":\"k\",\"optional\":true}",
                        "null",
                        "containers[0].env[1].valueFrom.secretKeyRef",
                        "Required value"),
                rule(
                        container + "/env/1/valueFrom/secretKeyRef/name",
                        text("a.b-c"),
                        text("a..b"),
                        "containers[0].env[1].valueFrom.secretKeyRef.name",
                        "Must be a valid DNS subdomain"),
                rule(
                        container + "/env/1/valueFrom/secretKeyRef/name",
                        text("a".repeat(253)),
                        text("a".repeat(254)),
                        "containers[0].env[1].valueFrom.secretKeyRef.name",
                        "Must be at most 253"),
                rule(
                        container + "/env/1/valueFrom/secretKeyRef/key",
                        text("config.json"),
                        text("a/b"),
                        "containers[0].env[1].valueFrom.secretKeyRef.key",
                        "Must be letters"),
                rule(
                        container + "/env/1/valueFrom/secretKeyRef/key",
                        text("_"),
                        text(""),
                        "containers[0].env[1].valueFrom.secretKeyRef.key",
                        "Must be at least 1"),
                rule(
                        container + "/readyz/httpGet",
                        "{\"port\":1}",
                        "null",
                        "containers[0].readyz.httpGet",
                        "Required value"),
                rule(
                        container + "/readyz/httpGet/port",
                        "65535",
                        "65536",
                        "containers[0].readyz.httpGet.port",
                        "Must be between 1 and 65535"),
                rule(
                        container + "/readyz/httpGet/port",
                        "1",
                        "0",
                        "containers[0].readyz.httpGet.port",
                        "Must be between 1 and 65535"),
                rule(
                        container + "/readyz/httpGet/port",
                        "80",
                        "null",
                        "containers[0].readyz.httpGet.port",
                        "Required value"),
                rule(
                        container + "/readyz/httpGet/path",
                        text("/a-b._~!$&'()*+,;=:@/%2F"),
                        text("/a b"),
                        "containers[0].readyz.httpGet.path",
                        "Must be an absolute URL path"),
                rule(
                        container + "/readyz/httpGet/path",
                        "null",
                        text("readyz"),
                        "containers[0].readyz.httpGet.path",
                        "Must be an absolute URL path"),
                rule(
                        container + "/readyz/httpGet/path",
                        text("/%0a"),
                        text("/%0"),
                        "containers[0].readyz.httpGet.path",
                        "Must be an absolute URL path"),
                rule(
                        container + "/readyz/httpGet/path",
                        text("/" + "a".repeat(1023)),
                        text("/" + "a".repeat(1024)),
                        "containers[0].readyz.httpGet.path",
                        "Must be at most 1024"),
                rule(
                        container + "/volumeMounts",
                        items(32, i -> "{\"name\":\"a\",\"mountPath\":\"/a\"}"),
                        items(33, i -> "{\"name\":\"a\",\"mountPath\":\"/a\"}"),
                        "containers[0].volumeMounts",
                        "Must have at most 32 items"),
                rule(
                        container + "/volumeMounts/0/name",
                        text("data"),
                        text("Data"),
                        "containers[0].volumeMounts[0].name",
                        label),
                rule(
                        container + "/volumeMounts/0/mountPath",
                        text("/a/b.c/..d"),
                        "null",
                        "containers[0].volumeMounts[0].mountPath",
                        "Required value"),
                rule(
                        container + "/volumeMounts/0/mountPath",
                        text("/" + "ab/".repeat(1364) + "xyz"),
                        text("/" + "a".repeat(4096)),
                        "containers[0].volumeMounts[0].mountPath",
                        "Must be at most 4096"),
                new Rule(
                        container + "/volumeMounts/0/mountPath",
                        List.of(text("/home/.cache"), text("/a b")),
                        Stream.of(
                                        "a",
                                        "/",
                                        "/a:b",
                                        "/a/../b",
                                        "/a/..",
                                        "/a/./b",
                                        "/.",
                                        "//a",
                                        "/a//b",
                                        "/a/",
                                        "/a\\u0000",
                                        "/a\\n",
                                        "")
                                .map(ActorTemplateRulesTest::text)
                                .toList(),
                        "containers[0].volumeMounts[0].mountPath",
                        CLEAN),
                rule(
                        "/volumes",
                        items(32, i -> "{\"name\":\"v" + i + "\",\"durableDir\":{}}"),
                        items(33, i -> "{\"name\":\"v" + i + "\",\"durableDir\":{}}"),
                        "volumes",
                        "Must have at most 32 items"),
                rule("/volumes/0/name", text("data"), text("data."), "volumes[0].name", label),
                rule("/volumes/0/durableDir", "{}", "null", "volumes[0]", "Exactly one volume source must be set"),
                rule("/snapshotsConfig", "{\"location\":\"x\"}", "null", "snapshotsConfig", "Required value"),
                rule(
                        "/snapshotsConfig/location",
                        text("x"),
                        text(""),
                        "snapshotsConfig.location",
                        "Must be at least 1"),
                rule("/snapshotsConfig/location", text("x"), "null", "snapshotsConfig.location", "Required value"),
                rule(
                        "/snapshotsConfig",
                        "{\"location\":\"x\",\"onPause\":\"Data\",\"onCommit\":\"Data\"}",
                        "{\"location\":\"x\",\"onPause\":\"Data\"}",
                        "snapshotsConfig",
                        "onCommit must be a subset of onPause"),
                rule(
                        "/runsc/amd64/sha256Hash",
                        text("abc123"),
                        text("ABC"),
                        "runsc.amd64.sha256Hash",
                        "Must be lower case"),
                rule("/runsc/arm64/url", text("x"), text(""), "runsc.arm64.url", "Must be at least 1"),
                rule("/runsc/arm64", "null", "{}", "runsc.arm64.url", "Required value"),
                new Rule(
                        "/lifecycle/idleTimeout",
                        List.of(text("0"), text("90s"), text("1h30m"), "null"),
                        List.of(text("5"), text("soon"), text("-1s")),
                        "lifecycle.idleTimeout",
                        "Must be a duration"));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void eachRuleAcceptsAndRefuses(Rule rule) throws Exception {
        for (String accepted : rule.accepted()) {
            assertThat(violations(rule.pointer(), accepted)).as(accepted).isEmpty();
        }
        for (String refused : rule.refused()) {
            assertThat(violations(rule.pointer(), refused)).as(refused).anySatisfy(v -> {
                assertThat(v.field()).isEqualTo("spec." + rule.field());
                assertThat(v.message()).startsWith(rule.message());
            });
        }
    }

    @Test
    void allBrokenRulesAreReportedTogether() throws Exception {
        ObjectNode spec = (ObjectNode) JSON.readTree(VALID);
        spec.put("pauseImage", "x");
        ((ObjectNode) spec.at("/containers/0")).put("image", "y");

        assertThat(ActorTemplateRules.violations(read(spec)))
                .extracting(Violation::field)
                .containsExactly("spec.pauseImage", "spec.containers[0].image");
    }

    @Test
    void whatIsDeclaredAndWhatIsLeftToItsDefaultAreEqual() throws Exception {
        ObjectNode explicit = (ObjectNode) JSON.readTree(VALID);
        explicit.put("sandboxClass", "gvisor");
        ObjectNode implied = explicit.deepCopy();
        implied.remove("sandboxClass");
        ((ObjectNode) implied.get("snapshotsConfig")).remove("onPause");
        ((ObjectNode) implied.at("/containers/0/readyz/httpGet")).remove("path");

        assertThat(read(implied)).isNotEqualTo(read(explicit));
        assertThat(read(implied).withDefaults()).isEqualTo(read(explicit).withDefaults());
    }

    @Test
    void theTextOfAnEnvironmentVariableHidesItsValue() throws Exception {
        assertThat(read(JSON.readTree(VALID.replace("\"1\"", "\"hunter2\""))).toString())
                .doesNotContain("hunter2")
                .contains("EnvVar[name=A]");
    }

    private static List<Violation> violations(String pointer, String value) throws Exception {
        JsonNode spec = JSON.readTree(VALID);
        JsonPointer path = JsonPointer.compile(pointer);
        JsonNode parent = spec.at(path.head());
        String last = path.last().getMatchingProperty();
        if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(last), JSON.readTree(value));
        } else {
            ((ObjectNode) parent).set(last, JSON.readTree(value));
        }
        return ActorTemplateRules.violations(read(spec));
    }

    private static ActorTemplateSpec read(JsonNode spec) throws JsonProcessingException {
        return JSON.treeToValue(spec, ActorTemplateSpec.class);
    }

    private static Rule rule(String pointer, String accepted, String refused, String field, String message) {
        return new Rule(
                pointer, Collections.singletonList(accepted), Collections.singletonList(refused), field, message);
    }

    private static String container(int i) {
        return "{\"name\":\"c%d\",\"image\":\"x@y\"}".formatted(i);
    }

    private static String items(int count, java.util.function.IntFunction<String> item) {
        return "["
                + String.join(
                        ",",
                        java.util.stream.IntStream.range(0, count)
                                .mapToObj(item)
                                .toList()) + "]";
    }

    private static String text(String value) {
        return "\"" + value + "\"";
    }
}
