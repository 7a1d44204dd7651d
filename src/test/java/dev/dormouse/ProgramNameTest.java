package dev.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgramNameTest {

    @Test
    void theDirectoriesOfAProgramAreNotItsName() {
        assertThat(name("/usr/local/bin/kubectl-ate\0get\0actors\0")).isEqualTo("kubectl-ate");
        assertThat(name("kubectl-ate\0")).isEqualTo("kubectl-ate");
    }

    @Test
    void argumentsAreNoNames() {
        assertThat(name("dormouse\0kubectl-ate\0")).isEqualTo("dormouse");
    }

    @Test
    void aProcessWithoutArgumentsHasNoName() {
        assertThat(name("")).isEmpty();
    }

    private static String name(String commandLine) {
        return ProgramName.of(commandLine.getBytes(StandardCharsets.UTF_8));
    }
}
