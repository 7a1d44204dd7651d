package dev.dormouse.image;

import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.TrustedCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What this node was told of registries. */
final class Registries {

    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");

    private final @Nullable Path ca;
    private final Set<String> plainHttp;
    private final Keychain keychain;
    private final BlobCache cache;
    private final Patience patience;
    private @Nullable RegistryHttp http;

    Registries(@Nullable Path ca, Set<String> plainHttp, Keychain keychain, BlobCache cache, Patience patience) {
        this.ca = ca;
        this.plainHttp = plainHttp;
        this.keychain = keychain;
        this.cache = cache;
        this.patience = patience;
    }

    /** @param directory where what is pulled is kept */
    static Registries of(DormouseConfig.Images config, Path directory) {
        return new Registries(
                config.ca().orElse(null),
                config.plainHttp(),
                new Keychain(config.dockerConfig().orElse(null)),
                new BlobCache(directory, config.cacheBytes()),
                Patience.DEFAULT);
    }

    /** Asks nothing yet. */
    ImageSource open(ImageReference reference, PullSecrets secrets) throws ImageException {
        RegistryName name = RegistryName.parse(reference.name());
        if (reference.tag() != null && !TAG.matcher(reference.tag()).matches()) {
            throw new ImageException("'" + reference.tag() + "' is no tag", null);
        }
        RegistryHttp connected = http();
        RegistryAuthorization authorization = new RegistryAuthorization(connected, name, keychain.find(name, secrets));
        return new RegistrySource(new RegistryClient(connected, name, authorization), cache, patience);
    }

    /** Made when it is first needed: a node that pulls nothing needs no CA. */
    private synchronized RegistryHttp http() throws ImageException {
        RegistryHttp made = http;
        if (made == null) {
            try {
                made = new RegistryHttp(TrustedCertificates.with(ca), plainHttp, patience);
            } catch (IOException e) {
                throw new ImageException("dormouse.images.ca: " + e.getMessage(), e);
            }
            http = made;
        }
        return made;
    }
}
