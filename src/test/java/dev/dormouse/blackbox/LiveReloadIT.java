package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Dev mode as {@code make dev} starts it, on a copy of the project whose sources change while actors live. */
@Tag("gvisor")
class LiveReloadIT {

    private static final Duration RELOADED = Duration.ofSeconds(60);
    private static final String CHANGED_SOURCE = "src/main/java/dev/dormouse/console/WakeHistogram.java";

    private static final List<String> SOURCES = List.of("src/main", "src/demo", "src/crd");

    /** Of what was built, what a build of the copy needs not do again. */
    private static final List<String> BUILT =
            List.of("classes", "crd-build", "demo", "demo-build", "generated-sources", "kubernetes", "maven-status");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    private Path project;

    @BeforeEach
    void copyProject() throws Exception {
        project = Files.createDirectories(directory.resolve("project/target")).getParent();
        copy(List.of("pom.xml", ".mvn"), project);
        copy(SOURCES, Files.createDirectory(project.resolve("src")));
        copy(
                BUILT.stream()
                        .map("target/"::concat)
                        .filter(built -> Files.exists(Path.of(built)))
                        .toList(),
                project.resolve("target"));
    }

    @Test
    void aChangeOfTheSourcesKeepsActorsAndData() throws Exception {
        var launch = new ServerProcess.Launch(List.of(), Program.at(devMode()), Map.of());
        Path data = Files.createDirectory(project.resolve(".dormouse"));
        // ends with all that it started, or closing fails
        try (ServerProcess server = ServerProcess.start(data, launch)) {
            StandaloneIT.awaitReady(server);
            String golden = golden(server);
            StandaloneIT.create(server, "awake");
            StandaloneIT.create(server, "asleep");
            JsonObject before = StandaloneIT.actor(server, "awake");
            for (int i = 1; i <= 3; i++) {
                assertThat(StandaloneIT.count(server.request("awake", "/"))).isEqualTo(i);
            }
            assertThat(StandaloneIT.count(server.request("asleep", "/"))).isEqualTo(1);
            suspend(server, "asleep");
            assertThat(server.get("/").body()).contains(">more<");

            change(CHANGED_SOURCE, "\"more\"", "\"longer\"");

            // in dev mode a request makes it look for changes
            await("the changed page")
                    .atMost(RELOADED)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> server.get("/").body().contains(">longer<"));
            assertThat(StandaloneIT.count(server.request("awake", "/"))).isEqualTo(4);
            assertThat(StandaloneIT.count(server.request("asleep", "/"))).isEqualTo(2);
            assertThat(StandaloneIT.actor(server, "awake").getString("uid")).isEqualTo(before.getString("uid"));
            assertThat(golden(server)).isEqualTo(golden);
            StandaloneIT.create(server, "new");
            assertThat(StandaloneIT.count(server.request("new", "/"))).isEqualTo(1);
        }
    }

    /** Takes the options of a packaged server, all but the data directory, in the order in which {@link ServerProcess} gives them. */
    private Path devMode() throws IOException {
        Path script = Files.writeString(directory.resolve("dev-mode"), """
                #!/bin/sh
                export QUARKUS_HTTP_PORT="$5" DORMOUSE_ROUTER_PORT="$7" QUARKUS_MANAGEMENT_PORT="$9"
                export JAVA_HOME=%s QUARKUS_ANALYTICS_DISABLED=true
                cd %s && exec %s/bin/mvn -B -ntp process-classes quarkus:dev -Dmaven.test.skip=true -Ddebug=false
                """.formatted(
                        System.getProperty("java.home"), project, System.getProperty("maven.home")));
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void change(String source, String from, String to) throws IOException {
        Path file = project.resolve(source);
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }

    private static String golden(ServerProcess server) {
        return new JsonObject(server.get("/v1/actortemplates/demo/counter").body())
                .getJsonObject("status")
                .getString("goldenSnapshot");
    }

    private static void suspend(ServerProcess server, String actor) {
        HttpResponse<String> answer =
                server.call("POST", "/v1/atespaces/default/actors/%s:suspend".formatted(actor), null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static void copy(List<String> files, Path to) throws Exception {
        List<String> command = new ArrayList<>(List.of("cp", "-a"));
        command.addAll(files);
        command.add(to.toString());
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }
}
