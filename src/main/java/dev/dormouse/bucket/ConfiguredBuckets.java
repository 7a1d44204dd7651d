package dev.dormouse.bucket;

import dev.dormouse.platform.DormouseConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;

/** The object stores that this process knows, as they are configured. Nothing is connected to before it is used. */
@Singleton
public class ConfiguredBuckets {

    private final Map<String, Buckets> byScheme;
    private final Transfers transfers;

    @Inject
    ConfiguredBuckets(DormouseConfig config) {
        this(
                Map.of(
                        "s3",
                                new S3Buckets(
                                        config.snapshots().s3(),
                                        config.snapshots().requestTimeout()),
                        "gs",
                                new GsBuckets(
                                        config.snapshots().gs(),
                                        config.snapshots().requestTimeout())),
                new Transfers(config.snapshots().transfers()));
    }

    public ConfiguredBuckets(Map<String, Buckets> byScheme, Transfers transfers) {
        this.byScheme = Map.copyOf(byScheme);
        this.transfers = transfers;
    }

    /** @param scheme of a URI: s3 or gs */
    public Optional<Buckets> of(String scheme) {
        return Optional.ofNullable(byScheme.get(scheme));
    }

    /** What all transfers of this process share. */
    public Transfers transfers() {
        return transfers;
    }
}
