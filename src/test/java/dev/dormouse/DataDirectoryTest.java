package dev.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

    @TempDir
    Path place;

    @Test
    void aNewDirectoryIsCreatedWithItsParents() throws IOException {
        Path directory = place.resolve("var/lib/dormouse");

        DataDirectory.take(directory);

        assertThat(directory).isDirectory();
    }

    @Test
    void aFileIsNoDataDirectory() throws IOException {
        Path file = Files.writeString(place.resolve("file"), "text");

        assertThatThrownBy(() -> DataDirectory.take(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " is not a directory; choose another with --data-dir");
        assertThatThrownBy(() -> DataDirectory.take(file.resolve("below")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("can't be created");
    }
}
