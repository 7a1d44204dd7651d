package dev.dormouse.access;

import dev.dormouse.platform.DormouseConfig;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.Optional;

/** Knows callers by whatever they bring. */
@ApplicationScoped
class Callers {

    private final Tokens tokens;
    private final Optional<OidcTokens> oidc;

    Callers(Tokens tokens, DormouseConfig config, InstantSource clock) {
        DormouseConfig.Oidc settings = config.access().oidc();
        this.tokens = tokens;
        this.oidc = settings.issuer().map(issuer -> new OidcTokens(issuer, settings, clock));
    }

    /** Whose token it is; empty when nobody knows. Fails UNAVAILABLE when nobody can say. */
    Uni<Optional<Caller>> byToken(String token) {
        return oidc.filter(issuer -> issuer.claims(token))
                .<Tokens>map(issuer -> issuer)
                .orElse(tokens)
                .caller(token);
    }
}
