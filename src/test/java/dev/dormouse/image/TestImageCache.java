package dev.dormouse.image;

import dev.dormouse.platform.Redirects;
import java.nio.file.Path;
import java.util.Map;

/** The real image cache for tests of other packages. */
public final class TestImageCache {

    private TestImageCache() {}

    public static Images in(Path directory, Map<String, String> redirects) {
        return new ImageCache(directory, new Redirects(redirects), 1L << 34, Machine.arch(), Machine.boot());
    }
}
