package dev.dormouse.image;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import land.oras.utils.Const;

/** Reads one repository of a registry for one pull. Tries nothing again: {@link Patience} does. */
final class RegistryClient {

    private static final int DOCUMENT_LIMIT = LayoutSource.DOCUMENT_LIMIT;
    private static final int HOPS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int UNAUTHORIZED = 401;
    private static final int OUT_OF_RANGE = 416;
    private static final byte[] ON_DISK = {};

    private final RegistryHttp http;
    private final RegistryName name;
    private final RegistryAuthorization authorization;
    private final URI api;

    RegistryClient(RegistryHttp http, RegistryName name, RegistryAuthorization authorization) {
        this.http = http;
        this.name = name;
        this.authorization = authorization;
        this.api = http.api(name.server());
    }

    /** @param reference a tag or digest */
    byte[] manifest(String reference) throws IOException {
        HttpResponse<byte[]> answer = get(
                "manifests/" + reference,
                Map.of("Accept", Const.MANIFEST_ACCEPT_TYPE),
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), DOCUMENT_LIMIT),
                () -> 0);
        if (answer.statusCode() != OK) {
            throw failure("manifest " + reference, answer);
        }
        return answer.body();
    }

    /** Brings a blob into a file, from where the file ends; when it fails what came stays in the file. */
    void download(String digest, long size, Path file) throws IOException {
        long from = length(file);
        if (from > size) {
            Files.delete(file);
            from = 0;
        }
        if (from == size && from > 0) {
            return;
        }
        Transfer transfer = new Transfer(file, from, size);
        HttpResponse<byte[]> answer = get("blobs/" + digest, transfer.headers(), transfer, () -> length(file));
        if (answer.statusCode() == OUT_OF_RANGE || transfer.isOutOfPlace(answer)) {
            Files.deleteIfExists(file);
            throw RegistryException.passing(
                    "registry %s can't go on with blob %s where it broke off".formatted(name.host(), digest), null);
        }
        if (answer.statusCode() != OK && answer.statusCode() != PARTIAL) {
            throw failure("blob " + digest, answer);
        }
        if (length(file) < size) {
            throw RegistryException.passing(
                    "registry %s ended blob %s after %d of %d bytes".formatted(name.host(), digest, length(file), size),
                    null);
        }
    }

    /** How many bytes are there; 0 without the file. */
    static long length(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private HttpResponse<byte[]> get(
            String path, Map<String, String> headers, BodyHandler<byte[]> body, LongSupplier arrived)
            throws IOException {
        URI at = api.resolve(name.repository() + "/" + path);
        for (int hop = 0; hop <= HOPS; hop++) {
            HttpResponse<byte[]> answer = http.send(request(at, headers), body, arrived);
            if (answer.statusCode() == UNAUTHORIZED
                    && isRegistry(at)
                    && authorization.answer(RegistryChallenge.of(answer.headers()))) {
                answer = http.send(request(at, headers), body, arrived);
            }
            if (!REDIRECTS.contains(answer.statusCode())) {
                return answer;
            }
            at = target(at, answer);
        }
        throw RegistryException.lasting("registry %s redirects more than %d times".formatted(name.host(), HOPS), null);
    }

    private HttpRequest request(URI uri, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        headers.forEach(request::header);
        String shown = authorization.header();
        // blobs often lie in another place, which must not learn who asks
        if (shown != null && isRegistry(uri)) {
            request.header("Authorization", shown);
        }
        return request.build();
    }

    private boolean isRegistry(URI uri) {
        return api.getScheme().equalsIgnoreCase(uri.getScheme())
                && api.getRawAuthority().equalsIgnoreCase(uri.getRawAuthority());
    }

    private URI target(URI at, HttpResponse<byte[]> answer) throws RegistryException {
        String location = answer.headers().firstValue("Location").orElse("");
        try {
            URI target = at.resolve(location);
            if (!location.isEmpty() && http.isAllowed(target)) {
                return target;
            }
        } catch (IllegalArgumentException e) {
            // the same as a place that isn't allowed
        }
        // not the place itself: such addresses hold signatures
        throw RegistryException.lasting(
                "registry %s redirects to a place that is not https; its host is not in dormouse.images.plain-http"
                        .formatted(name.host()),
                null);
    }

    private RegistryException failure(String what, HttpResponse<byte[]> answer) {
        boolean plain = api.getScheme().equals("http");
        return RegistryFailure.of(name, what, answer, authorization.hasCredential(), plain);
    }

    /** A blob's body into its file; whatever else is answered into memory. */
    private record Transfer(Path file, long from, long size) implements BodyHandler<byte[]> {

        Map<String, String> headers() {
            // in order, for whoever reads a trace
            Map<String, String> headers = new TreeMap<>(Map.of("Accept", "*/*"));
            if (from > 0) {
                headers.put("Range", "bytes=" + from + "-");
            }
            return headers;
        }

        @Override
        public BodySubscriber<byte[]> apply(ResponseInfo info) {
            if (info.statusCode() == OK) {
                return toFile(StandardOpenOption.TRUNCATE_EXISTING, size);
            }
            if (info.statusCode() == PARTIAL
                    && inPlace(info.headers().firstValue("Content-Range").orElse(""))) {
                return toFile(StandardOpenOption.APPEND, size - from);
            }
            return BodySubscribers.limiting(BodySubscribers.ofByteArray(), DOCUMENT_LIMIT);
        }

        private BodySubscriber<byte[]> toFile(OpenOption how, long limit) {
            BodySubscriber<Path> file =
                    BodySubscribers.ofFile(this.file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how);
            return BodySubscribers.mapping(BodySubscribers.limiting(file, limit), written -> ON_DISK);
        }

        private boolean inPlace(String range) {
            return range.startsWith("bytes " + from + "-");
        }

        boolean isOutOfPlace(HttpResponse<byte[]> answer) {
            return answer.statusCode() == PARTIAL
                    && !inPlace(answer.headers().firstValue("Content-Range").orElse(""));
        }
    }
}
