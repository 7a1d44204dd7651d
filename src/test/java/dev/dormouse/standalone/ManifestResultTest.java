package dev.dormouse.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.standalone.ManifestResult.Outcome;
import org.junit.jupiter.api.Test;

class ManifestResultTest {

    @Test
    void aLogTellsItInTheWordsOfKubectl() {
        assertThat(new ManifestResult("WorkerPool", "demo", "counter", Outcome.CREATED))
                .hasToString("WorkerPool demo/counter created");
        assertThat(new ManifestResult("SandboxConfig", "", "gvisor", Outcome.DELETED))
                .hasToString("SandboxConfig gvisor deleted");
    }
}
