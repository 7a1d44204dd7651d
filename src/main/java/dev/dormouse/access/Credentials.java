package dev.dormouse.access;

import dev.dormouse.platform.BearerToken;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What a call brings to prove who sends it; never log it. */
public final class Credentials {

    private final @Nullable String token;
    /** Null without TLS. */
    private final @Nullable SSLSession session;

    private Credentials(@Nullable String token, @Nullable SSLSession session) {
        this.token = token;
        this.session = session;
    }

    static Credentials of(HttpServerRequest request) {
        return new Credentials(BearerToken.in(request.getHeader(HttpHeaders.AUTHORIZATION)), request.sslSession());
    }

    public static Credentials of(ServerCall<?, ?> call, Metadata headers) {
        return new Credentials(BearerToken.in(headers), call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
    }

    static Credentials ofToken(@Nullable String token) {
        return new Credentials(token, null);
    }

    /** Null when it has none. */
    @Nullable
    String token() {
        return token;
    }

    /** The client's, which TLS has checked; null when it has none. */
    @Nullable
    X509Certificate certificate() {
        try {
            return session != null && session.getPeerCertificates()[0] instanceof X509Certificate own ? own : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }
}
