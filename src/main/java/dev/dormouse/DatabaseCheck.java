package dev.dormouse;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Whether a server can work with its database, asked before anything is started on it. Blocks, up to 5 s. */
final class DatabaseCheck {

    /** The newest migration in db/migration. */
    static final int SCHEMA_VERSION = 7;

    private static final String UNDEFINED_TABLE = "42P01";
    private static final String LIMIT_SECONDS = "5";

    private DatabaseCheck() {}

    /** @throws IOException with a sentence for the user when it is out of reach, or was migrated by a newer version */
    static void run(String jdbcUrl, String user, String password) throws IOException {
        Properties login = new Properties();
        login.setProperty("user", user);
        login.setProperty("password", password);
        login.setProperty("connectTimeout", LIMIT_SECONDS);
        login.setProperty("socketTimeout", LIMIT_SECONDS);
        try (Connection connection = DriverManager.getConnection(jdbcUrl, login)) {
            int version = schemaVersion(connection);
            if (version > SCHEMA_VERSION) {
                throw new IOException(
                        "the database has schema version %d, and this version of Dormouse knows up to %d: update Dormouse"
                                .formatted(version, SCHEMA_VERSION));
            }
        } catch (SQLException e) {
            throw new IOException(
                    "the database %s can't be used: %s".formatted(withoutOptions(jdbcUrl), e.getMessage()));
        }
    }

    /** 0 before the first migration. */
    private static int schemaVersion(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet newest = statement.executeQuery(
                        "select max(version::int) from flyway_schema_history where success and version is not null")) {
            newest.next();
            return newest.getInt(1);
        } catch (SQLException e) {
            if (UNDEFINED_TABLE.equals(e.getSQLState())) {
                return 0;
            }
            throw e;
        }
    }

    /** Options may hold a password. */
    private static String withoutOptions(String jdbcUrl) {
        int options = jdbcUrl.indexOf('?');
        return options < 0 ? jdbcUrl : jdbcUrl.substring(0, options);
    }
}
