package dev.dormouse.bucket;

import dev.dormouse.platform.DormouseConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the product makes of a server of Google's JSON API. */
public final class GsBucketsAccess {

    private GsBucketsAccess() {}

    public static Buckets anonymous(int port, Duration requestLimit) {
        return new GsBuckets(config(port, true, null), requestLimit);
    }

    public static Buckets with(int port, Path credentials) {
        return new GsBuckets(config(port, false, credentials), Duration.ofSeconds(10));
    }

    static DormouseConfig.Gs config(int port, boolean anonymous, @Nullable Path credentials) {
        return config(port, anonymous, credentials, null);
    }

    static DormouseConfig.Gs config(
            int port, boolean anonymous, @Nullable Path credentials, @Nullable String credentialsJson) {
        return new DormouseConfig.Gs() {
            @Override
            public Optional<String> endpoint() {
                return Optional.of("http://127.0.0.1:" + port);
            }

            @Override
            public boolean anonymous() {
                return anonymous;
            }

            @Override
            public Optional<Path> credentials() {
                return Optional.ofNullable(credentials);
            }

            @Override
            public Optional<String> credentialsJson() {
                return Optional.ofNullable(credentialsJson);
            }
        };
    }
}
