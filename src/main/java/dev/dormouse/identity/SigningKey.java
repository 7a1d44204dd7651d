package dev.dormouse.identity;

import io.vertx.core.json.JsonObject;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Map;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.Use;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/**
 * What signs for a while: one key pair for tokens, and another one, with its certificate, for certificates. Both on P-256. Never log it.
 *
 * @param signsFrom from when on, until that of the next
 * @param tokens with an id
 * @param certificates with the authority's certificate
 */
record SigningKey(Instant signsFrom, EllipticCurveJsonWebKey tokens, EllipticCurveJsonWebKey certificates) {

    static final String ALGORITHM = AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256;

    private static final String THUMBPRINT = "SHA-256";

    static SigningKey make(Instant signsFrom) {
        try {
            EllipticCurveJsonWebKey tokens = EcJwkGenerator.generateJwk(EllipticCurves.P256);
            tokens.setKeyId(tokens.calculateBase64urlEncodedThumbprint(THUMBPRINT));
            EllipticCurveJsonWebKey certificates = EcJwkGenerator.generateJwk(EllipticCurves.P256);
            certificates.setCertificateChain(ActorCertificates.authority(certificates, signsFrom));
            return new SigningKey(signsFrom, tokens, certificates);
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** By which a token names the key that signed it. */
    String id() {
        return tokens.getKeyId();
    }

    X509Certificate authority() {
        return certificates.getLeafCertificate();
    }

    /** For whoever checks tokens; without anything that is secret. */
    JsonObject publicTokens(String use) {
        Map<String, Object> key = tokens.toParams(OutputControlLevel.PUBLIC_ONLY);
        key.put(JsonWebKey.USE_PARAMETER, use);
        if (use.equals(Use.SIGNATURE)) {
            key.put(JsonWebKey.ALGORITHM_PARAMETER, ALGORITHM);
        }
        return new JsonObject(key);
    }

    /** For whoever checks certificates; without anything that is secret. */
    JsonObject publicCertificates(String use) {
        Map<String, Object> key = certificates.toParams(OutputControlLevel.PUBLIC_ONLY);
        key.put(JsonWebKey.USE_PARAMETER, use);
        return new JsonObject(key);
    }

    JsonObject secret() {
        return new JsonObject()
                .put("signsFrom", signsFrom.toString())
                .put("tokens", new JsonObject(tokens.toParams(OutputControlLevel.INCLUDE_PRIVATE)))
                .put("certificates", new JsonObject(certificates.toParams(OutputControlLevel.INCLUDE_PRIVATE)));
    }

    /** @throws JoseException when it is none; its message may quote secrets */
    static SigningKey of(JsonObject secret) throws JoseException {
        return new SigningKey(
                Instant.parse(secret.getString("signsFrom")),
                key(secret.getJsonObject("tokens")),
                key(secret.getJsonObject("certificates")));
    }

    private static EllipticCurveJsonWebKey key(JsonObject secret) throws JoseException {
        EllipticCurveJsonWebKey key = new EllipticCurveJsonWebKey(secret.getMap());
        if (key.getPrivateKey() == null) {
            throw new JoseException("it is without its private part");
        }
        return key;
    }

    @Override
    public String toString() {
        return "SigningKey " + id();
    }
}
