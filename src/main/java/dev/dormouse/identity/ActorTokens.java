package dev.dormouse.identity;

import dev.dormouse.actor.Actor;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/** JSON Web Tokens in which we vouch for an actor; they are SPIFFE's JWT-SVIDs as well. */
@ApplicationScoped
class ActorTokens {

    /** How long a token is good: it can't be taken back. */
    static final Duration LIFE = Duration.ofMinutes(15);

    /** Clocks of other machines may be behind. */
    private static final Duration BEFORE = Duration.ofMinutes(1);

    private static final String OURS = "ate.dev";

    private final Issuer issuer;

    ActorTokens(Issuer issuer) {
        this.issuer = issuer;
    }

    Token sign(SigningKey key, Actor actor, Audiences audiences, Instant now) {
        Instant expiresAt = now.plus(LIFE);
        JsonWebSignature token = new JsonWebSignature();
        token.setHeader("typ", "JWT");
        token.setKeyIdHeaderValue(key.id());
        token.setAlgorithmHeaderValue(SigningKey.ALGORITHM);
        token.setKey(key.tokens().getPrivateKey());
        token.setPayload(claims(actor, audiences, now, expiresAt).toJson());
        try {
            return new Token(token.getCompactSerialization(), expiresAt);
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private JwtClaims claims(Actor actor, Audiences audiences, Instant now, Instant expiresAt) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(issuer.url());
        subject(claims, actor);
        claims.setAudience(audiences.names());
        claims.setIssuedAt(seconds(now));
        claims.setNotBefore(seconds(now.minus(BEFORE)));
        claims.setExpirationTime(seconds(expiresAt));
        claims.setJwtId(UUID.randomUUID().toString());
        claims.setClaim(OURS, ours(actor));
        return claims;
    }

    /** Who works for another acts for him (RFC 8693). */
    private void subject(JwtClaims claims, Actor actor) {
        String self = issuer.actor(actor.key());
        ActingFor.user(actor)
                .ifPresentOrElse(
                        user -> {
                            claims.setSubject(issuer.user(actor.key().atespace(), user));
                            claims.setClaim("act", Map.of("sub", self));
                        },
                        () -> claims.setSubject(self));
    }

    private static Map<String, Object> ours(Actor actor) {
        Map<String, Object> ours = new LinkedHashMap<>();
        ours.put("atespace", actor.key().atespace().value());
        ours.put("actor", actor.key().id().value());
        ours.put("uid", actor.uid().toString());
        ours.put("template", actor.template().toString());
        ours.put("generation", actor.generation());
        ActingFor.user(actor).ifPresent(user -> ours.put("user", user));
        return ours;
    }

    private static NumericDate seconds(Instant time) {
        return NumericDate.fromSeconds(time.getEpochSecond());
    }
}
