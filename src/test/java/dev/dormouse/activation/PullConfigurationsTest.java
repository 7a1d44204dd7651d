package dev.dormouse.activation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.name.TemplateRef;
import dev.dormouse.template.ActorTemplateSpec;
import dev.dormouse.template.ActorTemplateSpec.PullSecret;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PullConfigurationsTest {

    private static final String CONFIG = "{\"auths\": {\"registry.example\": {\"auth\": \"dTpw\"}}}";

    private final TestCatalog catalog = new TestCatalog();
    private Instant now = Instant.EPOCH;
    private final Workloads workloads = new Workloads(catalog, () -> now);

    private TemplateRef template(String... secrets) {
        ActorTemplateSpec spec = TestCatalog.spec(null);
        ActorTemplateSpec naming = new ActorTemplateSpec(
                spec.pauseImage(),
                spec.containers(),
                null,
                spec.snapshotsConfig(),
                null,
                null,
                null,
                null,
                null,
                null,
                Stream.of(secrets).map(PullSecret::new).toList(),
                null);
        return catalog.template("private", naming, true);
    }

    private Blueprint blueprint(TemplateRef template) {
        return workloads.of(template).await().indefinitely();
    }

    private List<String> sent(TemplateRef template) {
        return blueprint(template).workload().getPullSecretsList();
    }

    @Test
    void secretsOfTheTemplatesNamespaceReachTheWorkerInTheirOrder() {
        catalog.secrets.put("demo/one", Map.of(".dockerconfigjson", CONFIG));
        catalog.secrets.put("demo/two", Map.of(".dockercfg", "{\"other.example\": {}}"));
        catalog.secrets.put("elsewhere/three", Map.of(".dockerconfigjson", CONFIG));

        assertThat(sent(template("two", "one", "three")))
                .containsExactly("{\"auths\":{\"other.example\": {}}}", CONFIG);
    }

    @Test
    void whatIsMissingOrOfAnotherKindIsPassedOver() {
        catalog.secrets.put("demo/other", Map.of("token", "t"));
        catalog.secrets.put("demo/one", Map.of(".dockerconfigjson", CONFIG));

        assertThat(sent(template("absent", "other", "one"))).containsExactly(CONFIG);
    }

    @Test
    void aTemplateWithoutThemSendsNone() {
        assertThat(sent(catalog.template("public", (String) null))).isEmpty();
    }

    @Test
    void aChangedSecretIsNoticedAndLeavesPreparedSandboxesAlone() {
        TemplateRef template = template("one");
        catalog.secrets.put("demo/one", Map.of(".dockerconfigjson", "{}"));
        Blueprint before = blueprint(template);
        catalog.secrets.put("demo/one", Map.of(".dockerconfigjson", CONFIG));

        now = now.plusSeconds(11);
        Blueprint after = blueprint(template);

        assertThat(after.workload().getPullSecretsList()).containsExactly(CONFIG);
        assertThat(after.digest()).isEqualTo(before.digest());
        assertThat(after.toString()).doesNotContain("dTpw");
    }
}
