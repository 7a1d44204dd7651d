package dev.dormouse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ActorCertificatesTest {

    private static final String SUBJECT = "spiffe://ate.local/atespace/team-a/actor/a";

    private final Instant now = Instant.parse("2026-03-01T00:00:00Z");
    private final SigningKey key = SigningKey.make(now);
    private final KeyPair actor = SigningRequests.elliptic("secp256r1");
    private final X509Certificate certificate = ActorCertificates.actor(key, actor.getPublic(), SUBJECT, now);

    private void validate(X509Certificate checked, SigningKey believed, Instant at) throws Exception {
        PKIXParameters rules = new PKIXParameters(Set.of(new TrustAnchor(believed.authority(), null)));
        rules.setRevocationEnabled(false);
        rules.setDate(Date.from(at));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(checked)), rules);
    }

    @Test
    void itSaysWhoTheActorIsAndNothingElse() throws Exception {
        validate(certificate, key, now.plusSeconds(1));
        assertThat(certificate.getPublicKey()).isEqualTo(actor.getPublic());
        assertThat(certificate.getSubjectX500Principal().getName()).isEmpty();
        assertThat(certificate.getSubjectAlternativeNames()).containsExactly(List.of(6, SUBJECT));
        assertThat(certificate.getCriticalExtensionOIDs()).contains("2.5.29.17");
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(certificate.getBasicConstraints()).as("no authority").isEqualTo(-1);
        assertThat(certificate.getKeyUsage()[0]).as("digital signature").isTrue();
        assertThat(certificate.getKeyUsage()[5]).as("signs certificates").isFalse();
    }

    @Test
    void itIsGoodForAQuarterOfAnHour() throws Exception {
        validate(certificate, key, now.plus(Duration.ofMinutes(15)));

        assertThatThrownBy(() -> validate(
                        certificate, key, now.plus(Duration.ofMinutes(15)).plusSeconds(1)))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void anotherAuthorityDoesNotVouchForIt() {
        assertThatThrownBy(() -> validate(certificate, SigningKey.make(now), now.plusSeconds(1)))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void anActorIsNoAuthority() {
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
        assertThat(key.authority().getBasicConstraints())
                .as("signs no other authority")
                .isZero();
    }

    @Test
    void authoritiesHaveNamesOfTheirOwn() {
        assertThat(SigningKey.make(now).authority().getSubjectX500Principal())
                .isNotEqualTo(key.authority().getSubjectX500Principal());
    }
}
