package dev.dormouse.access;

import dev.dormouse.platform.BearerToken;
import io.grpc.Metadata;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** What a call brings to prove who sends it; never log it. */
public final class Credentials {

    private final @Nullable String token;

    private Credentials(@Nullable String token) {
        this.token = token;
    }

    static Credentials of(HttpServerRequest request) {
        return new Credentials(BearerToken.in(request.getHeader(HttpHeaders.AUTHORIZATION)));
    }

    public static Credentials of(Metadata headers) {
        return new Credentials(BearerToken.in(headers));
    }

    static Credentials ofToken(@Nullable String token) {
        return new Credentials(token);
    }

    /** Null when it has none. */
    @Nullable
    String token() {
        return token;
    }
}
