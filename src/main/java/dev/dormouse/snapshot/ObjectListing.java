package dev.dormouse.snapshot;

import dev.dormouse.bucket.Bucket;
import dev.dormouse.snapshot.SnapshotStore.Stored;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds snapshots and segments of logs in a bucket by the shape of their keys, {@code <atespace>/<actor>/<uuid>/…}. Other objects aren't ours. */
final class ObjectListing {

    private final String base;
    private final String prefix;
    private final Map<String, Stored> found = new LinkedHashMap<>();

    private ObjectListing(String location, String prefix) {
        this.base = location.endsWith("/") ? location.substring(0, location.length() - 1) : location;
        this.prefix = prefix;
    }

    static List<Stored> of(String location, String prefix, Bucket bucket) throws IOException {
        ObjectListing listing = new ObjectListing(location, prefix);
        bucket.list(prefix, listing::add);
        // what a killed process had begun to upload is no object yet, but must be cleaned up all the same
        bucket.listUnfinished(prefix, listing::add);
        return List.copyOf(listing.found.values());
    }

    private void add(Bucket.Found object) {
        String[] parts = object.key().substring(prefix.length()).split("/", 4);
        if (parts.length == 4 && FileListing.isActor(parts[0], parts[1]) && FileListing.isUuid(parts[2])) {
            String uri = "%s/%s/%s/%s".formatted(base, parts[0], parts[1], parts[2]);
            boolean complete = parts[3].equals(Manifest.FILE_NAME) || parts[3].equals(SnapshotStore.LOG_FILE);
            found.merge(uri, new Stored(uri, complete, object.size(), object.changed()), ObjectListing::sum);
        }
    }

    private static Stored sum(Stored one, Stored other) {
        Instant later = one.lastChanged().isAfter(other.lastChanged()) ? one.lastChanged() : other.lastChanged();
        return new Stored(one.uri(), one.complete() || other.complete(), one.sizeBytes() + other.sizeBytes(), later);
    }
}
