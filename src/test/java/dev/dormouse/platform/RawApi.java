package dev.dormouse.platform;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Speaks to the API of a test without help: what is sent is what was written, right or wrong. */
public final class RawApi {

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;

    /** @param base the root of the server */
    public RawApi(URI base) {
        this.base = base;
    }

    /** An answer, its body still text. */
    public record Answer(int status, String mediaType, String body, HttpResponse<String> response) {

        public JsonObject json() {
            return new JsonObject(body);
        }

        /** The sentence of a problem, after checking that this is one and agrees with itself. */
        public String problem(int expectedStatus, Code code) {
            if (status != expectedStatus || !mediaType.equals("application/problem+json")) {
                throw new AssertionError("no problem %d but %s".formatted(expectedStatus, this));
            }
            JsonObject problem = json();
            if (problem.getInteger("status") != expectedStatus
                    || !problem.getString("code").equals(code.name())
                    || problem.getString("title").isEmpty()) {
                throw new AssertionError("another problem: " + body);
            }
            return problem.getString("detail");
        }
    }

    /** Makes sure that there is an ActorTemplate demo/counter; it never gets Ready, for there is no pool to run it on. */
    public void declareCounter() {
        Answer answer = send("PUT", "/v1/manifests", "application/yaml", BodyPublishers.ofString("""
                apiVersion: ate.dev/v1alpha1
                kind: ActorTemplate
                metadata: {namespace: demo, name: counter}
                spec:
                  pauseImage: registry.example/pause@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a
                  containers:
                    - name: counter
                      image: registry.example/counter@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a
                  snapshotsConfig: {location: "file:/nowhere/snapshots"}
                """));
        if (answer.status() != 200) {
            throw new AssertionError(answer);
        }
    }

    public Answer get(String path) {
        return send("GET", path, null, BodyPublishers.noBody());
    }

    public Answer delete(String path, String... headers) {
        return send("DELETE", path, null, BodyPublishers.noBody(), headers);
    }

    public Answer post(String path, String json) {
        return send("POST", path, "application/json", BodyPublishers.ofString(json));
    }

    public Answer patch(String path, String json, String... headers) {
        return send("PATCH", path, "application/json", BodyPublishers.ofString(json), headers);
    }

    public Answer send(String method, String path, String mediaType, BodyPublisher body, String... headers) {
        try {
            return answer(http.send(request(method, path, mediaType, body, headers), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    public CompletableFuture<Answer> postLater(String path, String json) {
        return http.sendAsync(
                        request("POST", path, "application/json", BodyPublishers.ofString(json)),
                        BodyHandlers.ofString())
                .thenApply(RawApi::answer);
    }

    private HttpRequest request(String method, String path, String mediaType, BodyPublisher body, String... headers) {
        var request =
                HttpRequest.newBuilder(base.resolve(path)).method(method, body).timeout(Duration.ofSeconds(30));
        if (mediaType != null) {
            request.header("Content-Type", mediaType);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    private static Answer answer(HttpResponse<String> response) {
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.body(),
                response);
    }
}
