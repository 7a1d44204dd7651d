package dev.dormouse.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Redirects;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotStoresTest {

    private static final Map<String, String> DEFAULTS = Map.of(
            "dormouse.data-dir", "/data",
            "dormouse.snapshots.redirect.\"s3://\"", "file:///data/s3/",
            "dormouse.snapshots.redirect.\"gs://\"", "file:///data/gs/");

    private static Redirects redirects(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(DEFAULTS);
        all.putAll(more);
        DormouseConfig config = new SmallRyeConfigBuilder()
                .withDefaultValues(all)
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(DormouseConfig.class)
                .build()
                .getConfigMapping(DormouseConfig.class);
        return SnapshotStores.redirects(config.snapshots());
    }

    @Test
    void bucketsAreDirectoriesByDefault() {
        assertThat(redirects(Map.of()).apply("s3://b/x")).isEqualTo("file:///data/s3/b/x");
        assertThat(redirects(Map.of()).apply("gs://b/x")).isEqualTo("file:///data/gs/b/x");
    }

    @Test
    void anEndpointMeansItsBuckets() {
        Redirects s3 = redirects(Map.of("dormouse.snapshots.s3.endpoint", "http://127.0.0.1:9000"));
        Redirects gs = redirects(Map.of("dormouse.snapshots.gs.endpoint", "https://storage.googleapis.com"));

        assertThat(s3.apply("s3://b/x")).isEqualTo("s3://b/x");
        assertThat(s3.apply("gs://b/x")).isEqualTo("file:///data/gs/b/x");
        assertThat(gs.apply("gs://b/x")).isEqualTo("gs://b/x");
    }

    @Test
    void aBucketOfOnesOwnIsRedirectedBesideAnEndpoint() {
        Redirects redirects = redirects(Map.of(
                "dormouse.snapshots.s3.endpoint", "http://127.0.0.1:9000",
                "dormouse.snapshots.redirect.\"s3://scratch/\"", "file:///scratch/"));

        assertThat(redirects.apply("s3://scratch/x")).isEqualTo("file:///scratch/x");
        assertThat(redirects.apply("s3://b/x")).isEqualTo("s3://b/x");
    }

    @Test
    void aSchemeOrABucketThatLeadsToItselfIsUsed() {
        Redirects all = redirects(Map.of("dormouse.snapshots.redirect.\"s3://\"", "s3://"));
        Redirects one = redirects(Map.of("dormouse.snapshots.redirect.\"s3://mine/\"", "s3://mine/"));

        assertThat(all.apply("s3://b/x")).isEqualTo("s3://b/x");
        assertThat(one.apply("s3://mine/x")).isEqualTo("s3://mine/x");
        assertThat(one.apply("s3://b/x")).isEqualTo("file:///data/s3/b/x");
    }
}
