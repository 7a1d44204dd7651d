package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./mvnw quarkus:dev} and nothing else, on a copy of the sources, which the test may change. */
@Tag("gvisor")
class DevModeIT {

    private static final Duration START_LIMIT = Duration.ofMinutes(8);
    private static final Duration RELOAD_LIMIT = Duration.ofMinutes(2);
    private static final String ACTORS = "/v1/atespaces/default/actors";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path checkout;

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private static final int API = ServerProcess.freePort();
    private static final int ROUTER = ServerProcess.freePort();
    private static final int MANAGEMENT = ServerProcess.freePort();
    private static Process maven;

    @BeforeAll
    static void start() throws Exception {
        for (String part : List.of("pom.xml", "mvnw", ".mvn", "src")) {
            run("cp", "-r", part, checkout.resolve(part).toString());
        }
        ProcessBuilder builder = new ProcessBuilder(
                        "./mvnw",
                        "-B",
                        "-ntp",
                        "quarkus:dev",
                        "-Ddebug=false",
                        "-Dquarkus.http.port=" + API,
                        "-Ddormouse.router.port=" + ROUTER,
                        "-Dquarkus.management.port=" + MANAGEMENT)
                .directory(checkout.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        maven = builder.start();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        List<ProcessHandle> all = maven.descendants().toList();
        maven.destroy();
        boolean ended = maven.waitFor(60, TimeUnit.SECONDS);
        await("everything that dev mode started has ended")
                .atMost(Duration.ofSeconds(60))
                .until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(ended).isTrue();
    }

    private static Path log() {
        return checkout.resolve("dev.log");
    }

    @Test
    void actorsAndDataOutliveALiveReload() throws IOException {
        awaitReady(START_LIMIT);
        assertThat(send("POST", ACTORS, """
                {"id": "my-counter", "template": {"namespace": "demo", "name": "counter"}}""").statusCode()).isEqualTo(201);
        for (int i = 1; i <= 3; i++) {
            assertThat(count()).isEqualTo(i);
        }

        String before = "Wakes an actor onto a free worker";
        String after = "Wakes an actor onto any free worker";
        assertThat(send("GET", "/q/openapi", null).body()).contains(before);
        Path source = checkout.resolve("src/main/java/dev/dormouse/activation/ActivationResource.java");
        Files.writeString(source, Files.readString(source).replace(before, after));
        await("the changed source at work; the log is " + log())
                .atMost(RELOAD_LIMIT)
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .until(() -> send("GET", "/q/openapi", null).body().contains(after));

        awaitReady(RELOAD_LIMIT);
        assertThat(count()).as("it went on where it stopped").isEqualTo(4);
        JsonObject actor =
                new JsonObject(send("GET", ACTORS + "/my-counter", null).body());
        assertThat(actor.getLong("generation"))
                .as("asleep during the reload, then woken")
                .isEqualTo(2);
    }

    private static void awaitReady(Duration limit) {
        await("the demo template; the log is " + log())
                .atMost(limit)
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .until(() -> {
                    assertThat(maven.isAlive())
                            .as("mvnw runs; its log is " + log())
                            .isTrue();
                    HttpResponse<String> template = send("GET", "/v1/actortemplates/demo/counter", null);
                    return template.statusCode() == 200
                            && new JsonObject(template.body())
                                    .getJsonObject("status", new JsonObject())
                                    .getString("phase", "")
                                    .equals("Ready");
                });
    }

    private static long count() {
        return StandaloneIT.count(send(HttpRequest.newBuilder(URI.create("http://localhost:" + ROUTER + "/"))
                .header("Host", "my-counter.default.actors.resources.substrate.ate.dev")));
    }

    private static HttpResponse<String> send(String method, String path, String json) {
        return send(HttpRequest.newBuilder(URI.create("http://localhost:" + API + path))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        json == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(json)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.timeout(Duration.ofSeconds(90)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }
}
