package dev.dormouse.access;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** Who calls by his certificate, as Kubernetes reads it: the CN is the user, each O a group. TLS has checked who issued it. */
@Singleton
class ClientCertificates implements HttpServerOptionsCustomizer {

    private final AccessSettings settings;
    private final InstantSource clock;

    ClientCertificates(AccessSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** Whoever has none may bring a token. */
    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        if (settings.clientCertificates()) {
            options.setClientAuth(ClientAuth.REQUEST);
        }
    }

    /** Empty when it names nobody, or isn't valid any more: connections outlive certificates. */
    Optional<Caller> caller(X509Certificate certificate) {
        try {
            certificate.checkValidity(Date.from(clock.instant()));
            LdapName subject =
                    new LdapName(certificate.getSubjectX500Principal().getName());
            List<String> groups = new ArrayList<>(values(subject, "O"));
            groups.add(Caller.AUTHENTICATED);
            return values(subject, "CN").stream().findFirst().map(user -> Caller.of(user, groups));
        } catch (CertificateExpiredException | CertificateNotYetValidException | InvalidNameException e) {
            return Optional.empty();
        }
    }

    private static List<String> values(LdapName subject, String type) {
        return subject.getRdns().stream()
                .filter(part -> part.getType().equalsIgnoreCase(type))
                .map(Rdn::getValue)
                .map(String::valueOf)
                .filter(value -> !value.isEmpty())
                .toList();
    }
}
