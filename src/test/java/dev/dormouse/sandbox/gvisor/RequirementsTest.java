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
}
