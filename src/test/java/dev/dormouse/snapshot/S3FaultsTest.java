package dev.dormouse.snapshot;

import dev.dormouse.bucket.FaultyProxy;
import dev.dormouse.bucket.S3Server;
import dev.dormouse.bucket.Transfers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

class S3FaultsTest extends StoreFaults {

    @TempDir
    static Path serverDirectory;

    private static S3Server server;
    private static FaultyProxy proxy;
    private static SnapshotStore store;

    @BeforeAll
    static void start() throws Exception {
        server = new S3Server(serverDirectory.resolve("s3"));
        proxy = new FaultyProxy(server.port());
        store = new ObjectSnapshotStore(
                "s3", S3Server.buckets(proxy.port(), Duration.ofSeconds(2)), new Transfers(2), new Verifier());
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

    private String prefix() {
        return "x/" + id + "/default/counter/" + id;
    }

    @Override
    String uri() {
        return "s3://" + S3Server.BUCKET + "/" + prefix();
    }

    @Override
    boolean sendsPart(String request) {
        return request.startsWith("PUT") && request.contains("partNumber=");
    }

    @Override
    List<String> kept() {
        Stream<String> objects =
                server.direct().listObjectsV2(r -> r.bucket(S3Server.BUCKET).prefix(prefix())).contents().stream()
                        .map(S3Object::key);
        Stream<String> uploads =
                server
                        .direct()
                        .listMultipartUploads(r -> r.bucket(S3Server.BUCKET).prefix(prefix()))
                        .uploads()
                        .stream()
                        .map(MultipartUpload::key);
        return Stream.concat(objects, uploads).toList();
    }
}
