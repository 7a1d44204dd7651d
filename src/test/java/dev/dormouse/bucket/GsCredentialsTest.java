package dev.dormouse.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.client.http.LowLevelHttpRequest;
import com.google.api.client.testing.http.MockHttpTransport;
import com.google.api.client.testing.http.MockLowLevelHttpRequest;
import com.google.api.client.testing.http.MockLowLevelHttpResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library's ways to a token, against a server of tokens. */
class GsCredentialsTest {

    @TempDir
    Path temp;

    private FakeGs store;

    @BeforeEach
    void start() throws Exception {
        store = new FakeGs();
        store.requireToken();
    }

    @AfterEach
    void stop() {
        store.close();
    }

    private List<String> list(Path credentials) throws Exception {
        List<String> keys = new ArrayList<>();
        GsBucketsAccess.with(store.port(), credentials).bucket(FakeGs.BUCKET).list("", found -> keys.add(found.key()));
        return keys;
    }

    @Test
    void aServiceAccountGetsATokenByItsKeyAndKeepsIt() throws Exception {
        for (String key : List.of("a", "b", "c", "d")) {
            store.objects().put(key, new byte[1]);
        }

        assertThat(list(store.serviceAccount(temp.resolve("account.json")))).containsExactly("a", "b", "c", "d");

        assertThat(store.tokenRequests()).singleElement().asString().contains("grant-type:jwt-bearer", "assertion=");
    }

    @Test
    void aKeyMayBeAnEnvironmentVariable() throws Exception {
        store.objects().put("a", new byte[1]);
        String key = Files.readString(store.serviceAccount(temp.resolve("account.json")));
        List<String> keys = new ArrayList<>();

        new GsBuckets(GsBucketsAccess.config(store.port(), false, null, key), Duration.ofSeconds(10))
                .bucket(FakeGs.BUCKET)
                .list("", found -> keys.add(found.key()));

        assertThat(keys).containsExactly("a");
        assertThat(store.tokenRequests()).singleElement().asString().contains("grant-type:jwt-bearer");
    }

    @Test
    void aKeyThatIsNoneIsNamedAndNotRepeated() {
        Buckets buckets = new GsBuckets(
                GsBucketsAccess.config(store.port(), false, null, "{\"private_key\": \"hush\"}"),
                Duration.ofSeconds(10));

        assertThatThrownBy(() -> buckets.bucket(FakeGs.BUCKET).list("", found -> {}))
                .isInstanceOf(BucketException.class)
                .hasMessageContaining("dormouse.snapshots.gs.credentials-json")
                .hasMessageNotContaining("hush");
    }

    /** What gives tokens outside of tests, each at an address of its own. */
    private final class Google extends MockHttpTransport {
        final List<MockLowLevelHttpRequest> requests = new ArrayList<>();

        @Override
        public LowLevelHttpRequest buildRequest(String method, String url) throws IOException {
            MockLowLevelHttpRequest request = new MockLowLevelHttpRequest(url);
            request.setResponse(new MockLowLevelHttpResponse()
                    .setContentType("application/json")
                    .addHeader("Metadata-Flavor", "Google")
                    .setContent(store.token()));
            requests.add(request);
            return request;
        }
    }

    private List<String> list(Google google, @Nullable Path credentials) throws Exception {
        List<String> keys = new ArrayList<>();
        new GsBuckets(GsBucketsAccess.config(store.port(), false, credentials), Duration.ofSeconds(10), () -> google)
                .bucket(FakeGs.BUCKET)
                .list("", found -> keys.add(found.key()));
        return keys;
    }

    @Test
    void aFederatedWorkloadExchangesTheTokenOfItsPod() throws Exception {
        Path subject = Files.writeString(temp.resolve("subject"), "the-token-of-the-pod");
        Map<String, ?> federation = Map.of(
                "type", "external_account",
                "audience", "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
                "subject_token_type", "urn:ietf:params:oauth:token-type:jwt",
                "token_url", "https://sts.googleapis.com/v1/token",
                "credential_source", Map.of("file", subject.toString()));
        Path file = Files.write(temp.resolve("federation.json"), new ObjectMapper().writeValueAsBytes(federation));
        Google google = new Google();

        assertThat(list(google, file)).isEmpty();

        assertThat(google.requests).hasSize(1);
        assertThat(google.requests.getFirst().getUrl()).isEqualTo("https://sts.googleapis.com/v1/token");
        assertThat(google.requests.getFirst().getContentAsString())
                .contains("the-token-of-the-pod", "devstorage.read_write");
    }

    @Test
    void aPodOnGkeGetsItsTokenFromTheMetadataServer() throws Exception {
        assumeTrue(System.getenv("GOOGLE_APPLICATION_CREDENTIALS") == null, "this machine has credentials");
        Google google = new Google();

        assertThat(list(google, null)).isEmpty();

        assertThat(google.requests)
                .extracting(MockLowLevelHttpRequest::getUrl)
                .anyMatch(url -> url.contains("/computeMetadata/v1/instance/service-accounts/default/token"));
    }

    @Test
    void withoutATokenTheStoreRefusesAndSaysWhy() {
        Buckets anonymous = GsBucketsAccess.anonymous(store.port(), Duration.ofSeconds(10));

        assertThatThrownBy(() -> anonymous.bucket(FakeGs.BUCKET).list("", found -> {}))
                .isInstanceOf(BucketException.class)
                .hasMessageContaining("401")
                .hasMessageContaining("Invalid Credentials");
    }

    @Test
    void aFileThatIsNoneIsNamed() {
        assertThatThrownBy(() -> list(temp.resolve("nothing.json")))
                .isInstanceOf(BucketException.class)
                .hasMessageContaining("dormouse.snapshots.gs.credentials")
                .hasMessageContaining("nothing.json");
    }
}
