package dev.dormouse.access;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.TrustedCertificates;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/** The keys with which an OIDC issuer signs: found by its discovery document, and looked for again when they are old. */
final class IssuerKeys {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int LARGEST_DOCUMENT = 1 << 20;
    private static final int OK = 200;

    private final String issuer;
    private final InstantSource clock;
    private final Outage outage;
    private final HttpClient http;
    /** Keeps nothing: it only lets callers who come together wait for the same answer. */
    private final Remembered<String, Fetched> together;

    private volatile @Nullable Fetched newest;

    private record Fetched(List<JsonWebKey> keys, Instant at) {}

    /** @throws IllegalStateException when the issuer's CA can't be read */
    IssuerKeys(String issuer, DormouseConfig.Oidc config, InstantSource clock) {
        this.issuer = issuer;
        this.clock = clock;
        this.outage = new Outage(Logger.getLogger(IssuerKeys.class), "the issuer " + issuer);
        this.http = client(config);
        this.together = new Remembered<>(clock, fetched -> Duration.ZERO, (question, fetched) -> 0, 0);
    }

    private static HttpClient client(DormouseConfig.Oidc config) {
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(LIMIT);
        config.ca().ifPresent(ca -> {
            try {
                client.sslContext(TrustedCertificates.with(ca));
            } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage() + "; correct dormouse.access.oidc.ca", e);
            }
        });
        return client.build();
    }

    /** Keys that were fetched within that time. Fails UNAVAILABLE when the issuer doesn't give them. */
    Uni<List<JsonWebKey>> noOlderThan(Duration age) {
        Fetched known = newest;
        if (known != null && clock.instant().isBefore(known.at().plus(age))) {
            return Uni.createFrom().item(known.keys());
        }
        return together.answer(issuer, this::fetch).map(Fetched::keys);
    }

    private Uni<Fetched> fetch() {
        return Uni.createFrom()
                .item(this::fetchNow)
                .runSubscriptionOn(Thread::startVirtualThread)
                .invoke(fetched -> {
                    newest = fetched;
                    outage.answered();
                })
                .onFailure()
                .transform(this::unavailable);
    }

    /** Blocks. */
    private Fetched fetchNow() {
        Instant now = clock.instant();
        String discovery = get(URI.create(issuer.replaceAll("/+$", "") + "/.well-known/openid-configuration"));
        return new Fetched(parse(get(keysAddress(discovery))), now);
    }

    private String get(URI address) {
        HttpRequest request = HttpRequest.newBuilder(address).timeout(LIMIT).build();
        var asked = http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofString(), LARGEST_DOCUMENT));
        try {
            // the request's own limit ends with the head
            return body(asked.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            throw new IllegalStateException(address + " can't be read: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException(address + " did not answer within " + LIMIT, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            asked.cancel(true);
        }
    }

    private static String body(HttpResponse<String> answer) {
        if (answer.statusCode() != OK) {
            throw new IllegalStateException("%s answered %d".formatted(answer.uri(), answer.statusCode()));
        }
        return answer.body();
    }

    private URI keysAddress(String discovery) {
        try {
            Map<String, Object> document = JsonUtil.parseJson(discovery);
            if (!issuer.equals(document.get("issuer"))) {
                throw new IllegalStateException("its discovery document is another issuer's");
            }
            URI keys = URI.create(String.valueOf(document.get("jwks_uri")));
            if (!URI.create(issuer).getScheme().equals(keys.getScheme())) {
                throw new IllegalStateException("its keys are at " + keys);
            }
            return keys;
        } catch (JoseException e) {
            throw new IllegalStateException("its discovery document is no JSON", e);
        }
    }

    private static List<JsonWebKey> parse(String keys) {
        try {
            return List.copyOf(new JsonWebKeySet(keys).getJsonWebKeys());
        } catch (JoseException e) {
            throw new IllegalStateException("its keys are no JSON Web Keys", e);
        }
    }

    private Failure unavailable(Throwable cause) {
        outage.failed(cause.toString());
        return new Failure(
                Code.UNAVAILABLE,
                "nobody can say at the moment whose token it is: its issuer does not answer; try again",
                Duration.ofSeconds(1),
                cause);
    }
}
