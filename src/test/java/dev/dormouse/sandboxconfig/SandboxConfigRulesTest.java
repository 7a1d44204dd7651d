package dev.dormouse.sandboxconfig;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dormouse.platform.Violation;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SandboxConfigRulesTest {

    private static final String ASSET = "{'url': 'x', 'sha256': '%s'}".formatted("a".repeat(64));

    @Test
    void aConfigNeedsNoAssets() throws Exception {
        assertThat(violations("{}")).isEmpty();
    }

    @Test
    void gvisorNeedsRunscForEachArchitecture() throws Exception {
        assertThat(violations("{'assets': {'amd64': {'runsc': %s}}}".formatted(ASSET)))
                .isEmpty();
        assertThat(violations("{'assets': {'amd64': {'runsc': %s}, 'arm64': {}}}".formatted(ASSET)))
                .extracting(Violation::toString)
                .containsExactly("spec.assets.arm64.runsc: Required value: class gvisor needs this asset");
    }

    @Test
    void microvmNeedsItsFiveAssets() throws Exception {
        String all = Stream.of("cloud-hypervisor", "virtiofsd", "kata-kernel", "kata-image", "kata-config")
                .map(name -> "'%s': %s".formatted(name, ASSET))
                .collect(Collectors.joining(","));

        assertThat(violations("{'sandboxClass': 'microvm', 'assets': {'amd64': {%s}}}".formatted(all)))
                .isEmpty();
        assertThat(violations("{'sandboxClass': 'microvm', 'assets': {'amd64': {'runsc': %s}}}".formatted(ASSET)))
                .hasSize(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'url': '', 'sha256': 'S'}  | spec.assets.amd64.runsc.url: Must be at least 1 character long",
                "{'sha256': 'S'}             | spec.assets.amd64.runsc.url: Required value",
                "{'url': 'x'}                | spec.assets.amd64.runsc.sha256: Required value",
                "{'url': 'x', 'sha256': 'a'} | spec.assets.amd64.runsc.sha256: Must be 64 lower case hexadecimal digits"
            })
    void eachBrokenRuleIsNamed(String asset, String violation) throws Exception {
        String spec = "{'assets': {'amd64': {'runsc': %s}}}".formatted(asset.replace("S", "b".repeat(64)));

        assertThat(violations(spec)).extracting(Violation::toString).containsExactly(violation);
    }

    private static List<Violation> violations(String spec) throws Exception {
        return SandboxConfigRules.violations(
                new ObjectMapper().readValue(spec.replace('\'', '"'), SandboxConfigSpec.class));
    }
}
