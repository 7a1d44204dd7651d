package dev.dormouse.sandbox.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.sandbox.SandboxRuntime.Running;
import dev.dormouse.sandbox.SandboxRuntime.Slot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("gvisor")
class RunscUpgradeTest {

    @TempDir
    Path directory;

    @Test
    void aRuntimeGoesOnWithTheBuildThatItStartedWith() throws Exception {
        Path installed = Files.copy(
                GvisorRuntime.findRunsc().orElseThrow(),
                directory.resolve("runsc"),
                StandardCopyOption.COPY_ATTRIBUTES);
        try (GvisorFixture gvisor = new GvisorFixture(directory, installed);
                Slot slot = gvisor.runtime.openSlot("upgraded")) {
            Running first = gvisor.boot(slot);
            GvisorFixture.get(slot, first, "/count");

            // what a package manager does: another file under the same name; this one can do nothing
            Path next = Files.writeString(directory.resolve("runsc.new"), "#!/bin/sh\nexit 1\n");
            Files.setPosixFilePermissions(next, Files.getPosixFilePermissions(installed));
            Files.move(next, installed, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

            Path image = gvisor.newImage();
            first.checkpoint(image);
            first.kill();
            assertThat(GvisorFixture.get(slot, gvisor.restore(slot, image), "/count"))
                    .isEqualTo("2");
        }
    }
}
