package dev.dormouse.router;

import static dev.dormouse.router.RouterFixture.HOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an ordinary request and its answer look like on the other side. */
class ProxyingTest {

    private final ScriptedWaker waker = ScriptedWaker.at(0);
    private RouterFixture fixture;
    private HttpServer actor;

    @BeforeEach
    void start() {
        fixture = RouterFixture.start(waker);
        actor = fixture.actor(request -> request.body().onSuccess(body -> {
            JsonObject headers = new JsonObject();
            request.headers()
                    .names()
                    .forEach(name -> headers.put(
                            name.toLowerCase(), new JsonArray(request.headers().getAll(name))));
            request.response()
                    .putHeader("x-from-actor", "yes")
                    .putHeader("connection", "x-private")
                    .putHeader("x-private", "hop")
                    .end(new JsonObject()
                            .put("method", request.method().name())
                            .put("uri", request.uri())
                            .put("body", body.toString())
                            .put("headers", headers)
                            .encode());
        }));
        waker.script = ScriptedWaker.at(actor.actualPort()).script;
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private Raw.Answer send(String request) {
        return Raw.send(fixture.port(), request.replace("HOST", HOST));
    }

    private static JsonObject headers(Raw.Answer answer) {
        return new JsonObject(answer.body()).getJsonObject("headers");
    }

    @Test
    void methodUriAndBodyReachTheActor() {
        Raw.Answer answer =
                send("POST /a/b?c=%20d HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");

        JsonObject seen = new JsonObject(answer.body());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(seen.getString("method")).isEqualTo("POST");
        assertThat(seen.getString("uri")).isEqualTo("/a/b?c=%20d");
        assertThat(seen.getString("body")).isEqualTo("hello");
        assertThat(answer.headers()).containsEntry("x-from-actor", "yes");
    }

    @Test
    void theActorSeesTheHostThatTheClientSent() {
        Raw.Answer answer = send("GET / HTTP/1.1\r\nHost: HOST:8080\r\nConnection: close\r\n\r\n");

        assertThat(headers(answer).getJsonArray("host")).containsExactly(HOST + ":8080");
        assertThat(headers(answer).getJsonArray("x-forwarded-host")).containsExactly(HOST + ":8080");
        assertThat(headers(answer).getJsonArray("x-forwarded-for")).containsExactly("127.0.0.1");
        assertThat(headers(answer).getJsonArray("x-forwarded-proto")).containsExactly("http");
    }

    @Test
    void aProxyBeforeUsIsKeptInTheChain() {
        Raw.Answer answer =
                send("GET / HTTP/1.1\r\nHost: HOST\r\nX-Forwarded-For: 10.0.0.9\r\nX-Forwarded-Proto: https\r\n"
                        + "Connection: close\r\n\r\n");

        assertThat(headers(answer).getJsonArray("x-forwarded-for")).containsExactly("10.0.0.9, 127.0.0.1");
        assertThat(headers(answer).getJsonArray("x-forwarded-proto")).containsExactly("https");
    }

    @Test
    void headersOfTheConnectionStayOnIt() {
        Raw.Answer answer =
                send("GET / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nConnection: X-Mine\r\nX-Mine: 1\r\n"
                        + "Keep-Alive: timeout=5\r\nTE: gzip\r\nProxy-Connection: keep-alive\r\nX-Yours: 2\r\n\r\n");

        assertThat(headers(answer).fieldNames())
                .contains("x-yours")
                .doesNotContain("x-mine", "keep-alive", "te", "proxy-connection", "connection");
        assertThat(answer.headers()).doesNotContainKey("x-private");
    }

    @Test
    void aRequestWithTwoHostsIsRefused() {
        Raw.Answer answer = send("GET / HTTP/1.1\r\nHost: HOST\r\nHost: other.team.x\r\nConnection: close\r\n\r\n");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
        assertThat(waker.calls).hasValue(0);
    }

    @Test
    void anAbsoluteTargetGoesBeforeTheHost() {
        Raw.Answer answer = send("GET http://HOST/x?y HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\n\r\n");

        assertThat(new JsonObject(answer.body()).getString("uri")).isEqualTo("/x?y");
        assertThat(headers(answer).getJsonArray("host")).containsExactly(HOST);
    }

    @Test
    void chunksReachTheActor() {
        Raw.Answer answer =
                send("PUT / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                        + "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");

        assertThat(new JsonObject(answer.body()).getString("body")).isEqualTo("abcdefg");
        assertThat(headers(answer).getJsonArray("transfer-encoding")).containsExactly("chunked");
    }

    @Test
    void anOldClientGetsAnAnswerThatEndsWithTheConnection() {
        Raw.Answer answer = send("GET / HTTP/1.0\r\nHost: HOST\r\n\r\n");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).doesNotContainKey("transfer-encoding");
        assertThat(new JsonObject(answer.body()).getString("uri")).isEqualTo("/");
    }

    @Test
    void manyRequestsOnOneConnectionKeepTheirOrder() {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            requests.append(
                    "GET /%d HTTP/1.1\r\nHost: HOST\r\n%s\r\n".formatted(i, i == 49 ? "Connection: close\r\n" : ""));
        }

        String all = Raw.exchange(fixture.port(), requests.toString().replace("HOST", HOST));

        int from = 0;
        for (int i = 0; i < 50; i++) {
            int at = all.indexOf("\"uri\":\"/%d\"".formatted(i), from);
            assertThat(at).as("answer %d", i).isGreaterThan(from);
            from = at;
        }
        // an answer is counted once it is out, which its reader may see first
        await().untilAsserted(() -> assertThat(fixture.count("answered", "2xx")).isEqualTo(50));
    }

    @Test
    void aHostThatNamesNoActorIsAProblem() {
        Raw.Answer answer = send("GET / HTTP/1.1\r\nHost: www.example.org\r\nConnection: close\r\n\r\n");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
        assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo("NOT_FOUND");
        assertThat(waker.calls).hasValue(0);
    }

    @Test
    void healthIsTheRoutersOwnOnlyWithoutAnActor() {
        Raw.Answer own = send("GET /health HTTP/1.1\r\nHost: localhost:8000\r\nConnection: close\r\n\r\n");
        Raw.Answer actors = send("GET /health HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n");

        assertThat(own.status()).isEqualTo(200);
        assertThat(own.body()).isEmpty();
        assertThat(new JsonObject(actors.body()).getString("uri")).isEqualTo("/health");
    }

    @Test
    void whatIsNotHttpIsAProblem() {
        Map<String, Integer> statusByRequest = Map.of(
                "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length: many\r\n\r\n",
                400,
                "GET / HTTP/1.1\r\nHost: HOST\r\nX: " + "x".repeat(20_000) + "\r\n\r\n",
                431,
                "GET /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: HOST\r\n\r\n",
                414,
                "CONNECT HOST:80 HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
                501);

        statusByRequest.forEach((request, status) -> {
            Raw.Answer answer = send(request);

            assertThat(answer.status()).as(answer.body()).isEqualTo(status);
            assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
        });
    }
}
