package dev.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DatabaseCheckTest {

    private static final Pattern MIGRATION = Pattern.compile("V(\\d+)__.*\\.sql");

    @Test
    void theKnownSchemaIsThatOfTheNewestMigration() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/db/migration"))) {
            int newest = files.map(file -> file.getFileName().toString())
                    .flatMap(name -> MIGRATION.matcher(name).results())
                    .map((MatchResult migration) -> Integer.parseInt(migration.group(1)))
                    .max(Integer::compare)
                    .orElseThrow();

            assertThat(DatabaseCheck.SCHEMA_VERSION).isEqualTo(newest);
        }
    }

    @Test
    void aDatabaseOutOfReachIsNamedWithoutItsPassword() {
        assertThatThrownBy(
                        () -> DatabaseCheck.run("jdbc:postgresql://127.0.0.1:1/none?password=secret", "me", "secret"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the database jdbc:postgresql://127.0.0.1:1/none can't be used: ")
                .hasMessageNotContaining("secret");
    }
}
