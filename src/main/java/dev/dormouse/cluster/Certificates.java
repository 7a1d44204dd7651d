package dev.dormouse.cluster;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** Issues the certificate of the API, and the authority that it is believed by. ECDSA on P-256. */
final class Certificates {

    /** An authority's; its certificate is in every worker's Pod, so it isn't replaced often. */
    static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);

    static final Duration SERVER_LIFE = Duration.ofDays(365);

    /** Clocks of other machines may be behind. */
    private static final Duration BEFORE = Duration.ofHours(1);

    private static final String SIGNATURE = "SHA256withECDSA";
    private static final int SERIAL_BITS = 127;

    private Certificates() {}

    /** In PEM; never log the key. */
    record Issued(String certificate, String key) {
        @Override
        public String toString() {
            return "Issued";
        }
    }

    static Issued authority(Instant now) {
        KeyPair keys = newKeys();
        X500Principal name = new X500Principal("CN=dormouse-api-ca");
        JcaX509v3CertificateBuilder builder = builder(name, name, keys.getPublic(), now, AUTHORITY_LIFE);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
        return issued(builder, keys, keys.getPrivate());
    }

    /**
     * @param names DNS names that it is for
     * @throws IllegalArgumentException when the authority can't be read
     */
    static Issued server(Issued authority, List<String> names, Instant now) {
        KeyPair keys = newKeys();
        JcaX509v3CertificateBuilder builder = builder(
                certificate(authority.certificate()).getSubjectX500Principal(),
                new X500Principal("CN=dormouse-api"),
                keys.getPublic(),
                now,
                SERVER_LIFE);
        GeneralName[] alternatives = names.stream()
                .map(name -> new GeneralName(GeneralName.dNSName, name))
                .toArray(GeneralName[]::new);
        try {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
        return issued(builder, keys, key(authority.key()));
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
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

    private static Issued issued(JcaX509v3CertificateBuilder builder, KeyPair subject, PrivateKey issuer) {
        try {
            return new Issued(
                    pem(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(issuer))),
                    pem(new PemObject("PRIVATE KEY", subject.getPrivate().getEncoded())));
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(Object what) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.writeObject(what);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }

    /** @throws IllegalArgumentException when it is none */
    static X509Certificate certificate(String pem) {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            if (parser.readObject() instanceof X509CertificateHolder holder) {
                return new JcaX509CertificateConverter().getCertificate(holder);
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("this is no certificate in PEM: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("this is no certificate in PEM");
    }

    private static PrivateKey key(String pem) {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            if (parser.readObject() instanceof PrivateKeyInfo info) {
                return new JcaPEMKeyConverter().getPrivateKey(info);
            }
        } catch (IOException e) {
            // without the cause, which may quote it
            throw new IllegalArgumentException("this is no private key in PEM");
        }
        throw new IllegalArgumentException("this is no private key in PEM");
    }
}
