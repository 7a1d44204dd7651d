package dev.dormouse.identity;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jose4j.jwk.EllipticCurveJsonWebKey;

/** X.509: authorities, and what they sign for actors (SPIFFE's X.509-SVID). */
final class ActorCertificates {

    /** How long an actor's certificate is good: it can't be taken back. */
    static final Duration LIFE = Duration.ofMinutes(15);

    /** An authority is believed for as long as it is published; beyond every rotation. */
    private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);

    /** Clocks of other machines may be behind. */
    private static final Duration BEFORE = Duration.ofMinutes(5);

    private static final String SIGNATURE = "SHA256withECDSA";
    private static final int SERIAL_BITS = 127;
    private static final int NAME_BYTES = 8;
    private static final KeyPurposeId[] BOTH_SIDES = {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};

    private ActorCertificates() {}

    /** The certificate of an authority, signed by itself. */
    static X509Certificate authority(EllipticCurveJsonWebKey keys, Instant now) {
        try {
            SubjectKeyIdentifier id = new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublicKey());
            // each has a name of its own, so that who checks a certificate finds the right one among several
            X500Principal name = new X500Principal(
                    "CN=dormouse-actors-ca-" + HexFormat.of().formatHex(id.getKeyIdentifier(), 0, NAME_BYTES));
            JcaX509v3CertificateBuilder builder = builder(name, name, keys.getPublicKey(), now, AUTHORITY_LIFE);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(Extension.subjectKeyIdentifier, false, id);
            return signed(builder, keys.getPrivateKey());
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The certificate of an actor, for both sides of TLS.
     *
     * @param key what the actor has the private part of
     * @param subject a SPIFFE ID; it is all that the certificate says of the actor
     */
    static X509Certificate actor(SigningKey signer, PublicKey key, String subject, Instant now) {
        X509Certificate authority = signer.authority();
        JcaX509v3CertificateBuilder builder =
                builder(authority.getSubjectX500Principal(), new X500Principal(""), key, now, LIFE);
        try {
            JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(BOTH_SIDES));
            // critical, for there is no other name
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    true,
                    new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, subject)));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    ids.createAuthorityKeyIdentifier(authority.getPublicKey()));
            return signed(builder, signer.certificates().getPrivateKey());
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Principal issuer, X500Principal subject, PublicKey key, Instant now, Duration life) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, new SecureRandom()).add(BigInteger.ONE),
                Date.from(now.minus(BEFORE)),
                Date.from(now.plus(life)),
                subject,
                key);
    }

    private static X509Certificate signed(JcaX509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }
}
