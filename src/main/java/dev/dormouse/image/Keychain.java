package dev.dormouse.image;

import io.quarkus.logging.Log;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Finds credentials for a pull: the template's go before the node's. The node's file is read for each pull, so it may change. */
final class Keychain {

    private static final Path DEFAULT = Path.of(".docker", "config.json");

    private final Path file;
    private final boolean required;
    private final AtomicBoolean saidThatHelpersAreNotRun = new AtomicBoolean();

    /** @param configured the node's Docker configuration; when null that of the user, who need not have one */
    Keychain(@Nullable Path configured) {
        this.file = configured != null
                ? configured
                : Path.of(System.getProperty("user.home")).resolve(DEFAULT);
        this.required = configured != null;
    }

    /** Null when there are none, which is enough for public images. */
    @Nullable
    Credential find(RegistryName name, PullSecrets secrets) throws ImageException {
        for (String secret : secrets.dockerConfigs()) {
            Credential credential = pullSecret(secret).find(name);
            if (credential != null) {
                return credential;
            }
        }
        return node().find(name);
    }

    private static DockerConfig pullSecret(String json) throws ImageException {
        try {
            return DockerConfig.parse(json.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new ImageException(
                    "a Secret of the template's imagePullSecrets is no Docker configuration: " + e.getMessage(), e);
        }
    }

    private DockerConfig node() throws ImageException {
        if (!required && !Files.isReadable(file)) {
            return new DockerConfig(java.util.List.of(), false);
        }
        try {
            DockerConfig config = DockerConfig.parse(Files.readAllBytes(file));
            if (config.helped() && !saidThatHelpersAreNotRun.getAndSet(true)) {
                Log.warnf(
                        "%s names credential helpers or identity tokens: they are not used, only user and password under auths",
                        file);
            }
            return config;
        } catch (IOException e) {
            throw new ImageException(
                    "the node's Docker configuration can't be read, correct it or dormouse.images.docker-config: "
                            + (e.getMessage() != null && e.getMessage().contains(file.toString())
                                    ? e.getMessage()
                                    : file + ": " + e.getMessage()),
                    e);
        }
    }
}
