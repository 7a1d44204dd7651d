package dev.dormouse.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseTest {

    @TempDir(cleanup = CleanupMode.NEVER) // PostgreSQL goes on writing while it ends
    Path directory;

    @Test
    void everyCommitReachesTheDisk() throws SQLException {
        EmbeddedDatabase database = EmbeddedDatabase.open(directory);

        try {
            assertThat(query(database, "show fsync")).isEqualTo("on");
            assertThat(query(database, "show synchronous_commit")).isEqualTo("on");
        } finally {
            database.stop();
        }
    }

    @Test
    void asksForThePasswordThatOnlyItsUserCanRead() throws Exception {
        EmbeddedDatabase database = EmbeddedDatabase.open(directory);

        try {
            String url = database.settings().get("quarkus.datasource.jdbc.url");
            assertThatThrownBy(() -> DriverManager.getConnection(url, "postgres", "guess"))
                    .hasMessageContaining("password authentication failed");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("password"))))
                    .isEqualTo("rw-------");
        } finally {
            database.stop();
        }
    }

    @Test
    void isTakenOverByTheNextServerAndKeepsItsData() throws SQLException {
        EmbeddedDatabase first = EmbeddedDatabase.open(directory);
        execute(first, "create table kept as select 42 as answer");

        EmbeddedDatabase second = EmbeddedDatabase.open(directory);

        try {
            assertThat(second.pid()).isEqualTo(first.pid());
            assertThat(query(second, "select answer from kept")).isEqualTo("42");
        } finally {
            first.stop();
            second.stop();
        }
    }

    @Test
    void isStartedAgainOnTheSamePortWhenKilled() throws SQLException {
        EmbeddedDatabase database = EmbeddedDatabase.open(directory);
        execute(database, "create table kept as select 42 as answer");

        ProcessHandle.of(database.pid().orElseThrow()).orElseThrow().destroyForcibly();

        try {
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> query(database, "select answer from kept").equals("42"));
        } finally {
            database.stop();
        }
    }

    private static String query(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    @Test
    void startsWhenAnotherProgramHasTheNumberOfADeadOne() throws Exception {
        EmbeddedDatabase first = EmbeddedDatabase.open(directory);
        execute(first, "create table kept as select 42 as answer");
        ProcessHandle postmaster = ProcessHandle.of(first.pid().orElseThrow()).orElseThrow();
        Path lock = directory.resolve("data/postmaster.pid");
        List<String> left = new ArrayList<>(Files.readAllLines(lock));
        first.stop();
        postmaster.onExit().get(30, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(30)).until(() -> !Files.exists(lock));
        left.set(0, String.valueOf(ProcessHandle.current().pid()));
        Files.write(lock, left);
        // the library's own lock is this process's until it ends
        Files.delete(directory.resolve("data/epg-lock"));

        EmbeddedDatabase second = EmbeddedDatabase.open(directory);

        try {
            assertThat(query(second, "select answer from kept")).isEqualTo("42");
        } finally {
            second.stop();
        }
    }

    private static void execute(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Connection connect(EmbeddedDatabase database) throws SQLException {
        Map<String, String> settings = database.settings();
        return DriverManager.getConnection(
                settings.get("quarkus.datasource.jdbc.url"),
                settings.get("quarkus.datasource.username"),
                settings.get("quarkus.datasource.password"));
    }
}
