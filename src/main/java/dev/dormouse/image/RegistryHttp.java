package dev.dormouse.image;

import dev.dormouse.files.DiskFull;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Sends requests to registries and gives up on those that are silent. Follows no redirect: credentials would follow too. */
final class RegistryHttp {

    private final HttpClient client;
    private final Set<String> plainHttp;
    private final Patience patience;

    /** @param plainHttp {@code host} or {@code host:port} of registries without TLS */
    RegistryHttp(SSLContext tls, Set<String> plainHttp, Patience patience) {
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience.connect())
                .sslContext(tls)
                // bodies are written to disk on these
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
        this.plainHttp = Set.copyOf(plainHttp);
        this.patience = patience;
    }

    Patience patience() {
        return patience;
    }

    /** Where a registry's API begins. */
    URI api(String server) {
        return URI.create((isPlain(server) ? "http://" : "https://") + server + "/v2/");
    }

    boolean isPlain(String server) {
        int port = server.lastIndexOf(':');
        boolean named = port > server.lastIndexOf(']');
        return plainHttp.contains(server) || (named && plainHttp.contains(server.substring(0, port)));
    }

    /** Whether what a registry points to may be asked: nothing goes in the clear but where that is allowed. */
    boolean isAllowed(URI uri) {
        return uri.getHost() != null
                && ("https".equalsIgnoreCase(uri.getScheme())
                        || ("http".equalsIgnoreCase(uri.getScheme()) && isPlain(uri.getRawAuthority())));
    }

    /**
     * The answer, with its body. Blocks.
     *
     * @param arrived how many bytes of the body are here: while that changes nobody gives up
     */
    HttpResponse<byte[]> send(HttpRequest request, BodyHandler<byte[]> body, LongSupplier arrived) throws IOException {
        String host = request.uri().getRawAuthority();
        long before = arrived.getAsLong();
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, body);
        try {
            while (true) {
                try {
                    return answer.get(patience.silence().toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    long now = arrived.getAsLong();
                    if (now == before) {
                        throw RegistryException.passing(
                                "registry %s sent nothing for %d s: check its load and the network"
                                        .formatted(host, patience.silence().toSeconds()),
                                e);
                    }
                    before = now;
                }
            }
        } catch (ExecutionException e) {
            throw failure(host, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the pull was ended");
        } finally {
            // ends what is still under way
            answer.cancel(true);
        }
    }

    private IOException failure(String host, @Nullable Throwable cause) {
        return switch (cause) {
            case RegistryException known -> known;
            case IOException e when DiskFull.causedBy(e) -> e;
            case IOException e -> RegistryFailure.of(host, e, patience);
            case null, default ->
                RegistryException.lasting("asking registry %s failed: %s".formatted(host, cause), cause);
        };
    }
}
