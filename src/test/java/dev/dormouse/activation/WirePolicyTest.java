package dev.dormouse.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dormouse.ateom.wire.Policy;
import dev.dormouse.platform.Failure;
import dev.dormouse.template.PolicySpec;
import org.junit.jupiter.api.Test;

class WirePolicyTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static PolicySpec spec(String json) throws Exception {
        return JSON.readValue(json, PolicySpec.class);
    }

    @Test
    void nodesAreToldWithDefaultsApplied() throws Exception {
        PolicySpec spec = spec("""
                {"egress": {"allow": [
                   {"hosts": ["*.example.com"], "ports": [{"port": 443}, {"port": 53, "protocol": "UDP"}]},
                   {"cidrs": ["10.1.2.3/8"]}]},
                 "self": {"suspend": false}}""");

        Policy told = WirePolicy.of(spec);

        assertThat(told.getRefusesSuspend()).isTrue();
        assertThat(told.getEgress().getAllowsByDefault()).isFalse();
        assertThat(told.getEgress().getRules(0).getHostsList()).containsExactly("*.example.com");
        assertThat(told.getEgress().getRules(0).getPortsList())
                .extracting(port -> port.getPort() + " " + port.getUdp())
                .containsExactly("443 false", "53 true");
        assertThat(told.getEgress().getRules(1).getCidrsList()).containsExactly("10.0.0.0/8");
    }

    @Test
    void whatIsAbsentIsNotRestricted() throws Exception {
        assertThat(WirePolicy.of(spec("{}"))).isEqualTo(Policy.getDefaultInstance());
        assertThat(WirePolicy.of(spec("{\"self\": {}}")).getRefusesSuspend()).isFalse();
        assertThat(WirePolicy.of(spec("{\"egress\": {\"default\": \"Allow\"}}"))
                        .getEgress()
                        .getAllowsByDefault())
                .isTrue();
    }

    @Test
    void whatIsNotValidIsNotTold() throws Exception {
        PolicySpec spec = spec("{\"egress\": {\"allow\": [{\"cidrs\": [\"10.0.0.0\"]}]}}");

        assertThatThrownBy(() -> WirePolicy.of(spec))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("spec.policy.egress is not valid");
    }

    @Test
    void aPolicyIsWrittenAsItWasRead() throws Exception {
        String json = "{\"egress\":{\"default\":\"Deny\",\"allow\":[{\"hosts\":[\"a\"],\"ports\":[{\"port\":1}]}]}}";

        assertThat(JSON.writeValueAsString(spec(json))).isEqualTo(json);
        assertThat(JSON.writeValueAsString(spec("{\"self\":{}}"))).isEqualTo("{\"self\":{}}");
    }
}
