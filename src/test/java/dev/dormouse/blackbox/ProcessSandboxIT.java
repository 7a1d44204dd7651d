package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server on machines that can't run gVisor: without runsc, and for a user who isn't root. */
class ProcessSandboxIT {

    private static final String NOBODY = "65534";

    /** Runs a command that finds something in the place of each runsc that can't be run. */
    static final List<String> HIDING_RUNSC = List.of(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "for runsc in $(which -a runsc); do mount --bind /dev/null $runsc || exit 1; done; exec \"$@\"",
            "sh");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path temp;

    private @Nullable ServerProcess server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void withoutRunscActorsRunAsProcessesAndKeepTheirFilesButNoMemory() throws IOException {
        assumeTrue(isRoot(), "only root can hide runsc");
        Path data = Files.createDirectory(temp.resolve("data"));
        var launch = new ServerProcess.Launch(HIDING_RUNSC, Program.underTest(), Map.of());
        server = ServerProcess.start(data, launch, "--demo", "target/demo");
        StandaloneIT.awaitReady(server);

        saysOnceWhatIsMissing("runsc is not on the PATH");
        filesOutliveASleepAndMemoryDoesNot();
        aTemplateThatNamesGvisorWaitsAndSaysWhy();
    }

    @Test
    void aUserWhoIsNotRootGetsTheSame() throws Exception {
        List<String> prefix =
                isRoot() ? List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups") : List.of();
        Path application = readable("target/quarkus-app");
        Path demo = readable("target/demo");
        Path data = Files.createDirectory(temp.resolve("data"));
        if (isRoot()) {
            run("chown", "-R", NOBODY + ":" + NOBODY, data.toString());
        }
        assumeTrue(
                runsJava(prefix), "the JDK is where other users can't read it: nobody but root could start the server");

        server = ServerProcess.start(
                data,
                new ServerProcess.Launch(
                        prefix, Program.at(application.resolve("quarkus-run.jar")), Map.of("HOME", data.toString())),
                "--demo",
                demo.toString());
        StandaloneIT.awaitReady(server);

        saysOnceWhatIsMissing("gVisor needs root");
        StandaloneIT.create(server, "counter");
        assertThat(StandaloneIT.count(server.request("counter", "/"))).isEqualTo(1);
        assertThat(StandaloneIT.count(server.request("counter", "/"))).isEqualTo(2);
        suspend("counter");
        assertThat(StandaloneIT.count(server.request("counter", "/")))
                .as("it boots anew: memory is not kept")
                .isEqualTo(1);
    }

    private void saysOnceWhatIsMissing(String what) {
        List<JsonObject> warnings = await().atMost(Duration.ofSeconds(10))
                .until(
                        () -> new LogLines(server().log())
                                .matching(line -> line.getString("message").contains("plain processes")),
                        lines -> !lines.isEmpty());
        assertThat(warnings).hasSize(1);
        assertThat(warnings.getFirst().getString("level")).isEqualTo("WARN");
        assertThat(warnings.getFirst().getString("message"))
                .startsWith("No gVisor here: ")
                .contains(what, "without isolation", "Data snapshots");
    }

    private void filesOutliveASleepAndMemoryDoesNot() throws IOException {
        apply(Files.readString(Path.of("target/demo/examples/counter-data.yaml")));
        awaitPhase("counter-data", "Ready");
        var created = server().call("POST", "/v1/atespaces/default/actors", """
                {"id": "filed", "template": {"namespace": "demo", "name": "counter-data"}}""");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        StandaloneIT.create(server(), "forgetful");
        for (int i = 1; i <= 2; i++) {
            assertThat(StandaloneIT.count(server().request("filed", "/"))).isEqualTo(i);
            assertThat(StandaloneIT.count(server().request("forgetful", "/"))).isEqualTo(i);
        }

        suspend("filed");
        suspend("forgetful");

        JsonObject snapshot = StandaloneIT.actor(server(), "filed").getJsonObject("snapshot");
        assertThat(snapshot.getString("scope")).isEqualTo("DATA");
        assertThat(StandaloneIT.count(server().request("filed", "/"))).isEqualTo(3);
        assertThat(StandaloneIT.count(server().request("forgetful", "/"))).isEqualTo(1);
    }

    private void aTemplateThatNamesGvisorWaitsAndSaysWhy() throws IOException {
        apply(Files.readString(Path.of("target/demo/manifests/counter.yaml"))
                .replaceAll("(?s)^.*\n---\n", "")
                .replace("name: counter\nspec:", "name: isolated\nspec:\n  sandboxClass: gvisor"));
        String why =
                "no worker has sandboxes of class gvisor, which the template names: those of the fitting pools have process";

        await("the condition").atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            JsonObject ready = status("isolated").getJsonArray("conditions").getJsonObject(0);
            assertThat(ready.getString("type")).isEqualTo("Ready");
            assertThat(ready.getString("status")).isEqualTo("False");
            assertThat(ready.getString("message")).isEqualTo(why);
        });
        String golden = status("isolated").getString("goldenActorID");
        JsonObject explanation = new JsonObject(server().get("/v1/atespaces/ate-golden/actors/%s/why".formatted(golden))
                .body());
        assertThat(explanation.getString("summary")).isEqualTo(why);
        assertThat(explanation.getJsonArray("workers"))
                .hasSize(3)
                .allSatisfy(worker -> assertThat(((JsonObject) worker).getString("reason"))
                        .isEqualTo("its sandboxes are of class process, the template names gvisor"));
    }

    private ServerProcess server() {
        if (server == null) {
            throw new IllegalStateException("not started");
        }
        return server;
    }

    private JsonObject status(String template) {
        return new JsonObject(
                        server().get("/v1/actortemplates/demo/" + template).body())
                .getJsonObject("status", new JsonObject());
    }

    private void awaitPhase(String template, String phase) {
        await(template)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> status(template).getString("phase", "").equals(phase));
    }

    private void apply(String yaml) {
        var answer = server().call("PUT", "/v1/manifests", yaml);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private void suspend(String actor) {
        var answer = server().call("POST", "/v1/atespaces/default/actors/%s:suspend".formatted(actor), null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /** A copy that other users can read, too: the checkout may be root's alone. */
    private Path readable(String built) throws Exception {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path copy = temp.resolve(Path.of(built).getFileName());
        run("cp", "-r", built, copy.toString());
        return copy;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static boolean runsJava(List<String> prefix) throws Exception {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(ProcessHandle.current().info().command().orElseThrow(), "-version"));
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }
}
