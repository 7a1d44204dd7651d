package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The roles of the one program, told apart by name and first word. */
class CommandLineIT {

    @TempDir
    Path place;

    @Test
    void theVersionNamesCommitAndTime() throws Exception {
        Run run = Run.of(Map.of(), Program.underTest().command("--version"));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .matches("dormouse \\S+, commit [0-9a-f]{7,}, built \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\n");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void ateIsTheCommandLine() throws Exception {
        Run run = Run.of(Map.of(), Program.underTest().command("ate", "--help"));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: kubectl-ate ");
        assertThat(run.err()).isEmpty();
    }

    @Test
    @Tag("native")
    void aSymbolicLinkCalledKubectlAteIsTheCommandLine() throws Exception {
        Path link = Files.createSymbolicLink(
                place.resolve("kubectl-ate"), Program.underTest().file());

        Run run = Run.of(Map.of(), List.of(link.toString(), "get", "actors", "--help"));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: kubectl-ate get actors ");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void aShellLearnsToCompleteCommands() throws Exception {
        Path script = place.resolve("completion");
        Files.writeString(
                script,
                Run.of(Map.of(), Program.underTest().command("ate", "completion", "bash"))
                        .out());

        Run run = Run.of(Map.of(), List.of("bash", "-c", """
                source "$1"
                COMP_WORDS=(kubectl-ate su) COMP_CWORD=1
                _complete_kubectl-ate
                echo "${COMPREPLY[@]}"
                """, "bash", script.toString()));

        assertThat(run.out()).isEqualTo("suspend\n");
    }
}
