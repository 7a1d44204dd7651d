package dev.dormouse.blackbox;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.image.RealRegistry;
import dev.dormouse.image.TestImages;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Templates whose images are in a real registry that wants a password, on the packaged server. */
@Tag("registry")
@Tag("gvisor")
class RegistryIT {

    private static final String AUTH =
            Base64.getEncoder().encodeToString((RealRegistry.USER + ":" + RealRegistry.PASSWORD).getBytes(ISO_8859_1));

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path dataDir;

    @TempDir
    static Path temp;

    private static RealRegistry registry;
    private static ServerProcess server;
    private static String digest;
    private static String otherDigest;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        registry = RealRegistry.withPassword(temp.resolve("registry"));
        Path demo = Path.of("target/demo/images/counter");
        registry.push(demo, "team/counter");
        digest = Files.readString(Path.of("target/demo/manifests/counter.yaml"))
                .replaceAll("(?s)^.*image: registry\\.example/dormouse/counter@(sha256:\\w+).*$", "$1");
        Path other = temp.resolve("other");
        otherDigest = TestImages.busybox(other, "sh").replaceAll("^.*@", "");
        registry.push(other, "team/other");
        server = ServerProcess.start(dataDir);
        apply("""
                apiVersion: ate.dev/v1alpha1
                kind: WorkerPool
                metadata: {namespace: demo, name: pool}
                spec: {replicas: 2, ateomImage: "registry.example/ateom@sha256:0"}
                """);
    }

    @AfterAll
    static void stop() {
        server.close();
        registry.close();
    }

    private static void apply(String yaml) {
        var answer = server.call("PUT", "/v1/manifests", yaml);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static void applyTemplate(String name, String image, String secrets) {
        apply("""
                apiVersion: ate.dev/v1alpha1
                kind: ActorTemplate
                metadata: {namespace: demo, name: %s}
                spec:
                  pauseImage: registry.k8s.io/pause@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a
                  containers: [{name: main, image: "%s/%s", readyz: {httpGet: {path: /readyz, port: 80}}}]
                  imagePullSecrets: %s
                  snapshotsConfig: {location: "gs://ate-snapshots/demo/%s"}
                """.formatted(name, registry.host(), image, secrets, name));
    }

    private static JsonObject status(String template) {
        return new JsonObject(server.get("/v1/actortemplates/demo/" + template).body())
                .getJsonObject("status", new JsonObject());
    }

    private static void awaitPhase(String template, String phase) {
        await(template)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(status(template).getString("phase", ""))
                        .as(status(template).encode())
                        .isEqualTo(phase));
    }

    @Test
    void aTemplatesSecretOpensTheRegistryAndIsSeenNowhere() throws IOException {
        apply("""
                apiVersion: v1
                kind: Secret
                type: kubernetes.io/dockerconfigjson
                metadata: {namespace: demo, name: registry}
                stringData: {.dockerconfigjson: '{"auths": {"%s": {"auth": "%s"}}}'}
                """.formatted(registry.host(), AUTH));
        applyTemplate("private", "team/counter@" + digest, "[{name: registry}]");
        awaitPhase("private", "Ready");

        var created = server.call("POST", "/v1/atespaces/default/actors", """
                {"id": "guest", "template": {"namespace": "demo", "name": "private"}}""");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        assertThat(StandaloneIT.count(server.request("guest", "/"))).isEqualTo(1);
        server.call("POST", "/v1/atespaces/default/actors/guest:suspend", null);
        assertThat(StandaloneIT.count(server.request("guest", "/"))).isEqualTo(2);

        assertSeenNowhere();
    }

    @Test
    void withoutASecretTheTemplateSaysWhatIsMissing() {
        applyTemplate("closed", "team/other@" + otherDigest, "[{name: absent}]");

        awaitPhase("closed", "Failed");

        assertThat(status("closed").encode())
                .contains("wants credentials for team/other (401 UNAUTHORIZED)")
                .contains("imagePullSecrets");
        assertThat(new LogLines(server.log())
                        .matching(
                                line -> line.getString("message").contains("names Secret absent in imagePullSecrets")))
                .isNotEmpty();
    }

    private static void assertSeenNowhere() throws IOException {
        for (String path : List.of(
                "/v1/actortemplates/demo/private",
                "/v1/actors",
                "/v1/workers",
                "/v1/atespaces/default/actors/guest",
                "/v1/atespaces/default/actors/guest/events",
                "/v1/atespaces/default/actors/guest/snapshots",
                "/v1/atespaces/default/actors/guest/why")) {
            assertThat(server.get(path).body()).as(path).doesNotContain(RealRegistry.PASSWORD, AUTH);
        }
        try (Stream<Path> all = Files.walk(dataDir)) {
            List<Path> files = all.filter(Files::isRegularFile)
                    // the table of manifests is where the Secret is kept
                    .filter(file -> !file.startsWith(dataDir.resolve("postgres")))
                    .filter(file -> file.toString().matches(".*\\.(json|log)"))
                    .toList();
            assertThat(files)
                    .anyMatch(file -> file.endsWith("manifest.json"))
                    .contains(server.log(), server.ateomLog());
            for (Path file : files) {
                assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(RealRegistry.PASSWORD, AUTH);
            }
        }
    }
}
