package dev.dormouse.access;

import dev.dormouse.platform.BearerToken;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What a call brings to prove who sends it; never log it. */
public final class Credentials {

    private final @Nullable String token;
    private final boolean ofCookie;
    /** Null without TLS. */
    private final @Nullable SSLSession session;

    private Credentials(@Nullable String token, boolean ofCookie, @Nullable SSLSession session) {
        this.token = token;
        this.ofCookie = ofCookie;
        this.session = session;
    }

    static Credentials of(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        Cookie cookie = header == null ? request.getCookie(BrowserSession.COOKIE) : null;
        return cookie == null
                ? new Credentials(BearerToken.in(header), false, request.sslSession())
                : new Credentials(cookie.getValue(), true, request.sslSession());
    }

    public static Credentials of(ServerCall<?, ?> call, Metadata headers) {
        return new Credentials(
                BearerToken.in(headers), false, call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
    }

    static Credentials ofToken(@Nullable String token) {
        return new Credentials(token, false, null);
    }

    /** Whether a browser sent the token by itself, whoever made it send the request. */
    boolean ofCookie() {
        return ofCookie;
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
