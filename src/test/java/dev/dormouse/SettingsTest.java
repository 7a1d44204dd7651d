package dev.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

    private static final String NAME = "dormouse.settings-test";

    @TempDir
    Path place;

    private String dataDirBefore;

    @BeforeEach
    void forget() {
        dataDirBefore = System.clearProperty(Settings.DATA_DIR);
    }

    @AfterEach
    void restore() {
        System.clearProperty(NAME);
        System.clearProperty(Settings.DATA_DIR);
        Settings.set(Settings.DATA_DIR, dataDirBefore);
    }

    private Path file() throws IOException {
        return Files.writeString(place.resolve("application.properties"), NAME + "=of-the-file\n");
    }

    @Test
    void aSettingMayStandInTheFile() throws IOException {
        assertThat(Settings.find(NAME, file())).contains("of-the-file");
    }

    @Test
    void aSystemPropertyGoesBeforeTheFile() throws IOException {
        Settings.set(NAME, "of-the-system");

        assertThat(Settings.find(NAME, file())).contains("of-the-system");
    }

    @Test
    void withoutAFileASettingIsAbsent() throws IOException {
        assertThat(Settings.find(NAME, place.resolve("none"))).isEmpty();
    }

    @Test
    void anInstalledServerKeepsItsDataInTheHomeByDefault() throws IOException {
        assertThat(Settings.dataDirectory(null))
                .isEqualTo(Path.of(System.getProperty("user.home")).resolve(".dormouse"));
    }

    @Test
    void theOptionGoesBeforeTheSettingAndBecomesAbsolute() throws IOException {
        Settings.set(Settings.DATA_DIR, place);

        assertThat(Settings.dataDirectory(null)).isEqualTo(place);
        assertThat(Settings.dataDirectory(Path.of("./here")))
                .isEqualTo(Path.of("here").toAbsolutePath());
    }
}
