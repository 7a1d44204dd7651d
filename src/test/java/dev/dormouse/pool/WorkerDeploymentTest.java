package dev.dormouse.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.dormouse.sandboxconfig.SandboxConfigSpec.Asset;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Deployments of some pools: src/test/resources/deployments holds for each what goes in and what comes out. */
class WorkerDeploymentTest {

    private static final WorkerDeployment.Settings SETTINGS =
            new WorkerDeployment.Settings("api.ate-system.svc:443", "the CA", Duration.ofSeconds(330));

    private final KubernetesSerialization kubernetes = new KubernetesSerialization();

    @ParameterizedTest
    @ValueSource(strings = {"counter", "kagent", "microvm"})
    void aPoolBecomesThisDeployment(String name) throws IOException {
        WorkerPool pool;
        try (InputStream in = file(name, "in")) {
            pool = kubernetes.unmarshal(in, WorkerPool.class);
        }

        Deployment deployment =
                WorkerDeployment.of(pool, SETTINGS, Map.of("amd64", new Asset("gs://gvisor/runsc", "0".repeat(64))));

        JsonNode expected;
        try (InputStream out = file(name, "out")) {
            expected = new YAMLMapper().readTree(out);
        }
        assertThat(new ObjectMapper().readTree(kubernetes.asJson(deployment)))
                .as(kubernetes.asYaml(deployment))
                .isEqualTo(expected);
    }

    private static InputStream file(String name, String side) {
        return WorkerDeploymentTest.class.getResourceAsStream("/deployments/%s/%s.yaml".formatted(name, side));
    }
}
