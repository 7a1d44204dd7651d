package dev.dormouse.activation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.RawApi;
import dev.dormouse.standalone.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class SweepApiTest {

    @TestHTTPResource("/")
    URI base;

    @TempDir
    Path location;

    private final String template = "sweep-" + UUID.randomUUID();
    private RawApi api;

    @BeforeEach
    void declareTemplate() {
        api = new RawApi(base);
        String manifest = """
                apiVersion: ate.dev/v1alpha1
                kind: ActorTemplate
                metadata: {namespace: demo, name: %s}
                spec:
                  pauseImage: registry.example/pause@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a
                  containers:
                    - name: main
                      image: registry.example/main@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a
                  snapshotsConfig: {location: "%s"}
                """.formatted(template, location.toUri());
        assertThat(api.send("PUT", "/v1/manifests", "application/yaml", BodyPublishers.ofString(manifest))
                        .status())
                .isEqualTo(200);
    }

    /** Else its golden actor would start on the workers of other tests. */
    @AfterEach
    void removeTemplate() {
        assertThat(api.delete("/v1/manifests/ActorTemplate/demo/" + template).status())
                .isEqualTo(200);
    }

    @Test
    void whatNobodyNamesIsShownAndOnlyDeletedWhenToldSo() throws IOException {
        Path old = halfWritten(Duration.ofDays(1));
        Path fresh = halfWritten(Duration.ofMinutes(5));

        assertThat(orphans("")).containsExactly(old.getFileName().toString());
        assertThat(orphans("?dryRun=true")).hasSize(1);
        assertThat(old).exists();
        assertThat(orphans("?dryRun=false")).hasSize(1);

        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
        assertThat(orphans("")).isEmpty();
    }

    @Test
    void anythingButTrueAndFalseIsRefused() {
        api.post("/v1/admin/sweep?dryRun=no", "").problem(400, Code.INVALID_ARGUMENT);
    }

    private Path halfWritten(Duration ago) throws IOException {
        Path snapshot = Files.createDirectories(location.resolve("default")
                .resolve("a")
                .resolve(UUID.randomUUID().toString()));
        Path file = Files.writeString(snapshot.resolve("memory"), "x".repeat(100));
        FileTime then = FileTime.from(Instant.now().minus(ago));
        Files.setLastModifiedTime(file, then);
        Files.setLastModifiedTime(snapshot, then);
        return snapshot;
    }

    /** Ids of the orphans in this test's location. */
    private List<String> orphans(String query) {
        JsonObject report = api.post("/v1/admin/sweep" + query, "").json();
        Stream<String> uris = report.getJsonArray("orphans").stream()
                .map(orphan -> ((JsonObject) orphan).getString("uri"))
                .filter(uri -> uri.startsWith(location.toUri().toString()));
        return uris.map(uri -> uri.substring(uri.lastIndexOf('/') + 1)).toList();
    }
}
