package dev.dormouse.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

class ClientCertificatesTest {

    private static final Instant NOW = Instant.parse("2026-08-30T12:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private final ClientCertificates certificates =
            new ClientCertificates(new AccessSettings(TestSettings.of(Map.of())), now::get);

    private static X509Certificate certificate(String subject) throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        X500Principal name = new X500Principal(subject);
        var builder = new JcaX509v3CertificateBuilder(
                name, BigInteger.ONE, Date.from(NOW), Date.from(NOW.plus(Duration.ofHours(1))), name, keys.getPublic());
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("Ed25519").build(keys.getPrivate())));
    }

    @Test
    void theSubjectTellsUserAndGroups() throws Exception {
        Caller caller = certificates
                .caller(certificate("CN=alice\\, the first, O=ops, O=team-a, C=CH"))
                .orElseThrow();

        assertThat(caller.user()).isEqualTo("alice, the first");
        assertThat(caller.groups()).containsExactlyInAnyOrder("ops", "team-a", "system:authenticated");
    }

    @Test
    void oneWithoutANameIsNobodys() throws Exception {
        assertThat(certificates.caller(certificate("O=ops"))).isEmpty();
    }

    @Test
    void oneThatIsOverIsNobodys() throws Exception {
        X509Certificate certificate = certificate("CN=alice");
        now.set(NOW.plus(Duration.ofMinutes(61)));

        assertThat(certificates.caller(certificate)).isEmpty();
        now.set(NOW.minusSeconds(1));
        assertThat(certificates.caller(certificate)).isEmpty();
    }
}
