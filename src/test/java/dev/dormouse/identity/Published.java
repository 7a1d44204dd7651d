package dev.dormouse.identity;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Base64;

/** Checks tokens with nothing but the keys that are published and what the JDK has, as others' libraries do. */
public final class Published {

    private final JsonArray keys;

    /** @param keySet a JSON Web Key Set */
    public Published(String keySet) {
        this.keys = new JsonObject(keySet).getJsonArray("keys");
    }

    /** The claims of a token that one of the keys signed with ES256; fails when none did. */
    public JsonObject claims(String token) {
        String[] parts = token.split("\\.");
        JsonObject header = json(parts[0]);
        if (!"ES256".equals(header.getString("alg"))) {
            throw new AssertionError("signed with " + header);
        }
        try {
            // r and s, one behind the other, as JOSE has it
            Signature check = Signature.getInstance("SHA256withECDSAinP1363Format");
            check.initVerify(key(header.getString("kid")));
            check.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            if (!check.verify(Base64.getUrlDecoder().decode(parts[2]))) {
                throw new AssertionError("the signature is wrong");
            }
            return json(parts[1]);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private PublicKey key(String id) throws GeneralSecurityException {
        for (int i = 0; i < keys.size(); i++) {
            JsonObject key = keys.getJsonObject(i);
            if (key.getString("kid").equals(id)) {
                return elliptic(key);
            }
        }
        throw new AssertionError("no key " + id + " is published in " + keys);
    }

    private static PublicKey elliptic(JsonObject key) throws GeneralSecurityException {
        AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
        curve.init(new ECGenParameterSpec("secp256r1"));
        return KeyFactory.getInstance("EC")
                .generatePublic(new ECPublicKeySpec(
                        new ECPoint(number(key.getString("x")), number(key.getString("y"))),
                        curve.getParameterSpec(ECParameterSpec.class)));
    }

    private static BigInteger number(String base64) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(base64));
    }

    private static JsonObject json(String base64) {
        return new JsonObject(new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.UTF_8));
    }
}
