package dev.dormouse.asset;

import dev.dormouse.bucket.ConfiguredBuckets;
import dev.dormouse.bucket.Transfers;
import java.nio.file.Path;
import java.util.Map;

/** The real assets for tests of other packages, without object stores. */
public final class TestAssets {

    private TestAssets() {}

    public static Assets in(Path directory) {
        return new Assets(directory, new AssetSource(new ConfiguredBuckets(Map.of(), new Transfers(1))));
    }
}
