package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.standalone.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A start that can't work says why in one line, ends with 1, and leaves nothing behind that runs. */
class BadInputIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir(cleanup = CleanupMode.NEVER) // PostgreSQL goes on writing while it ends
    Path place;

    @Test
    void anUnknownRole() throws Exception {
        assertRefused(run(Map.of(), "servr"), "'servr' is none of server, ateom and ate; see 'dormouse --help'");
    }

    @Test
    void aDataDirectoryThatIsAFile() throws Exception {
        Path file = Files.writeString(place.resolve("file"), "text");

        assertRefused(server(Map.of(), file), file + " is not a directory; choose another with --data-dir");
    }

    @Test
    void aPortInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Run run = server(Map.of("QUARKUS_HTTP_PORT", String.valueOf(taken.getLocalPort())), place);

            assertRefused(
                    run,
                    "port %d of 127.0.0.1 is in use: end who listens there, or choose another port"
                            .formatted(taken.getLocalPort()));
        }
        assertNoDatabaseRuns();
    }

    @Test
    void aRouterPortInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            Run run = server(Map.of("DORMOUSE_ROUTER_PORT", String.valueOf(taken.getLocalPort())), place);

            assertRefused(
                    run,
                    "the router can't listen at 127.0.0.1:%d; is the port taken? Set dormouse.router.port"
                            .formatted(taken.getLocalPort()));
        }
        assertNoDatabaseRuns();
    }

    @Test
    void aModeThatThereIsNot() throws Exception {
        assertRefused(
                run(Map.of(), "server", "--mode", "cluster"),
                "there is no mode 'cluster'; choose standalone or kubernetes");
    }

    @Test
    void aClusterWithoutADatabase() throws Exception {
        String sentence = "in a cluster the server needs a PostgreSQL; set quarkus.datasource.reactive.url and"
                + " quarkus.datasource.jdbc.url";

        assertRefused(run(Map.of(), "server", "--mode", "kubernetes"), sentence);
        assertRefused(run(Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1"), "server"), sentence);
    }

    @Test
    void aClusterWithManifests() throws Exception {
        assertRefused(
                run(Map.of(), "server", "--mode", "kubernetes", "--manifests", place.toString()),
                "in a cluster what is declared is applied with kubectl; leave out --manifests");
    }

    @Test
    void aCertificateWithoutAKeyAndOneThatIsNotThere() throws Exception {
        String here = Files.writeString(place.resolve("here.pem"), "").toString();

        assertRefused(
                server(Map.of("DORMOUSE_API_TLS_CERTIFICATE", here), place),
                "dormouse.api.tls.certificate and dormouse.api.tls.key belong together; set both, or none");
        assertRefused(
                server(Map.of("DORMOUSE_ACCESS_CLIENT_CA", here), place),
                "dormouse.access.client-ca is for clients over TLS; set dormouse.api.tls.certificate and"
                        + " dormouse.api.tls.key, too");
        assertRefused(
                server(Map.of("DORMOUSE_API_TLS_CERTIFICATE", here, "DORMOUSE_API_TLS_KEY", "/nope.key"), place),
                "can't read /nope.key; correct dormouse.api.tls.key");
    }

    @Test
    void aDatabaseOutOfReach() throws Exception {
        Run run = server(
                Map.of(
                        "QUARKUS_DATASOURCE_REACTIVE_URL", "postgresql://127.0.0.1:1/none",
                        "QUARKUS_DATASOURCE_JDBC_URL", "jdbc:postgresql://127.0.0.1:1/none"),
                place);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("error: the database jdbc:postgresql://127.0.0.1:1/none can't be used: ");
    }

    @Test
    void aDatabaseOfANewerVersion() throws Exception {
        TestDatabase.Fresh database = TestDatabase.fresh();
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute("create table flyway_schema_history (version text, success boolean)");
            statement.execute("insert into flyway_schema_history values ('1', true), ('999', true)");
        }

        Run run = server(
                Map.of(
                        "QUARKUS_DATASOURCE_REACTIVE_URL",
                        "postgresql://localhost:%d/%s".formatted(database.port(), database.name()),
                        "QUARKUS_DATASOURCE_JDBC_URL",
                        database.jdbcUrl(),
                        "QUARKUS_DATASOURCE_USERNAME",
                        database.user(),
                        "QUARKUS_DATASOURCE_PASSWORD",
                        database.password()),
                place);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("error: the database has schema version 999, and this version of Dormouse knows up to ");
    }

    @Test
    void aDemoThatIsNotHere() throws Exception {
        Path nowhere = place.resolve("nowhere");

        assertRefused(
                server(Map.of(), place, "--demo", nowhere.toString()),
                "there is no directory " + nowhere.resolve("manifests") + "; correct --demo");
        assertRefused(
                server(Map.of(), place, "--manifests", nowhere.toString()),
                "there is no directory " + nowhere + "; correct --manifests");
        assertThat(place).isEmptyDirectory();
    }

    @Test
    void aSandboxThatIsNotHere() throws Exception {
        Map<String, String> environment = Map.of("DORMOUSE_ATEOM_RUNSC", "/nowhere/runsc");

        for (Run run : List.of(
                server(environment, place, "--sandbox", "gvisor"),
                run(environment, "ateom", "--data-dir", place.toString(), "--sandbox", "gvisor"))) {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("error: ")
                    .contains("runsc is not an executable file: /nowhere/runsc.");
        }
        assertThat(place).isEmptyDirectory();
    }

    @Test
    @Tag("gvisor")
    void aRunscThatIsTooOld() throws Exception {
        Path runsc = Files.writeString(place.resolve("runsc"), "#!/bin/sh\necho 'runsc version release-20221219.0'\n");
        Files.setPosixFilePermissions(runsc, PosixFilePermissions.fromString("rwx------"));
        Map<String, String> environment = Map.of("DORMOUSE_ATEOM_RUNSC", runsc.toString());
        Path data = place.resolve("data");

        for (Run run : List.of(
                server(environment, data, "--sandbox", "gvisor"),
                run(environment, "ateom", "--data-dir", data.toString(), "--sandbox", "gvisor"))) {
            assertRefused(
                    run,
                    "runsc is release-20221219.0, which is too old: install one of 2024-07-29 or newer, or name it in dormouse.ateom.runsc.");
        }
        assertThat(data).doesNotExist();
    }

    @Test
    @Tag("gvisor")
    void aCapabilityThatIsMissing() throws Exception {
        List<String> command = new ArrayList<>(List.of("setpriv", "--bounding-set", "-sys_admin", "--"));
        command.addAll(Program.underTest().command("ateom", "--data-dir", place.toString(), "--sandbox", "gvisor"));

        assertRefused(
                Run.of(Map.of(), command),
                "gVisor needs CAP_SYS_ADMIN, which root lacks here: add it to the container's capabilities.");
    }

    private static Run server(Map<String, String> environment, Path dataDir, String... options)
            throws IOException, InterruptedException {
        Map<String, String> whole = new HashMap<>(
                Map.of("QUARKUS_HTTP_PORT", "0", "DORMOUSE_ROUTER_PORT", "0", "QUARKUS_MANAGEMENT_PORT", "0"));
        whole.putAll(environment);
        List<String> arguments = new ArrayList<>(List.of("server", "--data-dir", dataDir.toString()));
        arguments.addAll(List.of(options));
        return run(whole, arguments.toArray(String[]::new));
    }

    private static Run run(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return Run.of(environment, Program.underTest().command(arguments));
    }

    private static void assertRefused(Run run, String sentence) {
        assertThat(run.err()).isEqualTo("error: " + sentence + "\n");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    private void assertNoDatabaseRuns() {
        await("the end of PostgreSQL")
                .atMost(LIMIT)
                .until(() -> !Files.exists(place.resolve("postgres/data/postmaster.pid")));
    }
}
