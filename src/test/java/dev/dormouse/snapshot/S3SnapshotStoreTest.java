package dev.dormouse.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.bucket.S3Server;
import dev.dormouse.bucket.Transfers;
import dev.dormouse.snapshot.SnapshotException.Kind;
import dev.dormouse.snapshot.SnapshotStore.Stored;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

@Timeout(60)
class S3SnapshotStoreTest extends SnapshotStoreContract {

    @TempDir
    static Path serverDirectory;

    private static S3Server server;

    private final String prefix = UUID.randomUUID().toString();
    private final SnapshotStore store = new ObjectSnapshotStore(
            "s3", S3Server.buckets(server.port(), Duration.ofSeconds(10)), new Transfers(2), new Verifier());

    @BeforeAll
    static void start() throws Exception {
        server = new S3Server(serverDirectory.resolve("s3"));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static S3Client s3() {
        return server.direct();
    }

    @Override
    String location() {
        return "s3://" + S3Server.BUCKET + "/" + prefix;
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
        return s3().getObjectAsBytes(r -> r.bucket(S3Server.BUCKET).key(prefix + "/" + name))
                .asByteArray();
    }

    @Override
    void write(String name, byte[] content) {
        s3().putObject(r -> r.bucket(S3Server.BUCKET).key(prefix + "/" + name), RequestBody.fromBytes(content));
    }

    @Override
    void remove(String name) {
        s3().deleteObject(r -> r.bucket(S3Server.BUCKET).key(prefix + "/" + name));
    }

    @Override
    boolean exists(String name) {
        try {
            s3().headObject(r -> r.bucket(S3Server.BUCKET).key(prefix + "/" + name));
            return true;
        } catch (NoSuchKeyException e) {
            return false;
        }
    }

    /** Memory as a sandbox leaves it: mostly zeros, with a part that doesn't compress below several parts of an upload. */
    private Path memoryImage(int usedMiB) throws Exception {
        Path image = source.resolve("memory.img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(64 << 20);
            byte[] block = new byte[1 << 20];
            Random random = new Random(2);
            for (int i = 0; i < usedMiB; i++) {
                random.nextBytes(block);
                file.seek(2L * i << 20);
                file.write(block);
            }
        }
        return image;
    }

    private static long allocatedBytes(Path file) throws Exception {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        long blocks = Long.parseLong(new String(stat.getInputStream().readAllBytes()).strip());
        assertThat(stat.waitFor()).isZero();
        return blocks * 512;
    }

    @Test
    void sparseMemoryGoesThereAndBackAndStaysSparse() throws Exception {
        Path image = memoryImage(4);

        Manifest manifest = put();
        store.fetch(uri(), store.manifest(uri()), temp.resolve("target"));

        Path fetched = temp.resolve("target/memory.img");
        assertThat(Files.mismatch(image, fetched)).isEqualTo(-1);
        assertThat(allocatedBytes(fetched)).isLessThan(5 << 20);
        assertThat(store.list(location()).getFirst().sizeBytes()).isLessThan(5 << 20);
        assertThat(manifest.sizeBytes()).isGreaterThan(64 << 20);
    }

    @Test
    void whatIsLargerThanAPartGoesInParts() throws Exception {
        Path image = memoryImage(20);

        put();

        assertThat(s3().headObject(r -> r.bucket(S3Server.BUCKET).key(prefix + "/" + place + "/memory.img.zst"))
                        .eTag())
                .contains("-3");
        store.fetch(uri(), store.manifest(uri()), temp.resolve("target"));
        assertThat(Files.mismatch(image, temp.resolve("target/memory.img"))).isEqualTo(-1);
    }

    @Test
    void uncompressedFilesThatSomebodyCopiedThereAreFetchedToo() throws Exception {
        FileSnapshotStore files = new FileSnapshotStore(new Verifier());
        Path directory = temp.resolve("files");
        files.put("file://" + directory + "/" + place, source, TestManifest.of(id, List.of()));
        for (String name : List.of("checkpoint.img", "empty.img", "sub/pages.img", "manifest.json")) {
            write(
                    place + "/" + name,
                    Files.readAllBytes(directory.resolve(place).resolve(name)));
        }

        store.fetch(uri(), store.manifest(uri()), temp.resolve("target"));

        assertThat(temp.resolve("target/sub/pages.img")).hasBinaryContent(pages);
    }

    @Test
    void aListOfManyPagesIsWhole() throws Exception {
        try (ExecutorService writers = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 1_050; i++) {
                String name = "default/counter/" + new UUID(1, i) + "/pages.img";
                writers.submit(() -> write(name, new byte[2]));
            }
        }

        assertThat(store.list(location()))
                .hasSize(1_050)
                .extracting(Stored::sizeBytes)
                .containsOnly(2L);
    }

    @Test
    void anUploadThatWasKilledIsListedAndDeleted() throws Exception {
        String key = prefix + "/" + place + "/memory.img.zst";
        s3().createMultipartUpload(r -> r.bucket(S3Server.BUCKET).key(key));

        assertThat(store.list(location()))
                .extracting(Stored::uri, Stored::complete)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(uri(), false));

        store.delete(uri());

        assertThat(store.list(location())).isEmpty();
        assertThat(s3().listMultipartUploads(r -> r.bucket(S3Server.BUCKET).prefix(prefix))
                        .uploads())
                .isEmpty();
    }

    @Test
    void aBucketThatDoesNotExistIsNoMissingSnapshot() {
        String elsewhere = "s3://nowhere/" + place;

        assertFails(Kind.UNAVAILABLE, "NoSuchBucket", () -> store.manifest(elsewhere));
        assertFails(
                Kind.UNAVAILABLE, "NoSuchBucket", () -> store.put(elsewhere, source, TestManifest.of(id, List.of())));
        assertFails(Kind.UNAVAILABLE, "NoSuchBucket", () -> store.list("s3://nowhere"));
    }

    @Test
    void aServerThatIsNotThereIsSaidSo() throws Exception {
        SnapshotStore lost = new ObjectSnapshotStore(
                "s3", S3Server.buckets(1, Duration.ofSeconds(10)), new Transfers(2), new Verifier());

        assertFails(Kind.UNAVAILABLE, "doesn't answer", () -> lost.manifest(uri()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3:bucket",
                "s3://",
                "s3:///x",
                "s3://b/../x",
                "s3://bucket//x",
                "s3://bucket/a/./b",
                "s3://bucket/%2e"
            })
    void unusableLocationsAreRefused(String bad) {
        assertThatThrownBy(() -> store.list(bad))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("s3://bucket/prefix");
    }
}
