package dev.dormouse.snapshot;

import dev.dormouse.bucket.ConfiguredBuckets;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The stores of {@code s3://} and {@code gs://}. */
@Singleton
class ObjectStores {

    private final ConfiguredBuckets buckets;
    private final Verifier verifier;

    ObjectStores(ConfiguredBuckets buckets, Verifier verifier) {
        this.buckets = buckets;
        this.verifier = verifier;
    }

    @Produces
    @Singleton
    SnapshotStore s3() {
        return store("s3");
    }

    @Produces
    @Singleton
    SnapshotStore gs() {
        return store("gs");
    }

    private SnapshotStore store(String scheme) {
        return new ObjectSnapshotStore(scheme, buckets.of(scheme).orElseThrow(), buckets.transfers(), verifier);
    }
}
