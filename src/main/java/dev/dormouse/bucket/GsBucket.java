package dev.dormouse.bucket;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Consumer;

/** A bucket of Google Cloud Storage. */
final class GsBucket implements Bucket {

    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION_FAILED = 412;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final GsClient client;
    private final String name;
    private final String objects;

    GsBucket(GsClient client, String name) {
        this.client = client;
        this.name = name;
        this.objects = "/storage/v1/b/" + encode(name) + "/o";
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public boolean create(String key, Part content) throws IOException {
        HttpResponse<byte[]> response = upload(key, "&ifGenerationMatch=0", content);
        if (response.statusCode() == PRECONDITION_FAILED) {
            return false;
        }
        requireStored(key, content, response);
        return true;
    }

    @Override
    public void put(String key, Part content) throws IOException {
        requireStored(key, content, upload(key, "", content));
    }

    private HttpResponse<byte[]> upload(String key, String condition, Part content) throws IOException {
        String path = "/upload" + objects + "?uploadType=media&name=" + encode(key) + condition;
        return client.send(
                client.request(path)
                        .header("Content-Type", "application/octet-stream")
                        .POST(BodyPublishers.ofByteArray(content.array(), 0, content.length())),
                BodyHandlers.ofByteArray());
    }

    /** The store says what it got; what was damaged on the way is as good as not stored. */
    private void requireStored(String key, Part content, HttpResponse<byte[]> response) throws IOException {
        GsClient.require(name, key, response);
        String stored = GsClient.json(response.body()).path("md5Hash").asText();
        if (!stored.equals(Md5.base64(content))) {
            delete(key);
            throw new BucketException("gs://%s/%s was damaged on its way to the store".formatted(name, key), null);
        }
    }

    @Override
    public Upload begin(String key) throws IOException {
        HttpResponse<byte[]> response = client.send(
                client.request("/upload" + objects + "?uploadType=resumable&name=" + encode(key))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"contentType\": \"application/octet-stream\"}")),
                BodyHandlers.ofByteArray());
        GsClient.require(name, key, response);
        String session = response.headers()
                .firstValue("Location")
                .orElseThrow(() -> new BucketException(
                        "gs://%s/%s: the store begins an upload without saying where".formatted(name, key), null));
        return new GsUpload(client, this, name, key, session);
    }

    @Override
    public long read(String key, long from, Part into) throws IOException {
        HttpResponse<byte[]> response = client.send(
                client.request(objects + "/" + encode(key) + "?alt=media")
                        .header("Range", "bytes=%d-%d".formatted(from, from + into.capacity() - 1))
                        .GET(),
                filling(from, into));
        if (response.statusCode() == RANGE_NOT_SATISFIABLE) {
            into.setLength(0);
            return from;
        }
        if (response.statusCode() == NOT_FOUND) {
            requireBucket();
        }
        GsClient.require(name, key, response);
        ContentRange range = range(response.headers());
        range.requireFrom(from);
        return range.total();
    }

    /** A success fills the part; what else comes is read as text. */
    private static BodyHandler<byte[]> filling(long from, Part into) {
        return info -> {
            if (info.statusCode() / 100 != 2) {
                return BodySubscribers.ofByteArray();
            }
            int expected = range(info.headers()).lengthFrom(from, into.capacity());
            return BodySubscribers.mapping(new PartSubscriber(into, expected), part -> new byte[0]);
        };
    }

    private static ContentRange range(HttpHeaders headers) {
        return ContentRange.parse(
                headers.firstValue("Content-Range").orElse(null),
                headers.firstValueAsLong("Content-Length").orElse(0));
    }

    /** The same status stands for a missing object and for a missing bucket, and only of the former may one say that it is gone. */
    private void requireBucket() throws IOException {
        HttpResponse<byte[]> response =
                client.send(client.request(objects + "?maxResults=1").GET(), BodyHandlers.ofByteArray());
        if (response.statusCode() == NOT_FOUND) {
            throw new BucketException("there is no bucket gs://" + name, null);
        }
    }

    @Override
    public void delete(String key) throws IOException {
        HttpResponse<byte[]> response =
                client.send(client.request(objects + "/" + encode(key)).DELETE(), BodyHandlers.ofByteArray());
        if (response.statusCode() != NOT_FOUND) {
            GsClient.require(name, key, response);
        }
    }

    @Override
    public void list(String prefix, Consumer<Found> each) throws IOException {
        String token = "";
        do {
            String path = objects + "?fields=items(name,size,updated),nextPageToken&prefix=" + encode(prefix)
                    + (token.isEmpty() ? "" : "&pageToken=" + encode(token));
            HttpResponse<byte[]> response = client.send(client.request(path).GET(), BodyHandlers.ofByteArray());
            GsClient.require(name, prefix, response);
            JsonNode page = GsClient.json(response.body());
            for (JsonNode item : page.path("items")) {
                each.accept(new Found(
                        item.path("name").asText(),
                        item.path("size").asLong(),
                        Instant.parse(item.path("updated").asText())));
            }
            token = page.path("nextPageToken").asText();
        } while (!token.isEmpty());
    }

    /** None: the store forgets them after a week, and they cost nothing. */
    @Override
    public void listUnfinished(String prefix, Consumer<Found> each) {}

    @Override
    public void abortUnfinished(String prefix) {}
}
