package dev.dormouse.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.files.SmallDisk;
import dev.dormouse.snapshot.SnapshotException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root, for a file system of its own. */
@Tag("gvisor")
class FullDiskTest {

    private final FileSnapshotStore store = new FileSnapshotStore(new Verifier());

    @TempDir
    Path temp;

    private SmallDisk disk;
    private Path source;

    @BeforeEach
    void mount() throws Exception {
        disk = new SmallDisk(temp.resolve("disk"), 1 << 20);
        source = Files.createDirectory(temp.resolve("source"));
        Files.write(source.resolve("a.img"), new byte[100_000]);
        Files.write(source.resolve("pages.img"), new byte[3 << 20]);
    }

    @AfterEach
    void unmount() throws Exception {
        disk.close();
    }

    private String uri(Path location, UUID id) {
        return "file://" + location + "/default/counter/" + id;
    }

    private static void assertDiskFull(ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining("disk is full")
                .isInstanceOfSatisfying(
                        SnapshotException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DISK_FULL));
    }

    private long freeBytes() throws IOException {
        return Files.getFileStore(disk.path()).getUsableSpace();
    }

    @Test
    void aPutOnAFullDiskLeavesNothingAndTheNextOneWorks() throws Exception {
        long before = freeBytes();
        UUID id = UUID.randomUUID();

        assertDiskFull(() -> store.put(uri(disk.path(), id), source, TestManifest.of(id, List.of())));

        assertThat(disk.path().resolve("default/counter/" + id)).doesNotExist();
        assertThat(freeBytes()).isGreaterThanOrEqualTo(before - 16_384);

        Files.write(source.resolve("pages.img"), new byte[300_000]);
        store.put(uri(disk.path(), id), source, TestManifest.of(id, List.of()));
        assertThat(store.manifest(uri(disk.path(), id)).files()).hasSize(2);
    }

    @Test
    void aFetchToAFullDiskLeavesNothing() throws Exception {
        UUID id = UUID.randomUUID();
        String uri = uri(temp.resolve("store"), id);
        Manifest manifest = store.put(uri, source, TestManifest.of(id, List.of()));

        assertDiskFull(() -> store.fetch(uri, manifest, disk.path().resolve("fetched")));

        assertThat(disk.path().resolve("fetched")).doesNotExist();
    }

    @Test
    void aFetchFromAnotherDiskIsACopyThatIsVerified() throws Exception {
        Files.write(source.resolve("pages.img"), new byte[300_000]);
        UUID id = UUID.randomUUID();
        String uri = uri(disk.path(), id);
        Manifest manifest = store.put(uri, source, TestManifest.of(id, List.of()));
        Path target = temp.resolve("fetched");

        store.fetch(uri, manifest, target);

        assertThat(target.resolve("pages.img")).hasBinaryContent(new byte[300_000]);
        assertThat(Files.isSameFile(target.resolve("a.img"), disk.path().resolve("default/counter/" + id + "/a.img")))
                .isFalse();
    }
}
