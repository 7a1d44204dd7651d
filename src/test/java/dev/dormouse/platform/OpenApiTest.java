package dev.dormouse.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.standalone.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class OpenApiTest {

    @TestHTTPResource("/")
    URI base;

    @Test
    void everyPathIsDescribed() {
        JsonObject paths = document().getJsonObject("paths");

        assertThat(paths.fieldNames())
                .contains(
                        "/v1/atespaces",
                        "/v1/atespaces/{atespace}",
                        "/v1/atespaces/{atespace}/actors",
                        "/v1/atespaces/{atespace}/actors/{id}",
                        "/v1/atespaces/{atespace}/actors/{id}:resume",
                        "/v1/atespaces/{atespace}/actors/{id}:suspend",
                        "/v1/atespaces/{atespace}/actors/{id}:pause",
                        "/v1/atespaces/{atespace}/actors/{id}:fork",
                        "/v1/atespaces/{atespace}/actors/{id}/why",
                        "/v1/atespaces/{atespace}/actors/{id}/events",
                        "/v1/atespaces/{atespace}/actors/{id}/snapshots",
                        "/v1/atespaces/{atespace}/actors/{id}/logs",
                        "/v1/actors",
                        "/v1/workers",
                        "/v1/watch",
                        "/v1/manifests",
                        "/v1/actortemplates",
                        "/v1/workerpools",
                        "/v1/sandboxconfigs",
                        "/.well-known/openid-configuration",
                        "/openid/v1/jwks",
                        "/spiffe/v1/bundle");
        paths.forEach(path -> ((JsonObject) path.getValue()).forEach(operation -> {
            var described = (JsonObject) operation.getValue();
            String name = operation.getKey() + " " + path.getKey();
            assertThat(described.getString("summary")).as(name).isNotBlank();
            assertThat(described.getJsonArray("tags")).as(name).isNotEmpty();
            assertThat(described
                            .getJsonObject("responses")
                            .getJsonObject("default")
                            .encode())
                    .as(name)
                    .contains("application/problem+json");
        }));
    }

    @Test
    void actorsAndProblemsHaveASchema() {
        JsonObject schemas = document().getJsonObject("components").getJsonObject("schemas");

        assertThat(schemas.getJsonObject("Actor").getJsonObject("properties").fieldNames())
                .contains("atespace", "id", "template", "status", "version", "worker", "snapshot", "lastError");
        assertThat(schemas.getJsonObject("Problem").getJsonObject("properties").fieldNames())
                .containsExactlyInAnyOrder("type", "title", "status", "detail", "code");
    }

    private JsonObject document() {
        return new RawApi(base).get("/q/openapi?format=json").json();
    }
}
