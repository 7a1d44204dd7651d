package dev.dormouse.access;

import dev.dormouse.platform.DormouseConfig;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.VerificationJwkSelector;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/** Tokens that an OIDC issuer signed for us. It is the only judge of those that say they are its. */
final class OidcTokens implements Tokens {

    private static final Logger LOG = Logger.getLogger(OidcTokens.class);
    /** For how long a key is believed that the issuer may have withdrawn. */
    private static final Duration KEYS_KEPT = Duration.ofMinutes(5);
    /** How often tokens with an unknown key may have the issuer asked. */
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);

    private static final int SKEW_SECONDS = 10;
    private static final String RESERVED = "system:";
    private static final AlgorithmConstraints SIGNED_BY_A_KEY_PAIR = new AlgorithmConstraints(
            AlgorithmConstraints.ConstraintType.PERMIT,
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.RSA_USING_SHA384,
            AlgorithmIdentifiers.RSA_USING_SHA512,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
            AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512,
            AlgorithmIdentifiers.EDDSA);

    /** Reads a token's claims and believes none. */
    private static final JwtConsumer UNCHECKED = new JwtConsumerBuilder()
            .setSkipAllValidators()
            .setDisableRequireSignature()
            .setSkipSignatureVerification()
            .setJwsAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS)
            .build();

    private final String issuer;
    private final DormouseConfig.Oidc config;
    private final InstantSource clock;
    private final IssuerKeys keys;

    /** @throws IllegalStateException when a setting that belongs to the issuer is missing */
    OidcTokens(String issuer, DormouseConfig.Oidc config, InstantSource clock) {
        if (config.audience().isEmpty()) {
            throw new IllegalStateException(
                    "dormouse.access.oidc.issuer is set: set dormouse.access.oidc.audience, too");
        }
        this.issuer = issuer;
        this.config = config;
        this.clock = clock;
        this.keys = new IssuerKeys(issuer, config, clock);
    }

    /** Whether it says that it is one of these. */
    boolean claims(String token) {
        try {
            return issuer.equals(UNCHECKED.processToClaims(token).getIssuer());
        } catch (InvalidJwtException | MalformedClaimException e) {
            return false;
        }
    }

    @Override
    public Uni<Optional<Caller>> caller(String token) {
        return keys.noOlderThan(KEYS_KEPT)
                .chain(known -> signer(token, known) == null
                        ? keys.noOlderThan(BETWEEN_LOOKS)
                        : Uni.createFrom().item(known))
                .map(known -> Optional.ofNullable(signer(token, known)).flatMap(key -> verified(token, key)));
    }

    private static @Nullable JsonWebKey signer(String token, List<JsonWebKey> known) {
        try {
            JsonWebSignature signature = new JsonWebSignature();
            signature.setCompactSerialization(token);
            return new VerificationJwkSelector().select(signature, known);
        } catch (JoseException e) {
            return null;
        }
    }

    private Optional<Caller> verified(String token, JsonWebKey key) {
        JwtConsumer check = new JwtConsumerBuilder()
                .setJwsAlgorithmConstraints(SIGNED_BY_A_KEY_PAIR)
                .setVerificationKey(key.getKey())
                .setExpectedIssuer(issuer)
                .setExpectedAudience(config.audience().orElseThrow())
                .setRequireExpirationTime()
                .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
                .setAllowedClockSkewInSeconds(SKEW_SECONDS)
                .build();
        try {
            return caller(check.processToClaims(token));
        } catch (InvalidJwtException | MalformedClaimException e) {
            // its message holds claims
            LOG.debugf("a token of %s is no good: %s", issuer, e.getClass().getSimpleName());
            return Optional.empty();
        }
    }

    private Optional<Caller> caller(JwtClaims claims) throws MalformedClaimException {
        String name = claims.getStringClaimValue(config.usernameClaim());
        if (name == null || name.isEmpty()) {
            return Optional.empty();
        }
        String user = config.prefix() + name;
        // the cluster's own names are not the issuer's to give
        if (user.startsWith(RESERVED)) {
            return Optional.empty();
        }
        List<String> groups = new ArrayList<>(groups(claims));
        groups.removeIf(group -> group.startsWith(RESERVED));
        groups.add(Caller.AUTHENTICATED);
        return Optional.of(new Caller(user, "", List.copyOf(groups), Map.of(), delegate(claims)));
    }

    private List<String> groups(JwtClaims claims) {
        List<?> named = switch (claims.getClaimValue(config.groupsClaim())) {
            case List<?> several -> several;
            case String one -> List.of(one);
            case null, default -> List.of();
        };
        return named.stream()
                .filter(String.class::isInstance)
                .map(group -> config.prefix() + group)
                .toList();
    }

    /** Who acts for the subject (RFC 8693). */
    private @Nullable String delegate(JwtClaims claims) {
        return claims.getClaimValue("act") instanceof Map<?, ?> actor && actor.get("sub") instanceof String name
                ? config.prefix() + name
                : null;
    }
}
