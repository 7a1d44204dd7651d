package dev.dormouse.router;

import static dev.dormouse.router.RouterFixture.HOST;
import static dev.dormouse.router.RouterFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies pass as they come, both ways, whatever their size and however long they take. */
class StreamingTest {

    private static final long GIGABYTE = 1L << 30;

    private final ScriptedWaker waker = ScriptedWaker.at(0);
    private RouterFixture fixture;

    @BeforeEach
    void start() {
        // head and response time-outs far below what the streams last: a stream must outlive them
        fixture = RouterFixture.start(
                waker,
                s -> Settings.of(s)
                        .headTimeout(Duration.ofMillis(1000))
                        .responseTimeout(Duration.ofMillis(1000))
                        .build());
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private void actor(io.vertx.core.Handler<HttpServerRequest> handler) {
        HttpServer server = fixture.actor(handler);
        waker.script = ScriptedWaker.at(server.actualPort()).script;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.replace("HOST", HOST).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String readUntil(Socket socket, String end) throws IOException {
        StringBuilder read = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (read.indexOf(end) < 0) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("closed after: " + read);
            }
            read.append((char) b);
        }
        return read.toString();
    }

    @Test
    void eventsArriveOneByOneAndOutliveEveryTimeout() throws Exception {
        CompletableFuture<HttpServerResponse> answering = new CompletableFuture<>();
        actor(request -> {
            HttpServerResponse response =
                    request.response().setChunked(true).putHeader("content-type", "text/event-stream");
            response.writeHead();
            answering.complete(response);
        });

        try (Socket socket = Raw.open(fixture.port())) {
            write(socket, "GET /events HTTP/1.1\r\nHost: HOST\r\nAccept: text/event-stream\r\n\r\n");
            readUntil(socket, "\r\n\r\n");
            for (int i = 1; i <= 2; i++) {
                fixture.outlastEveryTimeout();
                answering.join().write("data: " + i + "\n\n");
                assertThat(readUntil(socket, "\n\n")).contains("data: " + i);
            }
            answering.join().end();
            readUntil(socket, "0\r\n\r\n");
        }
        await().until(() -> fixture.count("answered", "2xx") == 1);
    }

    @Test
    void aStreamThatIsSilentForLongerThanEveryTimeoutIsNotCut() throws Exception {
        CompletableFuture<HttpServerResponse> answering = new CompletableFuture<>();
        actor(request -> {
            HttpServerResponse response = request.response().setChunked(true);
            response.write("first ");
            answering.complete(response);
        });

        try (Socket socket = Raw.open(fixture.port())) {
            write(socket, "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n");
            readUntil(socket, "first ");
            fixture.outlastEveryTimeout();
            answering.join().end("second");
            readUntil(socket, "second");
        }
    }

    @Test
    void anUploadReachesTheActorWhileItIsSent() throws Exception {
        AtomicReference<String> seen = new AtomicReference<>("");
        actor(request -> {
            request.handler(chunk -> seen.accumulateAndGet(chunk.toString(), String::concat));
            request.endHandler(_ -> request.response().end("done"));
        });

        try (Socket socket = Raw.open(fixture.port())) {
            write(socket, "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
            await().until(() -> seen.get().equals("one"));
            write(socket, "3\r\ntwo\r\n");
            await().until(() -> seen.get().equals("onetwo"));
            write(socket, "0\r\n\r\n");
            assertThat(readUntil(socket, "done")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void anActorMayAnswerWhileTheUploadGoesOn() throws Exception {
        actor(request -> {
            request.response().setChunked(true);
            request.handler(chunk -> request.response().write("echo " + chunk));
            request.endHandler(_ -> request.response().end());
        });

        try (Socket socket = Raw.open(fixture.port())) {
            write(socket, "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
            readUntil(socket, "echo one");
            write(socket, "3\r\ntwo\r\n");
            readUntil(socket, "echo two");
            write(socket, "0\r\n\r\n");
            readUntil(socket, "0\r\n\r\n");
        }
    }

    @Test
    void aGigabyteComesDownInConstantMemory() throws Exception {
        Buffer block = Buffer.buffer(new byte[64 * 1024]);
        actor(request -> {
            HttpServerResponse response = request.response().putHeader("content-length", Long.toString(GIGABYTE));
            AtomicLong left = new AtomicLong(GIGABYTE);
            fill(response, block, left);
        });

        long most = 0;
        try (Socket socket = Raw.open(fixture.port())) {
            write(socket, "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n");
            readUntil(socket, "\r\n\r\n");
            byte[] bytes = new byte[256 * 1024];
            long read = 0;
            for (int n = 0; read < GIGABYTE && n >= 0; read += n) {
                n = socket.getInputStream().read(bytes);
                most = Math.max(most, DirectMemory.used());
            }
            assertThat(read).isEqualTo(GIGABYTE);
        }
        assertThat(most).isLessThan(200L << 20);
    }

    private static void fill(HttpServerResponse response, Buffer block, AtomicLong left) {
        while (!response.writeQueueFull()) {
            if (left.addAndGet(-block.length()) == 0) {
                response.end(block);
                return;
            }
            response.write(block);
        }
        response.drainHandler(_ -> fill(response, block, left));
    }

    @Test
    void aGigabyteGoesUpInConstantMemory() throws Exception {
        AtomicLong received = new AtomicLong();
        actor(request -> {
            request.handler(chunk -> received.addAndGet(chunk.length()));
            request.endHandler(_ -> request.response().end("done"));
        });

        long most = 0;
        try (Socket socket = Raw.open(fixture.port())) {
            write(socket, "PUT / HTTP/1.1\r\nHost: HOST\r\nContent-Length: " + GIGABYTE + "\r\n\r\n");
            byte[] bytes = new byte[256 * 1024];
            for (long sent = 0; sent < GIGABYTE; sent += bytes.length) {
                socket.getOutputStream().write(bytes);
                most = Math.max(most, DirectMemory.used());
            }
            readUntil(socket, "done");
        }
        assertThat(received).hasValue(GIGABYTE);
        assertThat(most).isLessThan(200L << 20);
    }

    @Test
    void aClientThatDoesNotReadHoldsTheActorBack() throws Exception {
        AtomicLong written = new AtomicLong();
        Buffer block = Buffer.buffer(new byte[64 * 1024]);
        actor(request -> {
            HttpServerResponse response = request.response().setChunked(true);
            fixture.vertx.setPeriodic(1, timer -> {
                if (response.closed()) {
                    fixture.vertx.cancelTimer(timer);
                } else if (!response.writeQueueFull()) {
                    response.write(block);
                    written.addAndGet(block.length());
                }
            });
        });

        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(64 * 1024);
            socket.connect(new java.net.InetSocketAddress("127.0.0.1", fixture.port()));
            write(socket, "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n");
            AtomicLong before = new AtomicLong(-1);
            // the kernel's buffers fill, then nothing moves any more
            await().atMost(Duration.ofSeconds(15))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> written.get() > 0 && before.getAndSet(written.get()) == written.get());
            assertThat(written.get()).isLessThan(64L << 20);
        }
    }

    @Test
    void aClientIsToldToContinueByTheActor() throws Exception {
        AtomicBoolean reading = new AtomicBoolean();
        actor(request -> {
            request.response().writeContinue();
            reading.set(true);
            request.body().onSuccess(body -> request.response().end("got " + body));
        });

        try (Socket socket = Raw.open(fixture.port())) {
            write(socket, "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            assertThat(readUntil(socket, "\r\n\r\n")).startsWith("HTTP/1.1 100");
            assertThat(reading).isTrue();
            write(socket, "abc");
            assertThat(readUntil(socket, "got abc")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void anActorThatRefusesABodyEndsTheConnection() throws Exception {
        actor(request -> request.response().setStatusCode(413).end("too large"));

        try (Socket socket = Raw.open(fixture.port())) {
            write(socket, "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n");
            String answer = readUntil(socket, "too large");
            assertThat(answer).startsWith("HTTP/1.1 413").containsIgnoringCase("connection: close");
            // the head time-out ends it, as the body never comes
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void theHeadOfAnAnswerDoesNotWaitForItsBody() throws Exception {
        Promise<Void> go = Promise.promise();
        actor(request -> {
            HttpServerResponse response = request.response().putHeader("content-length", "5");
            response.writeHead();
            go.future().onSuccess(_ -> response.end("hello"));
        });

        try (Socket socket = Raw.open(fixture.port())) {
            write(socket, "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n");
            assertThat(readUntil(socket, "\r\n\r\n")).containsIgnoringCase("content-length: 5");
            go.complete();
            assertThat(readUntil(socket, "hello")).isEqualTo("hello");
        }
    }

    @Test
    void trailersPass() throws Exception {
        actor(request -> {
            request.response().setChunked(true).putHeader("trailer", "x-sum").write("body");
            request.response().putTrailer("x-sum", "42").end();
        });

        try (Socket socket = Raw.open(fixture.port())) {
            write(socket, "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n");
            assertThat(readUntil(socket, "x-sum: 42\r\n\r\n")).contains("4\r\nbody\r\n0\r\n");
        }
    }

    @Test
    void anAnswerToHeadHasTheLengthAndNoBody() throws Exception {
        actor(request -> request.response().putHeader("content-length", "1234").end());

        Raw.Answer answer = Raw.send(
                fixture.port(),
                ("HEAD / HTTP/1.1\r\nHost: HOST\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                        .replace("HOST", HOST));

        assertThat(answer.headers()).containsEntry("content-length", "1234");
        assertThat(answer.body()).startsWith("HTTP/1.1 200");
    }

    @Test
    void answersWithoutBodyPass() throws Exception {
        actor(request -> request.response()
                .setStatusCode(Integer.parseInt(request.path().substring(1)))
                .putHeader("etag", "\"1\"")
                .end());

        for (int status : new int[] {204, 304, 205}) {
            Raw.Answer answer = Raw.send(
                    fixture.port(),
                    "GET /%d HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(status, HOST));

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.headers()).containsEntry("etag", "\"1\"");
            assertThat(answer.body()).isEmpty();
        }
    }

    @Test
    void anOldActorThatEndsItsAnswerByClosingIsUnderstood() throws Exception {
        try (var old = new java.net.ServerSocket(0)) {
            waker.script = ScriptedWaker.at(old.getLocalPort()).script;
            Thread.ofVirtual().start(() -> {
                try (Socket socket = old.accept()) {
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
                            .readLine();
                    OutputStream out = socket.getOutputStream();
                    out.write("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold"
                            .getBytes(StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });

            Buffer body = await(fixture.vertx
                    .createHttpClient()
                    .request(HttpMethod.GET, fixture.port(), "127.0.0.1", "/")
                    .compose(request -> request.putHeader("host", HOST).send())
                    .compose(HttpClientResponse::body));

            assertThat(body.toString()).isEqualTo("old");
        }
    }

    @Test
    void anActorThatBreaksOffBreaksTheAnswerOff() throws Exception {
        CompletableFuture<HttpConnection> answering = new CompletableFuture<>();
        actor(request -> {
            request.response().putHeader("content-length", "100").write("part");
            answering.complete(request.connection());
        });

        try (Socket socket = Raw.open(fixture.port())) {
            write(socket, "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n");
            readUntil(socket, "part");
            answering.join().close();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().until(() -> fixture.count("broken", "2xx") == 1);
    }
}
