package dev.dormouse.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Objects;

/** One repository of a registry. What was pulled before is taken from the cache, and the registry isn't asked. */
final class RegistrySource implements ImageSource {

    private static final String LATEST = "latest";

    private final RegistryClient client;
    private final BlobCache cache;
    private final Patience patience;

    RegistrySource(RegistryClient client, BlobCache cache, Patience patience) {
        this.client = client;
        this.cache = cache;
        this.patience = patience;
    }

    @Override
    public byte[] manifest(ImageReference reference) throws IOException {
        String digest = reference.digest();
        if (digest == null) {
            return fetch(Objects.requireNonNullElse(reference.tag(), LATEST));
        }
        return LayoutSource.read(cache.open(digest, file -> Files.write(file, fetch(digest))));
    }

    private byte[] fetch(String tagOrDigest) throws IOException {
        return patience.tries(() -> client.manifest(tagOrDigest), () -> 0);
    }

    @Override
    public InputStream blob(String digest, long size) throws IOException {
        return cache.open(
                digest,
                file -> patience.tries(
                        () -> {
                            client.download(digest, size, file);
                            return file;
                        },
                        () -> RegistryClient.length(file)));
    }

    @Override
    public void close() {}
}
