package dev.dormouse.access;

import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.DormouseConfig.Mode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Who is let in, as the settings say. */
@ApplicationScoped
public class AccessSettings {

    private final DormouseConfig config;
    private final Optional<SharedToken> sharedToken;

    /** @throws IllegalStateException when they contradict each other, or a file can't be read */
    @Inject
    AccessSettings(DormouseConfig config) {
        this.config = config;
        this.sharedToken = sharedToken(config.access());
        if (sharedToken.isPresent() && config.mode() == Mode.KUBERNETES) {
            throw new IllegalStateException(
                    "in a cluster each caller has a token of its own: leave out dormouse.access.token and"
                            + " dormouse.access.token-file");
        }
    }

    private static Optional<SharedToken> sharedToken(DormouseConfig.Access access) {
        if (access.token().isPresent()) {
            return access.token().map(SharedToken::of);
        }
        return access.tokenFile().map(AccessSettings::read);
    }

    private static SharedToken read(Path file) {
        try {
            return SharedToken.of(Files.readString(file).strip());
        } catch (IOException e) {
            throw new IllegalStateException("dormouse.access.token-file can't be read: " + e, e);
        }
    }

    /** Whether whoever reaches the API may do everything. */
    public boolean open() {
        return config.mode() == Mode.STANDALONE
                && sharedToken.isEmpty()
                && config.access().oidc().issuer().isEmpty()
                && !clientCertificates();
    }

    /** Whether certificates of clients say who calls. */
    boolean clientCertificates() {
        return config.access().clientCa().isPresent();
    }

    /** Standalone: whether the settings name him as somebody who may do everything. */
    boolean isAdmin(Caller caller) {
        Set<String> users = config.access().adminUsers().orElse(Set.of());
        Set<String> groups = config.access().adminGroups().orElse(Set.of());
        return users.contains(caller.user()) || caller.groups().stream().anyMatch(groups::contains);
    }

    /** Standalone: whose holder may do everything. */
    Optional<SharedToken> sharedToken() {
        return sharedToken;
    }
}
