package dev.dormouse.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose signatures under a server's certificate are believed: those that Java believes, and a configured CA's. */
public final class TrustedCertificates {

    private TrustedCertificates() {}

    /**
     * @param ca PEM file with one or more certificates; null for none
     * @throws IOException with a sentence for the user, when the file is not that
     */
    public static SSLContext with(@Nullable Path ca) throws IOException {
        try {
            if (ca == null) {
                return SSLContext.getDefault();
            }
            KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
            all.load(null, null);
            int number = 0;
            for (Certificate certificate : read(ca)) {
                all.setCertificateEntry("ca-" + number++, certificate);
            }
            for (TrustManager manager : managers(null)) {
                if (manager instanceof X509TrustManager java) {
                    for (X509Certificate certificate : java.getAcceptedIssuers()) {
                        all.setCertificateEntry("java-" + number++, certificate);
                    }
                }
            }
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, managers(all), null);
            return tls;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS can't be set up: " + e.getMessage(), e);
        }
    }

    /** @param store null for what Java believes */
    private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static Collection<? extends Certificate> read(Path ca) throws IOException {
        Collection<? extends Certificate> certificates;
        try (InputStream pem = Files.newInputStream(ca)) {
            certificates = CertificateFactory.getInstance("X.509").generateCertificates(pem);
        } catch (IOException | GeneralSecurityException e) {
            throw new IOException("%s can't be read as certificates in PEM: %s".formatted(ca, e.getMessage()), e);
        }
        if (certificates.isEmpty()) {
            throw new IOException(ca + " holds no certificate");
        }
        return certificates;
    }
}
