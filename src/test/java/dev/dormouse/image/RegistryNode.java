package dev.dormouse.image;

import dev.dormouse.image.Images.UnpackedImage;
import dev.dormouse.platform.Redirects;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A node's image cache with what tests of registries set. */
final class RegistryNode {

    static final Patience QUICK = new Patience(Duration.ofSeconds(5), Duration.ofMillis(700), 3, Duration.ofMillis(20));
    private static final long LIMIT = 10 << 20;

    private final Path directory;
    Map<String, String> redirects = Map.of();

    @Nullable
    Path ca;

    @Nullable
    Path dockerConfig;

    Set<String> plainHttp = Set.of("localhost");
    long cacheBytes = LIMIT;

    RegistryNode(Path directory) {
        this.directory = directory;
    }

    Path images() {
        return directory.resolve("images");
    }

    Path blobs() {
        return images().resolve("blobs");
    }

    Path blob(String digest) {
        return blobs().resolve(digest.replace(':', '-'));
    }

    Path place(String digest) {
        return images().resolve(digest.replace(':', '-'));
    }

    /** As after a start of the process: nothing in memory. */
    ImageCache start() {
        Keychain keychain = new Keychain(dockerConfig);
        Registries registries =
                new Registries(ca, new HashSet<>(plainHttp), keychain, new BlobCache(blobs(), cacheBytes), QUICK);
        return new ImageCache(images(), new Redirects(redirects), new ImageSources(registries), LIMIT, "amd64", "boot");
    }

    UnpackedImage pull(String reference) throws ImageException {
        return start().unpack(reference, PullSecrets.NONE);
    }
}
