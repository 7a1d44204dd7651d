package dev.dormouse.sandbox.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RequirementsTest {

    @Test
    void aRunscThatIsNotThereIsNamed() {
        assertThat(GvisorRuntime.missing(Path.of("/nowhere/runsc")))
                .contains("runsc is not an executable file: /nowhere/runsc.");
    }

    @Test
    void eachLackIsOneSentence() {
        assertThat(GvisorRuntime.missing(Path.of("/nowhere/runsc")))
                .allSatisfy(sentence -> assertThat(sentence).endsWith(".").doesNotContain("\n"));
    }

    @Test
    void eachLackingCapabilityIsNamed() {
        // what Docker gives to root
        assertThat(Requirements.missingCapabilities(0xa80425fbL))
                .containsExactly(
                        "gVisor needs CAP_NET_ADMIN, which root lacks here: add it to the container's capabilities.",
                        "gVisor needs CAP_SYS_ADMIN, which root lacks here: add it to the container's capabilities.");
        assertThat(Requirements.missingCapabilities(-1)).isEmpty();
    }
}
