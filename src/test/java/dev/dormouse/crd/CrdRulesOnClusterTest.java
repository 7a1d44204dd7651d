package dev.dormouse.crd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dormouse.kube.KubeTest;
import dev.dormouse.kube.TestCluster;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The API server holds objects to the cases. Nothing is stored. */
@KubeTest
class CrdRulesOnClusterTest {

    private static TestCluster cluster;
    private static Set<String> messages;

    @BeforeAll
    static void connect() throws IOException {
        cluster = new TestCluster();
        messages = InstalledCrds.messages();
    }

    @AfterAll
    static void disconnect() {
        cluster.close();
    }

    @ParameterizedTest
    @MethodSource("dev.dormouse.crd.RuleCase#all")
    void eachRuleAcceptsAndRefuses(RuleCase rule) throws IOException {
        for (String accepted : rule.accepted()) {
            assertThat(create(rule, accepted).at("/spec")).as(accepted).isNotEmpty();
        }
        Constraint constraint = Constraint.of(rule.message(), messages);
        for (String refused : rule.refused()) {
            assertThat(refusal(rule, refused)).as(refused).anySatisfy(cause -> {
                assertThat(field(cause)).isEqualTo("spec." + rule.field());
                assertThat(cause.getReason()).isEqualTo(constraint.reason());
                if (constraint == Constraint.RULE) {
                    assertThat(cause.getMessage()).endsWith(": " + rule.message());
                }
            });
        }
    }

    private static List<StatusCause> refusal(RuleCase rule, String value) {
        KubernetesClientException refusal =
                catchThrowableOfType(KubernetesClientException.class, () -> create(rule, value));
        assertThat(refusal).as("a refusal of %s", value).isNotNull();
        assertThat(refusal.getCode()).as(value).isEqualTo(422);
        return refusal.getStatus().getDetails().getCauses();
    }

    private static JsonNode create(RuleCase rule, String value) throws IOException {
        return cluster.send("POST", rule.kind().path("default") + "?dryRun=All", rule.manifest(value));
    }

    /** A map's key is in brackets or behind a dot, by the rule that is broken. */
    private static String field(StatusCause cause) {
        return cause.getField().replaceAll("\\[([^0-9\\]][^]]*)]", ".$1");
    }
}
