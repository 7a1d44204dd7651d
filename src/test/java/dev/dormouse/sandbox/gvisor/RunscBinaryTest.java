package dev.dormouse.sandbox.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dormouse.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunscBinaryTest {

    @TempDir
    Path directory;

    @Test
    void aReleaseThatCannotCheckpointConnectionsIsTooOld() throws IOException {
        Path old = runsc("release-20221219.0", "-overlay");

        SandboxException refused = catchThrowableOfType(SandboxException.class, () -> GvisorRuntime.check(old));

        assertThat(refused.kind()).isEqualTo(SandboxException.Kind.UNSUPPORTED);
        assertThat(refused).hasMessageContaining("release-20221219.0").hasMessageContaining("2024-07-29");
    }

    @Test
    void theFlagForOpenConnectionsIsTheOneThatTheReleaseKnows() throws Exception {
        RunscBinary before = probe(runsc("release-20240729.0", "-net-disconnect-ok"));
        RunscBinary after = probe(runsc("release-20260601.0", "-allow-connected-on-save"));

        assertThat(before.build().flags()).contains("--net-disconnect-ok");
        assertThat(after.build().flags()).contains("--allow-connected-on-save");
    }

    private static RunscBinary probe(Path runsc) throws SandboxException {
        return RunscBinary.probe(runsc, "0".repeat(64));
    }

    private Path runsc(String version, String flag) throws IOException {
        Path script = directory.resolve("runsc-" + version);
        Files.writeString(script, """
                #!/bin/sh
                case $1 in
                  --version) echo "runsc version %s" ;;
                  flags) echo "  %s" ;;
                esac
                """.formatted(version, flag));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }
}
