package dev.dormouse.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dormouse.platform.Violation;
import org.junit.jupiter.api.Test;

class ActorTemplateRulesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
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
             "lifecycle": {"idleTimeout": "5m"},
             "imagePullSecrets": [{"name": "registry"}]}""";

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

    private static ActorTemplateSpec read(JsonNode spec) throws JsonProcessingException {
        return JSON.treeToValue(spec, ActorTemplateSpec.class);
    }
}
