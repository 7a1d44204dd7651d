package dev.dormouse.asset;

import dev.dormouse.bucket.Buckets;
import dev.dormouse.bucket.ConfiguredBuckets;
import dev.dormouse.bucket.ObjectReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Opens what a URL names: {@code file:}, {@code http:}, {@code https:}, {@code s3:} or {@code gs:}. */
final class AssetSource {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final Duration HEAD_LIMIT = Duration.ofSeconds(60);
    private static final int OK = 200;

    private final ConfiguredBuckets buckets;

    AssetSource(ConfiguredBuckets buckets) {
        this.buckets = buckets;
    }

    /** Blocks until the first bytes come. */
    InputStream open(String url) throws IOException {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new IOException("it is no URL", e);
        }
        return switch (String.valueOf(uri.getScheme())) {
            case "file" -> Files.newInputStream(Path.of(uri.getPath()));
            case "http", "https" -> web(uri);
            case "s3", "gs" -> object(uri);
            default -> throw new IOException("its URL must begin with https:, http:, s3:, gs: or file:");
        };
    }

    private static InputStream web(URI uri) throws IOException {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT_LIMIT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        try {
            HttpResponse<InputStream> answer =
                    client.send(HttpRequest.newBuilder(uri).timeout(HEAD_LIMIT).build(), BodyHandlers.ofInputStream());
            if (answer.statusCode() != OK) {
                answer.body().close();
                throw new IOException("the server answers " + answer.statusCode());
            }
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private InputStream object(URI uri) throws IOException {
        String key = uri.getPath().startsWith("/") ? uri.getPath().substring(1) : uri.getPath();
        if (uri.getAuthority() == null || key.isEmpty()) {
            throw new IOException("its URL must name a bucket and an object");
        }
        Buckets store = buckets.of(uri.getScheme()).orElseThrow();
        return new ObjectReader(store.bucket(uri.getAuthority()), key, Long.MAX_VALUE, buckets.transfers());
    }
}
