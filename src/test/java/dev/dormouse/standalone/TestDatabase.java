package dev.dormouse.standalone;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A real PostgreSQL for tests, one server per JVM. As a Quarkus test resource it gives the application a database of its own; a plain
 * test asks for {@link #fresh()}.
 */
public final class TestDatabase implements QuarkusTestResourceLifecycleManager {

    /**
     * An empty database.
     *
     * @param settings Quarkus settings, among them {@code quarkus.datasource.jdbc.url}, {@code .username}, {@code .password}
     */
    public record Fresh(int port, String name, String user, String password, Map<String, String> settings) {
        /** JDBC URL without credentials. */
        public String jdbcUrl() {
            return "jdbc:postgresql://localhost:" + port + "/" + name;
        }
    }

    private static final class Server {
        static final EmbeddedDatabase INSTANCE = start();

        private static EmbeddedDatabase start() {
            try {
                Path directory = Files.createTempDirectory("dormouse-test-db");
                EmbeddedDatabase database = EmbeddedDatabase.openVolatile(directory);
                Runtime.getRuntime().addShutdownHook(new Thread(database::stop));
                return database;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Makes an empty database on the JVM's server. */
    public static Fresh fresh() {
        Map<String, String> admin = Server.INSTANCE.settings();
        String name = "t" + UUID.randomUUID().toString().replace("-", "");
        String adminUrl = admin.get("quarkus.datasource.jdbc.url");
        String user = admin.get("quarkus.datasource.username");
        String password = admin.get("quarkus.datasource.password");
        try (Connection connection = DriverManager.getConnection(adminUrl, user, password);
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        Map<String, String> settings = new HashMap<>(admin);
        settings.replaceAll((key, value) -> key.endsWith(".url") ? value.replaceAll("/postgres$", "/" + name) : value);
        int port = Integer.parseInt(adminUrl.replaceAll(".*:(\\d+)/.*", "$1"));
        return new Fresh(port, name, user, password, Map.copyOf(settings));
    }

    @Override
    public Map<String, String> start() {
        return fresh().settings();
    }

    @Override
    public void stop() {
        // the server is the JVM's and ends with it
    }
}
