package dev.dormouse.snapshot;

import dev.dormouse.bucket.GsBuckets;
import dev.dormouse.bucket.S3Buckets;
import dev.dormouse.bucket.Transfers;
import dev.dormouse.platform.DormouseConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The stores of {@code s3://} and {@code gs://}. They connect to nothing, and look for no credentials, before they are used. */
@Singleton
class ObjectStores {

    private final DormouseConfig.Snapshots config;
    private final Verifier verifier;
    private final Transfers transfers;

    ObjectStores(DormouseConfig config, Verifier verifier) {
        this.config = config.snapshots();
        this.verifier = verifier;
        this.transfers = new Transfers(this.config.transfers());
    }

    @Produces
    @Singleton
    SnapshotStore s3() {
        return new ObjectSnapshotStore("s3", new S3Buckets(config.s3(), config.requestTimeout()), transfers, verifier);
    }

    @Produces
    @Singleton
    SnapshotStore gs() {
        return new ObjectSnapshotStore("gs", new GsBuckets(config.gs(), config.requestTimeout()), transfers, verifier);
    }
}
