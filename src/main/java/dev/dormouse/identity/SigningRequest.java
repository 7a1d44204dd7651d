package dev.dormouse.identity;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.RuntimeOperatorException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * Who asks for a certificate has the private key (PKCS #10). Nothing else that the request says counts: who the actor is, we know.
 *
 * @param key elliptic on a curve of 256 or 384 bits, or RSA of 2048 to 4096
 */
record SigningRequest(PublicKey key) {

    private static final int MOST_BYTES = 16 * 1024;
    private static final int SHORTEST_RSA = 2048;
    private static final int LONGEST_RSA = 4096;
    private static final int P256 = 256;
    private static final int P384 = 384;

    /** Fails INVALID_ARGUMENT. */
    static SigningRequest of(byte[] der) {
        if (der.length == 0) {
            throw invalid("certificate_signing_request is required");
        }
        if (der.length > MOST_BYTES) {
            throw invalid("the certificate signing request is longer than %d bytes".formatted(MOST_BYTES));
        }
        try {
            JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(der);
            PublicKey key = request.getPublicKey();
            requireStrong(key);
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw invalid("the certificate signing request is not signed with its own key");
            }
            return new SigningRequest(key);
        } catch (IOException
                | GeneralSecurityException
                | OperatorCreationException
                | PKCSException
                | RuntimeOperatorException
                | IllegalArgumentException
                | IllegalStateException
                | ClassCastException
                | NullPointerException e) {
            // the parser has no one way to complain
            throw new Failure(
                    Code.INVALID_ARGUMENT, "that is no certificate signing request in DER (PKCS #10)", null, e);
        }
    }

    private static void requireStrong(PublicKey key) {
        boolean strong = switch (key) {
            case ECPublicKey curve ->
                isCommon(curve.getParams().getCurve().getField().getFieldSize());
            case RSAPublicKey rsa ->
                rsa.getModulus().bitLength() >= SHORTEST_RSA && rsa.getModulus().bitLength() <= LONGEST_RSA;
            default -> false;
        };
        if (!strong) {
            throw invalid("the key of a certificate must be of a curve of 256 or 384 bits, or RSA of 2048 to 4096");
        }
    }

    private static boolean isCommon(int bits) {
        return bits == P256 || bits == P384;
    }

    private static Failure invalid(String why) {
        return new Failure(Code.INVALID_ARGUMENT, why);
    }
}
