package dev.dormouse.snapshot;

import static dev.dormouse.snapshot.SnapshotStoreContract.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.bucket.FaultyProxy;
import dev.dormouse.bucket.FaultyProxy.Fault;
import dev.dormouse.snapshot.SnapshotException.Kind;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * What an object store's faults do to snapshots. The stores here have room for two parts only: one that is not given back after a
 * failure makes the next test of the same store wait for ever.
 */
@Timeout(120)
abstract class StoreFaults {

    final UUID id = UUID.randomUUID();

    @TempDir
    Path temp;

    private Path source;

    abstract FaultyProxy proxy();

    /** By way of the proxy; a try of a request may take a second or two. */
    abstract SnapshotStore store();

    abstract String uri();

    /** Whether a request sends a part of a file that has several. */
    abstract boolean sendsPart(String request);

    /** What the store keeps of the snapshot: objects, and parts of uploads. */
    abstract List<String> kept() throws Exception;

    @BeforeEach
    void makeSource() throws Exception {
        proxy().plan(request -> Fault.NONE);
        source = Files.createDirectories(temp.resolve("source"));
        Files.writeString(source.resolve("checkpoint.img"), "state");
        try (RandomAccessFile file =
                new RandomAccessFile(source.resolve("pages.img").toFile(), "rw")) {
            byte[] used = new byte[20 << 20];
            new Random(3).nextBytes(used);
            file.write(used);
            file.setLength(32 << 20);
        }
    }

    private Manifest put() throws SnapshotException {
        return store().put(uri(), source, TestManifest.of(id, List.of()));
    }

    private void assertWhole() throws Exception {
        Path target = temp.resolve("target");
        store().fetch(uri(), store().manifest(uri()), target);
        assertThat(Files.mismatch(source.resolve("pages.img"), target.resolve("pages.img")))
                .isEqualTo(-1);
        assertThat(target.resolve("checkpoint.img")).hasContent("state");
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void whatFailsOnceIsTriedAgain(Fault fault) throws Exception {
        proxy().firstTime(fault);

        put();
        assertWhole();
        assertThat(store().list(uri().substring(0, uri().indexOf("/default/")))).hasSize(1);
        store().delete(uri());

        assertThat(proxy().faults()).isGreaterThan(10);
        assertThat(kept()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"RESET", "ERROR_500"})
    void aPutWhosePartsFailLeavesNothing(Fault fault) throws Exception {
        proxy().plan(request -> sendsPart(request) ? fault : Fault.NONE);

        assertFails(Kind.UNAVAILABLE, uri(), this::put);

        assertThat(kept()).isEmpty();
        proxy().plan(request -> Fault.NONE);
        put();
        assertWhole();
    }

    @Test
    void aPutWhoseManifestFailsLeavesNothing() throws Exception {
        proxy().plan(request ->
                !request.startsWith("GET") && !request.startsWith("DELETE") && request.contains("manifest.json")
                        ? Fault.ERROR_500
                        : Fault.NONE);

        assertFails(Kind.UNAVAILABLE, uri(), this::put);

        assertThat(kept()).isEmpty();
    }

    @Test
    void aStoreThatDoesNotAnswerChangesNothing() throws Exception {
        put();
        List<String> before = kept();
        proxy().plan(request -> Fault.RESET);

        assertFails(Kind.UNAVAILABLE, uri(), this::put);
        assertFails(Kind.UNAVAILABLE, uri(), () -> store().manifest(uri()));
        assertFails(Kind.UNAVAILABLE, uri(), () -> store().delete(uri()));

        assertThat(kept()).isEqualTo(before);
        proxy().plan(request -> Fault.NONE);
        assertWhole();
    }

    @ParameterizedTest
    @EnumSource(names = {"TRUNCATED", "ERROR_503"})
    void aFetchThatFailsLeavesNoDirectory(Fault fault) throws Exception {
        Manifest manifest = put();
        proxy().plan(request -> request.contains("pages.img") ? fault : Fault.NONE);

        assertFails(Kind.UNAVAILABLE, uri(), () -> store().fetch(uri(), manifest, temp.resolve("target")));

        assertThat(temp.resolve("target")).doesNotExist();
        proxy().plan(request -> Fault.NONE);
        assertWhole();
    }

    @Test
    void aManifestThatCanNotBeDeletedKeepsItsFiles() throws Exception {
        put();
        proxy().plan(request ->
                request.startsWith("DELETE") && request.contains("manifest.json") ? Fault.ERROR_500 : Fault.NONE);

        assertFails(Kind.UNAVAILABLE, uri(), () -> store().delete(uri()));

        assertWhole();
    }

    @Test
    void aPutThatIsInterruptedLeavesNothing() throws Exception {
        CountDownLatch sending = new CountDownLatch(1);
        proxy().plan(request -> {
            if (!sendsPart(request)) {
                return Fault.NONE;
            }
            sending.countDown();
            return Fault.STALLED;
        });
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread putting = Thread.ofVirtual().start(() -> {
            try {
                put();
            } catch (SnapshotException e) {
                failure.set(e);
            }
        });
        sending.await();

        putting.interrupt();
        putting.join();

        assertThat(failure.get()).isInstanceOf(SnapshotException.class);
        assertThat(kept()).isEmpty();
    }
}
