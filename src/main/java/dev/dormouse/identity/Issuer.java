package dev.dormouse.identity;

import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.DormouseConfig.Mode;
import dev.dormouse.platform.DormouseConfig.Role;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** By which names we vouch for actors, as the settings say. */
@ApplicationScoped
class Issuer {

    static final String KEYS = "/openid/v1/jwks";

    /** A key must have time to be published before it signs, and to sign. */
    private static final Duration SHORTEST_ROTATION = KeyRing.PUBLISHED_BEFORE.multipliedBy(4);

    /** Well within the life of the authority's certificate that comes with a key. */
    private static final Duration LONGEST_ROTATION = Duration.ofDays(366);

    private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");
    private static final String INSTALLED_IN = "ate-system";

    private final DormouseConfig config;
    private final String url;

    Issuer(
            DormouseConfig config,
            @ConfigProperty(name = "quarkus.http.port") int port,
            @ConfigProperty(name = "quarkus.http.ssl-port", defaultValue = "8443") int tlsPort) {
        this.config = config;
        this.url = config.identity().issuer().orElseGet(() -> usual(config, port, tlsPort));
    }

    private static String usual(DormouseConfig config, int port, int tlsPort) {
        if (config.mode() == Mode.KUBERNETES) {
            return "https://api.%s.svc"
                    .formatted(config.kubernetes().namespace().orElse(INSTALLED_IN));
        }
        return config.api().tls().certificate().isPresent()
                ? "https://localhost:" + tlsPort
                : "http://localhost:" + port;
    }

    /** @throws IllegalStateException when a setting can't be used */
    void check(@Observes StartupEvent start) {
        if (config.role() != Role.SERVER) {
            return;
        }
        URI parsed = parsed();
        boolean plain = parsed.getHost() != null
                && ("https".equals(parsed.getScheme()) || "http".equals(parsed.getScheme()))
                && parsed.getRawQuery() == null
                && parsed.getRawFragment() == null
                && parsed.getRawUserInfo() == null
                && !url.endsWith("/");
        if (!plain) {
            throw new IllegalStateException(
                    "dormouse.identity.issuer must be an http or https URL without query and last slash, not '%s'"
                            .formatted(url));
        }
        if (!TRUST_DOMAIN.matcher(trustDomain()).matches()) {
            throw new IllegalStateException(
                    "dormouse.identity.trust-domain must be of lower case letters, digits, '.', '-' and '_', not '%s'"
                            .formatted(trustDomain()));
        }
        Duration rotation = config.identity().rotation();
        if (rotation.compareTo(SHORTEST_ROTATION) < 0 || rotation.compareTo(LONGEST_ROTATION) > 0) {
            throw new IllegalStateException("dormouse.identity.rotation must be from 4h to 366d, not " + rotation);
        }
    }

    private URI parsed() {
        try {
            return URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("dormouse.identity.issuer is no URL: " + e.getMessage(), e);
        }
    }

    /** As it stands in tokens. */
    String url() {
        return url;
    }

    /** Where the keys are that tokens are checked with. */
    String keysUrl() {
        return url + KEYS;
    }

    private String trustDomain() {
        return config.identity().trustDomain();
    }

    /** The actor's SPIFFE ID. */
    String actor(ActorKey key) {
        return "spiffe://%s/atespace/%s/actor/%s"
                .formatted(trustDomain(), key.atespace().value(), key.id().value());
    }

    /** The SPIFFE ID of a user that actors of the atespace work for: nobody outside is called so. */
    String user(AtespaceName atespace, String user) {
        return "spiffe://%s/atespace/%s/user/%s".formatted(trustDomain(), atespace.value(), user);
    }
}
