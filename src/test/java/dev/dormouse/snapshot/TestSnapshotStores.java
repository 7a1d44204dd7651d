package dev.dormouse.snapshot;

import dev.dormouse.platform.Redirects;
import java.util.List;
import java.util.Map;

/** Makes snapshot stores for tests of other packages. */
public final class TestSnapshotStores {

    private TestSnapshotStores() {}

    /** Stores nothing and finds nothing. */
    public static SnapshotStores none() {
        return new SnapshotStores(new Redirects(Map.of()), List.of());
    }
}
