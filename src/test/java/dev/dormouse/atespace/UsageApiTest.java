package dev.dormouse.atespace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.RawApi;
import dev.dormouse.standalone.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class UsageApiTest {

    private static final String TITLES = "atespace,template,actor,actorSeconds,wakes,snapshotByteHours\n";

    @TestHTTPResource("/")
    URI base;

    @Inject
    Pool pool;

    private RawApi api;

    @BeforeEach
    void used() throws Exception {
        api = new RawApi(base);
        pool.query("""
                        insert into usage_hour (atespace, hour, template_namespace, template_name, actor_id, actor_us, wakes, byte_seconds)
                        values ('used', '2026-08-01T10:00Z', 'demo', 'counter', 'a', 1500000, 2, 7200),
                               ('used', '2026-08-01T11:00Z', 'demo', 'counter', 'b', 500000, 1, 0)
                        on conflict do nothing""").execute().toCompletionStage().toCompletableFuture().get();
    }

    @Test
    void linesAreOfWhatWasAskedFor() {
        JsonObject of = api.get("/v1/usage?atespace=used").json();
        JsonObject actors = api.get(
                        "/v1/usage?by=actor&template=demo/counter&actor=a&from=2026-08-01T10:00:00Z&to=2026-08-01T13:00:00%2B02:00")
                .json();

        assertThat(of.getJsonArray("items").encode()).isEqualTo("""
                [{"atespace":"used","template":null,"actor":null,"actorSeconds":2,"wakes":3,"snapshotByteHours":2}]""");
        assertThat(of.getValue("nextPageToken")).isNull();
        assertThat(of.getString("meteredTo")).isNotBlank();
        assertThat(actors.getJsonArray("items").encode()).isEqualTo("""
                [{"atespace":"used","template":{"namespace":"demo","name":"counter"},"actor":"a","actorSeconds":1.5,"wakes":2,"snapshotByteHours":2}]""");
        assertThat(api.get("/v1/usage?atespace=used&from=2026-08-02T00:00:00Z")
                        .json()
                        .getJsonArray("items"))
                .isEmpty();
    }

    @Test
    void csvComesByFormatAndByAccept() throws Exception {
        var byFormat = api.get("/v1/usage?atespace=used&by=actor&pageSize=1&format=csv");
        String next = byFormat.response().headers().firstValue("Link").orElseThrow();
        HttpResponse<String> byAccept = accepting("text/csv", "/v1/usage?atespace=used&by=template");

        assertThat(byFormat.status()).isEqualTo(200);
        assertThat(byFormat.mediaType()).startsWith("text/csv");
        assertThat(byFormat.body()).isEqualTo(TITLES + "used,demo/counter,a,1.5,2,2\n");
        assertThat(api.get(next.substring(next.indexOf('<') + 1, next.indexOf('>')))
                        .body())
                .isEqualTo(TITLES + "used,demo/counter,b,0.5,1,0\n");
        assertThat(byAccept.headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
        assertThat(byAccept.body()).isEqualTo(TITLES + "used,demo/counter,,2,3,2\n");
        assertThat(accepting("text/csv", "/v1/usage?atespace=used&format=json").body())
                .startsWith("{");
        assertThat(accepting("*/*", "/v1/usage?atespace=used").body()).startsWith("{");
    }

    private HttpResponse<String> accepting(String mediaType, String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(base.resolve(path))
                            .header("Accept", mediaType)
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from=yesterday",
                "from=2026-08-01T10:30:00Z",
                "from=2026-08-01",
                "from=1969-12-31T00:00:00Z",
                "to=%2B999999999-01-01T00:00:00Z",
                "from=2026-08-02T00:00:00Z&to=2026-08-01T00:00:00Z",
                "from=2026-08-01T00:00:00Z&to=2026-08-01T00:00:00Z",
                "from=9999-01-01T00:00:00Z",
                "by=cats",
                "format=xml",
                "atespace=..",
                "template=counter",
                "template=a/b/c",
                "actor=A",
                "pageSize=-1",
                "pageToken=x",
                "pageToken=MQoA",
                "since=1"
            })
    void badQuestionsAreRefused(String query) {
        api.get("/v1/usage?" + query).problem(400, Code.INVALID_ARGUMENT);
    }
}
