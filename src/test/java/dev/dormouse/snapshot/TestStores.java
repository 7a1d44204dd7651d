package dev.dormouse.snapshot;

import dev.dormouse.platform.Redirects;
import dev.dormouse.standalone.StoreDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Real stores of files for tests of other packages, and others beside them. */
public final class TestStores {

    private TestStores() {}

    public static SnapshotRecords records(StoreDatabase database) {
        return new SnapshotRecords(database.database(), database.sessions(SnapshotRow.class));
    }

    public static SnapshotStores with(Verifier verifier, SnapshotStore... more) {
        List<SnapshotStore> stores = new ArrayList<>(List.of(more));
        stores.add(new FileSnapshotStore(verifier));
        return new SnapshotStores(new Redirects(Map.of()), stores);
    }
}
