package dev.dormouse.router;

import static dev.dormouse.router.RouterFixture.HOST;
import static dev.dormouse.router.RouterFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** HTTP/2 in the clear, by prior knowledge and by upgrade. */
class Http2Test {

    private record Got(HttpVersion version, int status, MultiMap headers, MultiMap trailers, String body) {}

    private final ScriptedWaker waker = ScriptedWaker.at(0);
    private final AtomicReference<HttpServerRequest> seen = new AtomicReference<>();
    private RouterFixture fixture;

    @BeforeEach
    void start() {
        fixture = RouterFixture.start(waker);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private void actor(io.vertx.core.Handler<HttpServerRequest> handler) {
        HttpServer server = fixture.actor(request -> {
            seen.set(request);
            handler.handle(request);
        });
        waker.script = ScriptedWaker.at(server.actualPort()).script;
    }

    private HttpClient client(boolean upgrade) {
        return fixture.vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(upgrade));
    }

    private Future<HttpClientRequest> request(HttpClient client, HttpMethod method, String uri) {
        return client.request(method, fixture.port(), "127.0.0.1", uri)
                .map(request -> request.authority(HostAndPort.create(HOST, 8080)));
    }

    private static Future<Got> received(HttpClientRequest request) {
        return request.response()
                .compose(response -> response.body()
                        .map(body -> new Got(
                                response.version(),
                                response.statusCode(),
                                response.headers(),
                                response.trailers(),
                                body.toString())));
    }

    private Got get(HttpClient client, String uri) {
        return await(request(client, HttpMethod.GET, uri).compose(request -> {
            request.end();
            return received(request);
        }));
    }

    @Test
    void priorKnowledgeReachesAnActorThatSpeaksHttp1() {
        actor(request -> request.response().end(request.version() + " " + request.uri()));

        Got got = get(client(false), "/x?y=1");

        assertThat(got.version()).isEqualTo(HttpVersion.HTTP_2);
        assertThat(got.body()).isEqualTo("HTTP_1_1 /x?y=1");
        assertThat(seen.get().headers().get("host")).isEqualTo(HOST + ":8080");
        assertThat(seen.get().headers().contains("transfer-encoding")).isFalse();
    }

    @Test
    void anUpgradeFromHttp1DoesToo() {
        actor(request -> request.response().end("hello"));

        Got got = get(client(true), "/");

        assertThat(got.version()).isEqualTo(HttpVersion.HTTP_2);
        assertThat(got.body()).isEqualTo("hello");
        assertThat(seen.get().headers().names()).noneMatch(name -> name.equalsIgnoreCase("http2-settings"));
    }

    @Test
    void manyStreamsShareAConnection() {
        actor(request -> request.body().onSuccess(body -> request.response().end(request.uri() + body)));
        HttpClient client = client(false);

        List<Future<Got>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int n = i;
            all.add(request(client, HttpMethod.POST, "/" + n).compose(request -> {
                request.end("=" + n);
                return received(request);
            }));
        }

        for (int i = 0; i < all.size(); i++) {
            assertThat(await(all.get(i)).body()).isEqualTo("/" + i + "=" + i);
        }
        await().until(() -> fixture.gauge("open") == 0);
    }

    @Test
    void bodiesOfUnknownLengthPass() {
        actor(request -> request.body().onSuccess(body -> request.response().end("got " + body.length())));
        Buffer half = Buffer.buffer(new byte[1 << 20]);

        Got got = await(request(client(false), HttpMethod.PUT, "/").compose(request -> {
            request.setChunked(true);
            request.write(half);
            request.end(half);
            return received(request);
        }));

        assertThat(got.body()).isEqualTo("got " + (2 << 20));
    }

    @Test
    void grpcGoesThroughAsHttp2WithItsTrailersAndBothWaysAtOnce() {
        actor(request -> {
            request.response().putHeader("content-type", "application/grpc");
            request.handler(message -> request.response().write("re " + message));
            request.endHandler(_ -> request.response()
                    .putTrailer("grpc-status", "0")
                    .putTrailer("grpc-message", "ok")
                    .end());
        });
        List<String> messages = new CopyOnWriteArrayList<>();
        Promise<MultiMap> trailers = Promise.promise();

        HttpClientRequest call = await(request(client(false), HttpMethod.POST, "/svc/Method"));
        call.setChunked(true).putHeader("content-type", "application/grpc").putHeader("te", "trailers");
        call.response().onSuccess(response -> {
            response.handler(message -> messages.add(message.toString()));
            response.endHandler(_ -> trailers.complete(response.trailers()));
        });
        call.write("one");
        await().until(() -> messages.contains("re one"));
        call.write("two");
        await().until(() -> messages.contains("re two"));
        call.end();

        assertThat(await(trailers.future()).get("grpc-status")).isEqualTo("0");
        assertThat(seen.get().version()).isEqualTo(HttpVersion.HTTP_2);
        assertThat(seen.get().headers().get("te")).isEqualTo("trailers");
        assertThat(seen.get().authority().toString()).isEqualTo(HOST + ":8080");
    }

    @Test
    void aGrpcAnswerOfTrailersOnlyPasses() {
        actor(request -> request.response()
                .putHeader("content-type", "application/grpc")
                .putHeader("grpc-status", "12")
                .end());

        Got got = await(request(client(false), HttpMethod.POST, "/svc/Unknown").compose(request -> {
            request.putHeader("content-type", "application/grpc").end("x");
            return received(request);
        }));

        assertThat(got.headers().get("grpc-status")).isEqualTo("12");
        assertThat(got.body()).isEmpty();
    }

    @Test
    void aStreamThatTheClientResetsEndsAtTheActor() {
        Promise<Void> gone = Promise.promise();
        actor(request -> {
            request.response().setChunked(true).write("begin");
            request.response().exceptionHandler(_ -> gone.tryComplete());
            request.connection().closeHandler(_ -> gone.tryComplete());
        });

        HttpClientRequest call = await(request(client(false), HttpMethod.GET, "/"));
        call.response().onSuccess(response -> response.handler(_ -> call.reset()));
        call.end();

        await(gone.future());
        await().until(() -> fixture.count("client_gone", "none") == 1 && fixture.gauge("open") == 0);
    }

    @Test
    void anUnknownAuthorityIsAProblem() {
        Got got = await(client(false)
                .request(HttpMethod.GET, fixture.port(), "127.0.0.1", "/")
                .compose(request -> {
                    request.end();
                    return received(request);
                }));

        assertThat(got.status()).isEqualTo(404);
        assertThat(got.headers().get("content-type")).isEqualTo("application/problem+json");
    }
}
