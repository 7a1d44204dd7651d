package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.bucket.FakeGs;
import dev.dormouse.bucket.S3Server;
import dev.dormouse.files.FileTree;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The packaged server with its snapshots in object stores: actors sleep there and wake from there. */
@Tag("gvisor")
class ObjectStoreIT {

    private static final String SLEEPER = "/v1/atespaces/default/actors/sleeper";
    private static final String DEMO_BUCKET = "ate-snapshots";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path temp;

    @Test
    void actorsSleepInS3() throws Exception {
        // where the demo's manifests say gs://
        Path settings = Files.writeString(
                temp.resolve("more.properties"),
                "dormouse.snapshots.redirect.\"gs\\://\"=s3://%s/".formatted(S3Server.BUCKET));
        try (S3Server s3 = new S3Server(temp.resolve("s3"))) {
            Map<String, String> environment = Map.of(
                    "DORMOUSE_SNAPSHOTS_S3_ENDPOINT",
                    "http://127.0.0.1:" + s3.port(),
                    "QUARKUS_CONFIG_LOCATIONS",
                    settings.toString(),
                    "AWS_ACCESS_KEY_ID",
                    S3Server.KEY,
                    "AWS_SECRET_ACCESS_KEY",
                    S3Server.SECRET);

            sleepsAndWakes(
                    environment,
                    () -> s3.direct().listObjectsV2(request -> request.bucket(S3Server.BUCKET)).contents().stream()
                            .map(S3Object::key)
                            .toList());
        }
    }

    @Test
    void actorsSleepInGooglesStore() throws Exception {
        try (FakeGs gs = new FakeGs(DEMO_BUCKET)) {
            gs.requireToken();
            Map<String, String> environment = Map.of(
                    "DORMOUSE_SNAPSHOTS_GS_ENDPOINT",
                    "http://127.0.0.1:" + gs.port(),
                    "DORMOUSE_SNAPSHOTS_GS_CREDENTIALS",
                    gs.serviceAccount(temp.resolve("account.json")).toString());

            sleepsAndWakes(environment, gs.objects()::keySet);
        }
    }

    /** Asks a store what it holds. */
    private interface Holding {
        Collection<String> keys();
    }

    private void sleepsAndWakes(Map<String, String> environment, Holding store) throws IOException {
        Path data = Files.createDirectory(temp.resolve("data"));
        try (ServerProcess server = ServerProcess.start(data, environment, "--demo", "target/demo")) {
            StandaloneIT.awaitReady(server);
            StandaloneIT.create(server, "sleeper");
            assertThat(StandaloneIT.count(server.request("sleeper", "/"))).isEqualTo(1);

            succeed(server.call("POST", SLEEPER + ":suspend", null));

            assertThat(store.keys())
                    .anyMatch(key -> key.matches(".*/default/sleeper/[^/]+/manifest.json"))
                    .anyMatch(key -> key.matches(".*/default/sleeper/[^/]+/memory/pages.img.zst"));
            assertThat(data.resolve("snapshots")).as("stands in for no bucket").doesNotExist();

            FileTree.delete(data.resolve("ateom/cache/default/sleeper"));
            assertThat(StandaloneIT.count(server.request("sleeper", "/"))).isEqualTo(2);

            succeed(server.call("POST", SLEEPER + ":suspend", null));
            succeed(server.call("DELETE", SLEEPER, null));
            await().untilAsserted(() -> assertThat(store.keys()).noneMatch(key -> key.contains("/sleeper/")));
        }
    }

    private static void succeed(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    }
}
