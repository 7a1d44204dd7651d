package dev.dormouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CounterActorTest {

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path temp;

    private Path identity;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        identity = Files.writeString(temp.resolve("actor-id"), "my-counter");
        server = new CounterActor(new Counter(temp.resolve("absent")), identity).start(0);
    }

    @AfterEach
    void stop() {
        server.stop(0);
        client.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://localhost:" + server.getAddress().getPort() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void eachRequestCounts() throws Exception {
        assertThat(get("/").body()).isEqualTo("my-counter count: 1\n");
        assertThat(get("/").body()).isEqualTo("my-counter count: 2\n");
    }

    @Test
    void identityIsReadAfresh() throws Exception {
        get("/");
        Files.writeString(identity, "another");

        assertThat(get("/").body()).isEqualTo("another count: 2\n");
    }

    @Test
    void otherPathsDoNotCount() throws Exception {
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        assertThat(get("/favicon.ico").statusCode()).isEqualTo(404);

        assertThat(get("/").body()).endsWith(" 1\n");
    }

    @Test
    void eventsAreAsManyAsAskedFor() throws Exception {
        HttpResponse<String> events = get("/events?n=2");

        assertThat(events.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        assertThat(events.body()).isEqualTo("data: tick 1\n\ndata: tick 2\n\n");
    }

    @Test
    void aDurableDirectoryKeepsTheCountOverABoot() throws Exception {
        Path durable = Files.createDirectory(temp.resolve("data"));
        new Counter(durable).increment();

        assertThat(new Counter(durable).increment()).isEqualTo(2);
        assertThat(durable.resolve("counter")).hasContent("2");
    }
}
