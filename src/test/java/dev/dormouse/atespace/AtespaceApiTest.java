package dev.dormouse.atespace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.RawApi;
import dev.dormouse.platform.RawApi.Answer;
import dev.dormouse.standalone.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class AtespaceApiTest {

    @TestHTTPResource("/")
    URI base;

    private RawApi api;
    private String name;
    private String path;

    @BeforeEach
    void ownName() {
        api = new RawApi(base);
        name = "t" + UUID.randomUUID().toString().substring(0, 8);
        path = "/v1/atespaces/" + name;
    }

    @Test
    void aNewAtespaceIsShownWhole() {
        Answer created = api.post("/v1/atespaces", """
                {"name":"%s","owner":"a@example.com","labels":{"tier":"gold"},"quotas":{"actors":100,"wakesPerMinute":60}}""".formatted(name));

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.response().headers().firstValue("ETag")).contains("\"1\"");
        JsonObject atespace = created.json();
        assertThat(atespace.fieldNames())
                .containsExactly("name", "uid", "owner", "labels", "quotas", "version", "createdAt");
        assertThat(atespace.getJsonObject("quotas").encode()).isEqualTo("{\"actors\":100,\"wakesPerMinute\":60}");
        assertThat(api.get(path).json()).isEqualTo(atespace);
        assertThat(api.get("/v1/atespaces").json().getJsonArray("items")).contains(atespace);
    }

    @Test
    void aPatchMergesAndCountsTheVersion() {
        api.post("/v1/atespaces", "{\"name\":\"%s\",\"quotas\":{\"actors\":1}}".formatted(name));

        Answer changed = api.patch(path, "{\"quotas\":{\"actors\":null,\"runningActors\":5}}", "If-Match", "\"1\"");

        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.response().headers().firstValue("ETag")).contains("\"2\"");
        assertThat(changed.json().getJsonObject("quotas").encode()).isEqualTo("{\"runningActors\":5}");
        api.patch(path, "{\"owner\":\"x\"}", "If-Match", "\"1\"").problem(412, Code.ABORTED);
        assertThat(api.get(path).json()).isEqualTo(changed.json());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"quotas\":{\"cats\":1}}",
                "{\"quotas\":{\"actors\":-1}}",
                "{\"quotas\":{\"actors\":1.5}}",
                "{\"quotas\":{\"actors\":\"1\"}}",
                "{\"quotas\":{\"actors\":9007199254740992}}",
                "{\"quotas\":{\"actors\":99999999999999999999}}",
                "{\"quotas\":[1]}",
                "{\"quota\":{\"actors\":1}}",
                "{\"labels\":{\"a b\":\"c\"}}",
                "{\"owner\":\"a\\u0000b\"}",
                "{\"owner\":1}",
                "null",
            })
    void whatIsMalformedChangesNothing(String body) {
        api.post("/v1/atespaces", "{\"name\":\"%s\"}".formatted(name));

        api.patch(path, body).problem(400, Code.INVALID_ARGUMENT);

        assertThat(api.get(path).json().getLong("version")).isOne();
    }

    @Test
    void whatIsOverAQuotaIsRefusedWithItsName() {
        api.declareCounter();
        api.post("/v1/atespaces", "{\"name\":\"%s\",\"quotas\":{\"actors\":1}}".formatted(name));
        String actor = "{\"id\":\"%s\",\"template\":{\"namespace\":\"demo\",\"name\":\"counter\"}}";

        assertThat(api.post(path + "/actors", actor.formatted("a")).status()).isEqualTo(201);

        assertThat(api.post(path + "/actors", actor.formatted("b")).problem(429, Code.RESOURCE_EXHAUSTED))
                .isEqualTo("quota actors of atespace %s is reached: limit 1, used 1".formatted(name));
        assertThat(api.patch(path, "{\"quotas\":{\"actors\":2}}").status()).isEqualTo(200);
        assertThat(api.post(path + "/actors", actor.formatted("b")).status()).isEqualTo(201);
    }

    @Test
    void nothingLimitsGoldenActors() {
        api.patch("/v1/atespaces/ate-golden", "{\"quotas\":{\"actors\":1}}").problem(403, Code.PERMISSION_DENIED);
        api.patch("/v1/atespaces/nowhere", "{}").problem(404, Code.NOT_FOUND);
    }
}
