package dev.dormouse.image;

import dev.dormouse.platform.Redirects;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The real image cache for tests of other packages. */
public final class TestImageCache {

    private TestImageCache() {}

    /** No test of layouts asks a registry. */
    static ImageSources layoutsOnly(Path directory) {
        return new ImageSources(new Registries(
                null,
                Set.of(),
                new Keychain(null),
                new BlobCache(directory.resolve("blobs"), 1 << 20),
                Patience.DEFAULT));
    }

    public static Images in(Path directory, Map<String, String> redirects) {
        return new ImageCache(
                directory, new Redirects(redirects), layoutsOnly(directory), 1L << 34, Machine.arch(), Machine.boot());
    }
}
