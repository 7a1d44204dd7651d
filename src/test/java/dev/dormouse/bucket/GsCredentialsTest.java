package dev.dormouse.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    void aWorkloadIdentityExchangesItsToken() throws Exception {
        Path subject = Files.writeString(temp.resolve("subject"), "the-token-of-the-pod");
        Map<String, ?> federation = Map.of(
                "type", "external_account",
                "audience", "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
                "subject_token_type", "urn:ietf:params:oauth:token-type:jwt",
                "token_url", store.tokenUri(),
                "credential_source", Map.of("file", subject.toString()));
        Path file = Files.write(temp.resolve("federation.json"), new ObjectMapper().writeValueAsBytes(federation));

        assertThat(list(file)).isEmpty();

        assertThat(store.tokenRequests())
                .singleElement()
                .asString()
                .contains("the-token-of-the-pod", "devstorage.read_write");
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
