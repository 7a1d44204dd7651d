package dev.dormouse.access;

import dev.dormouse.platform.DormouseConfig;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Optional;

/** Knows callers by whatever they bring. */
@ApplicationScoped
class Callers {

    private final Tokens tokens;
    private final Optional<OidcTokens> oidc;
    private final ClientCertificates certificates;

    Callers(Tokens tokens, ClientCertificates certificates, DormouseConfig config, InstantSource clock) {
        DormouseConfig.Oidc settings = config.access().oidc();
        this.tokens = tokens;
        this.certificates = certificates;
        this.oidc = settings.issuer().map(issuer -> new OidcTokens(issuer, settings, clock));
    }

    /** Whose certificate it is; empty when it is nobody's. */
    Optional<Caller> byCertificate(X509Certificate certificate) {
        return certificates.caller(certificate);
    }

    /** Whose token it is; empty when nobody knows. Fails UNAVAILABLE when nobody can say. */
    Uni<Optional<Caller>> byToken(String token) {
        return oidc.filter(issuer -> issuer.claims(token))
                .<Tokens>map(issuer -> issuer)
                .orElse(tokens)
                .caller(token);
    }
}
