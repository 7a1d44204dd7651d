package dev.dormouse.sandbox.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunscBuildsTest {

    // of "one"
    private static final String SHA256 = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";

    @TempDir
    Path temp;

    private Path installed;
    private Path directory;
    private RunscBuilds builds;

    @BeforeEach
    void install() throws IOException {
        installed = Files.writeString(temp.resolve("runsc"), "one");
        directory = temp.resolve("builds");
        builds = new RunscBuilds(directory);
    }

    @Test
    void theCopyIsExecutableAndNamedByItsContent() throws Exception {
        RunscBuilds.Kept kept = builds.keep(installed);

        assertThat(kept.sha256()).isEqualTo(SHA256);
        assertThat(kept.path()).isEqualTo(directory.resolve(SHA256)).hasContent("one");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept.path())))
                .isEqualTo("rwxr-xr-x");
    }

    @Test
    void anUpgradeInPlaceLeavesTheCopyAsItIs() throws Exception {
        RunscBuilds.Kept kept = builds.keep(installed);

        // written into the same file: a link would change, too
        Files.writeString(installed, "two");

        assertThat(kept.path()).hasContent("one");
    }

    @Test
    void aCopyThatWasDamagedIsMadeAnew() throws Exception {
        Path kept = builds.keep(installed).path();
        Files.writeString(kept, "damaged");

        assertThat(builds.keep(installed).path()).isEqualTo(kept).hasContent("one");
    }

    @Test
    void onlyTheNewestCopiesStayAndNothingUnfinished() throws Exception {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("123.new"), "cut off");
        for (int i = 1; i <= 5; i++) {
            Files.writeString(installed, "build " + i);
            Path kept = builds.keep(installed).path();
            Files.setLastModifiedTime(kept, FileTime.fromMillis(i * 1000L));
        }

        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(RunscBuildsTest::content)).containsExactlyInAnyOrder("build 3", "build 4", "build 5");
        }
    }

    @Test
    void aBinaryThatCannotBeReadIsNamed() {
        assertThatThrownBy(() -> builds.keep(temp.resolve("nowhere")))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining(temp.resolve("nowhere").toString());
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
