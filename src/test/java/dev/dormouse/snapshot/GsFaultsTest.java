package dev.dormouse.snapshot;

import dev.dormouse.bucket.FakeGs;
import dev.dormouse.bucket.FaultyProxy;
import dev.dormouse.bucket.GsBucketsAccess;
import dev.dormouse.bucket.Transfers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class GsFaultsTest extends StoreFaults {

    private static FakeGs server;
    private static FaultyProxy proxy;
    private static SnapshotStore store;

    @BeforeAll
    static void start() throws Exception {
        server = new FakeGs();
        proxy = new FaultyProxy(server.port());
        server.behind(proxy.port());
        store = new ObjectSnapshotStore(
                "gs", GsBucketsAccess.anonymous(proxy.port(), Duration.ofSeconds(2)), new Transfers(2), new Verifier());
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        server.close();
    }

    @Override
    FaultyProxy proxy() {
        return proxy;
    }

    @Override
    SnapshotStore store() {
        return store;
    }

    @Override
    String uri() {
        return "gs://" + FakeGs.BUCKET + "/x/" + id + "/default/counter/" + id;
    }

    @Override
    boolean sendsPart(String request) {
        return request.startsWith("PUT /session/");
    }

    @Override
    List<String> kept() {
        return Stream.concat(server.objects().keySet().stream(), server.unfinished().stream())
                .filter(key -> key.startsWith("x/" + id + "/"))
                .toList();
    }
}
