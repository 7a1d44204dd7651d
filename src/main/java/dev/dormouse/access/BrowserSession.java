package dev.dormouse.access;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.NewCookie;

/** How a browser is signed in: by a cookie with a token, which no script can read and no other site can have sent. */
@ApplicationScoped
public class BrowserSession {

    static final String COOKIE = "dormouse-token";

    /** Where it begins. */
    public static final String SIGN_IN = "/console/sign-in";

    /** Browsers keep no larger cookies. */
    private static final int LONGEST = 4000;

    private final Gate gate;

    BrowserSession(Gate gate) {
        this.gate = gate;
    }

    /** Whether there is somebody to sign in. */
    public boolean needed() {
        return !gate.open();
    }

    /**
     * The cookie of whoever has the token. Fails UNAUTHENTICATED when it is nobody's, UNAVAILABLE when nobody can say.
     *
     * @param secure whether the browser came by TLS
     */
    public Uni<NewCookie> begin(String token, boolean secure) {
        if (token.length() > LONGEST) {
            return Uni.createFrom()
                    .failure(new Failure(Code.UNAUTHENTICATED, "the token is too long for a browser to keep"));
        }
        return gate.identify(new Passage(Credentials.ofToken(token), Permission.everywhere(Verb.GET, "console")))
                .replaceWith(() -> cookie(token, secure, NewCookie.DEFAULT_MAX_AGE));
    }

    /** What makes the browser forget. */
    public NewCookie end(boolean secure) {
        return cookie("", secure, 0);
    }

    private static NewCookie cookie(String value, boolean secure, int maxAge) {
        return new NewCookie.Builder(COOKIE)
                .value(value)
                .path("/")
                .maxAge(maxAge)
                .httpOnly(true)
                .secure(secure)
                .sameSite(NewCookie.SameSite.STRICT)
                .build();
    }
}
