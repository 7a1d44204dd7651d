package dev.dormouse.sandbox.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunscFailureTest {

    @ParameterizedTest
    @CsvSource({
        "restore, hash mismatch, INCOMPATIBLE",
        "restore, container specs not found, INCOMPATIBLE",
        "restore, error decoding from 0x184: unexpected EOF, CORRUPT",
        "restore, no space left on device, DISK_FULL",
        "restore, connection refused, FAILED",
        "checkpoint, statefile error: no space left on device, DISK_FULL",
        "checkpoint, EOF, FAILED",
        "start, exec /server: no such file or directory, FAILED"
    })
    void whatRunscSaysDecidesTheKind(String what, String words, Kind kind) {
        assertThat(RunscFailure.of(what, new SlotShell.Result(128, words)).kind())
                .isEqualTo(kind);
    }

    @Test
    void aFileThatFindsNoSpaceIsAFullDisk() {
        SandboxException failure =
                RunscFailure.of("create", new FileSystemException("/b/config.json", null, "No space left on device"));

        assertThat(failure.kind()).isEqualTo(Kind.DISK_FULL);
    }

    @Test
    void stacksOfACrashAreLeftOutOfTheMessage() {
        SandboxException failure = RunscFailure.of(
                "restore", new SlotShell.Result(128, "decoding\nfailed\ngoroutine 1 [running]:\nx.go:1"));

        assertThat(failure).hasMessage("restore failed: runsc ended with 128: decoding failed");
    }
}
