package dev.dormouse.bucket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.auth.Credentials;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Requests to Google Cloud Storage, with a token, tried again where that may help. Blocks; safe for many threads. */
final class GsClient {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    private static final int NOT_FOUND = 404;
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What passes by itself: too slow, too many, and their troubles. */
    private static final Set<Integer> PASSING = Set.of(408, 429, 500, 502, 503, 504);

    private final String endpoint;
    private final @Nullable Credentials credentials;
    private final Duration requestLimit;
    private final HttpClient http;

    /**
     * @param credentials null for anonymous
     */
    GsClient(URI endpoint, @Nullable Credentials credentials, Duration requestLimit) {
        String text = endpoint.toString();
        this.endpoint = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        this.credentials = credentials;
        this.requestLimit = requestLimit;
        this.http = HttpClient.newBuilder()
                // an upload's 308 is an answer, and HTTP/1.1 gives each part a connection of its own
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_LIMIT)
                .build();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(endpoint + path));
    }

    /** The answer to a request, once it is none that may pass; the body handler must fail if the body isn't whole. */
    <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> body) throws IOException {
        Retry retry = new Retry();
        while (true) {
            try {
                HttpResponse<T> response = sendOnce(request, body);
                if (!mayPass(response) || !retry.again()) {
                    return response;
                }
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                if (!retry.again()) {
                    throw new BucketException("Google Cloud Storage doesn't answer: " + e.getMessage(), e);
                }
            }
        }
    }

    /** One try. The time limit holds for the body, too. */
    <T> HttpResponse<T> sendOnce(HttpRequest.Builder request, BodyHandler<T> body) throws IOException {
        HttpRequest whole = authorized(request.copy());
        Future<HttpResponse<T>> answer = http.sendAsync(whole, body);
        try {
            return answer.get(requestLimit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException("no whole answer within " + requestLimit);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    private HttpRequest authorized(HttpRequest.Builder request) throws IOException {
        if (credentials != null) {
            // refreshes the token when it is about to expire
            credentials
                    .getRequestMetadata(URI.create(endpoint))
                    .forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        }
        return request.build();
    }

    static boolean mayPass(HttpResponse<?> response) {
        return PASSING.contains(response.statusCode());
    }

    /** Fails unless the answer is a success. */
    static void require(String bucket, String key, HttpResponse<?> response) throws BucketException {
        int status = response.statusCode();
        if (status / 100 == 2) {
            return;
        }
        String message = "gs://%s/%s: the store answers %d%s".formatted(bucket, key, status, reason(response.body()));
        throw status == NOT_FOUND ? new NoSuchObjectException(message, null) : new BucketException(message, null);
    }

    private static String reason(@Nullable Object body) {
        if (!(body instanceof byte[] bytes)) {
            return "";
        }
        try {
            String text = json(bytes).path("error").path("message").asText();
            return text.isEmpty() ? "" : " (" + text.lines().findFirst().orElse("") + ")";
        } catch (IOException e) {
            return "";
        }
    }

    static JsonNode json(byte[] body) throws IOException {
        return JSON.readTree(body);
    }
}
