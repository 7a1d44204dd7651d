package dev.dormouse.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.RawApi;
import dev.dormouse.standalone.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class WatchApiTest {

    @TestHTTPResource("/")
    URI base;

    @Test
    void aWatcherSeesActorsComeChangeAndGo() throws Exception {
        var api = new RawApi(base);
        api.declareCounter();
        String atespace = "w" + UUID.randomUUID().toString().substring(0, 8);
        String actors = "/v1/atespaces/" + atespace + "/actors";
        api.post("/v1/atespaces", "{\"name\":\"" + atespace + "\"}");
        List<String> lines = new CopyOnWriteArrayList<>();

        try (var http = HttpClient.newHttpClient()) {
            HttpResponse<Stream<String>> stream = http.send(
                    HttpRequest.newBuilder(base.resolve("/v1/watch?atespace=" + atespace))
                            .build(),
                    BodyHandlers.ofLines());
            assertThat(stream.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
            Thread reader = Thread.startVirtualThread(() -> readUntilHungUp(stream.body(), lines));
            api.post(actors, "{\"id\":\"a\",\"template\":{\"namespace\":\"demo\",\"name\":\"counter\"}}");
            awaitData(lines, "event:actor", data -> data.getString("id").equals("a") && data.getLong("version") == 1);
            api.patch(actors + "/a", "{\"labels\":{\"x\":\"1\"}}");
            awaitData(
                    lines,
                    "event:actor",
                    data -> "1"
                            .equals(data.getJsonObject("labels", new JsonObject())
                                    .getString("x")));
            api.delete(actors + "/a");
            awaitData(
                    lines,
                    "event:actor-deleted",
                    data -> data.equals(
                            new JsonObject().put("atespace", atespace).put("id", "a")));
            http.shutdownNow();
            reader.join();
        }

        // the first thing sent is a comment: the stream has begun before anything happens
        assertThat(lines.getFirst()).startsWith(":");
    }

    @Test
    void anAtespaceThatIsNoNameIsRefused() {
        new RawApi(base).get("/v1/watch?atespace=../x").problem(400, Code.INVALID_ARGUMENT);
    }

    private static void readUntilHungUp(Stream<String> body, List<String> lines) {
        try {
            body.forEach(lines::add);
        } catch (UncheckedIOException e) {
            // hung up
        }
    }

    private static void awaitData(List<String> lines, String event, Predicate<JsonObject> expected) {
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            for (int i = 0; i + 1 < lines.size(); i++) {
                if (lines.get(i).equals(event)
                        && expected.test(new JsonObject(lines.get(i + 1).substring("data:".length())))) {
                    return true;
                }
            }
            return false;
        });
    }
}
