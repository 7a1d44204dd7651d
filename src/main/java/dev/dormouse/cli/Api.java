package dev.dormouse.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dormouse.platform.TrustedCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** The control plane's REST API. Every call fails with {@link CommandFailed} that says what to do. */
final class Api {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    // longer than the server's own limits: waiting for a worker (10 s) and for the actor to be ready (60 s)
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(120);

    private static final int UNAUTHENTICATED = 401;
    private static final int COPIED_AT_ONCE = 8192;

    private final URI endpoint;
    private final @Nullable String token;
    private final HttpClient http;
    private final JsonMapper json = new JsonMapper();

    /**
     * @param ca PEM file with whom to believe about the API's certificate, beside those that Java knows; null for nobody else
     * @param token says who calls; null for nobody
     */
    Api(URI endpoint, @Nullable Path ca, @Nullable String token) {
        this.endpoint = endpoint;
        this.token = token;
        var client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_LIMIT);
        if (endpoint.getScheme().equalsIgnoreCase("http")) {
            client.sslContext(noTls());
        } else if (ca != null) {
            client.sslContext(believing(ca));
        }
        this.http = client.build();
    }

    /** Spares plain HTTP the reading of all root certificates, a third of the time that a command takes to start. */
    private static SSLContext noTls() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has TLS", e);
        }
    }

    private static SSLContext believing(Path ca) {
        try {
            return TrustedCertificates.with(ca);
        } catch (IOException e) {
            throw new CommandFailed(e.getMessage() + "; correct --ca or DORMOUSE_CA");
        }
    }

    JsonNode get(Request request) {
        return call("GET", request, null, BodyPublishers.noBody());
    }

    JsonNode post(Request request, @Nullable JsonNode body) {
        return body == null
                ? call("POST", request, null, BodyPublishers.noBody())
                : call("POST", request, "application/json", BodyPublishers.ofString(body.toString()));
    }

    JsonNode patch(Request request, JsonNode body) {
        return call("PATCH", request, "application/json", BodyPublishers.ofString(body.toString()));
    }

    JsonNode put(Request request, String mediaType, byte[] body) {
        return call("PUT", request, mediaType, BodyPublishers.ofByteArray(body));
    }

    JsonNode delete(Request request) {
        return call("DELETE", request, null, BodyPublishers.noBody());
    }

    /** All items of a list, page by page. */
    void forEachPage(Request list, Consumer<List<JsonNode>> consumer) {
        String token = null;
        do {
            JsonNode page = get(list.with("pageToken", token));
            var items = new ArrayList<JsonNode>();
            page.path("items").forEach(items::add);
            consumer.accept(items);
            token = page.path("nextPageToken").asText(null);
        } while (token != null && !token.isEmpty());
    }

    /**
     * Server-sent events until the server ends the stream. The answer has begun when this returns, so what is read afterwards is
     * older than the first event. Close the stream to hang up.
     */
    Stream<ServerEvent> events(Request request) {
        var message = message(request).header("Accept", "text/event-stream").build();
        HttpResponse<Stream<String>> answer = send(message, BodyHandlers.ofLines());
        if (answer.statusCode() != 200) {
            try (var lines = answer.body()) {
                throw refused(answer.statusCode(), String.join("\n", lines.toList()));
            }
        }
        return ServerEvent.parse(answer.body(), json);
    }

    /** Copies an answer as it comes, until the server ends it or nobody reads the output any more. */
    void copy(Request request, String mediaType, PrintWriter out) {
        var message = message(request)
                .header("Accept", mediaType + ", application/problem+json;q=0.5")
                .build();
        HttpResponse<InputStream> answer = send(message, BodyHandlers.ofInputStream());
        try (var body = new InputStreamReader(answer.body(), StandardCharsets.UTF_8)) {
            if (answer.statusCode() != 200) {
                var text = new StringWriter();
                body.transferTo(text);
                throw refused(answer.statusCode(), text.toString());
            }
            char[] some = new char[COPIED_AT_ONCE];
            int count = body.read(some);
            while (count >= 0) {
                out.write(some, 0, count);
                // which also flushes
                if (out.checkError()) {
                    return;
                }
                count = body.read(some);
            }
        } catch (IOException e) {
            throw broken(new UncheckedIOException(e));
        }
    }

    private JsonNode call(String method, Request request, @Nullable String mediaType, BodyPublisher body) {
        var message = message(request)
                .timeout(ANSWER_LIMIT)
                .header("Accept", "application/json, application/problem+json")
                .method(method, body);
        if (mediaType != null) {
            message.header("Content-Type", mediaType);
        }
        HttpResponse<String> answer = send(message.build(), BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw refused(answer.statusCode(), answer.body());
        }
        if (answer.body().isBlank()) {
            return json.missingNode();
        }
        try {
            return json.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw notOurApi("its answer is not JSON");
        }
    }

    private HttpRequest.Builder message(Request request) {
        var message = HttpRequest.newBuilder(request.at(endpoint));
        if (token == null) {
            return message;
        }
        try {
            return message.header("Authorization", "Bearer " + token);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(
                    "the token holds characters that none has; correct --token, --token-file or DORMOUSE_TOKEN");
        }
    }

    private <T> HttpResponse<T> send(HttpRequest message, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(message, handler);
        } catch (HttpTimeoutException e) {
            throw new CommandFailed(endpoint + " did not answer in time; see its log, or try again");
        } catch (ConnectException e) {
            throw unreachable("no connection");
        } catch (IOException e) {
            throw unreachable(e.getMessage() == null ? e.toString() : e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted");
        }
    }

    /** The connection broke while a stream was read. */
    CommandFailed broken(UncheckedIOException e) {
        return unreachable(Objects.requireNonNull(e.getCause()).getMessage());
    }

    private CommandFailed unreachable(@Nullable String why) {
        return new CommandFailed(
                "can't reach the API at %s (%s); is it running? Set another with --endpoint or DORMOUSE_ENDPOINT"
                        .formatted(endpoint, why));
    }

    private CommandFailed refused(int status, String body) {
        try {
            String detail = json.readTree(body).path("detail").asText("");
            if (!detail.isEmpty()) {
                return new CommandFailed(
                        status == UNAUTHENTICATED
                                ? detail + "; set it with --token, --token-file or DORMOUSE_TOKEN"
                                : detail);
            }
        } catch (JsonProcessingException e) {
            // answered below
        }
        return notOurApi("it answered with status " + status);
    }

    private CommandFailed notOurApi(String why) {
        return new CommandFailed(
                "%s does not look like the API of Dormouse: %s; set another with --endpoint or DORMOUSE_ENDPOINT"
                        .formatted(endpoint, why));
    }
}
