package dev.dormouse.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.bucket.FakeGs;
import dev.dormouse.bucket.GsBucketsAccess;
import dev.dormouse.bucket.Transfers;
import dev.dormouse.snapshot.SnapshotException.Kind;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a fake of Google's JSON API: there is no real one to test with. */
@Timeout(60)
class GsSnapshotStoreTest extends SnapshotStoreContract {

    private static FakeGs server;

    private final String prefix = UUID.randomUUID().toString();
    private final SnapshotStore store = new ObjectSnapshotStore(
            "gs", GsBucketsAccess.anonymous(server.port(), Duration.ofSeconds(10)), new Transfers(2), new Verifier());

    @BeforeAll
    static void start() throws Exception {
        server = new FakeGs();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    String location() {
        return "gs://" + FakeGs.BUCKET + "/" + prefix;
    }

    @Override
    SnapshotStore store() {
        return store;
    }

    @Override
    String nameOf(String file) {
        return file + ".zst";
    }

    @Override
    byte[] read(String name) {
        return server.objects().get(prefix + "/" + name).clone();
    }

    @Override
    void write(String name, byte[] content) {
        server.objects().put(prefix + "/" + name, content);
    }

    @Override
    void remove(String name) {
        server.objects().remove(prefix + "/" + name);
    }

    @Override
    boolean exists(String name) {
        return server.objects().containsKey(prefix + "/" + name);
    }

    @Test
    void aBucketThatDoesNotExistIsNoMissingSnapshot() {
        String elsewhere = "gs://nowhere/" + place;

        assertFails(Kind.UNAVAILABLE, "no bucket", () -> store.manifest(elsewhere));
        assertFails(Kind.UNAVAILABLE, "bucket", () -> store.list("gs://nowhere"));
    }

    @Test
    void aListOfManyPagesIsWhole() throws Exception {
        for (int i = 0; i < 100; i++) {
            write("default/counter/" + new UUID(1, i) + "/pages.img", new byte[2]);
        }

        assertThat(store.list(location())).hasSize(100);
    }
}
