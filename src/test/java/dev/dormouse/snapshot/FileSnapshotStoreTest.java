package dev.dormouse.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.snapshot.SnapshotException.Kind;
import dev.dormouse.snapshot.SnapshotStore.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileSnapshotStoreTest {

    private final FileSnapshotStore store = new FileSnapshotStore(new Verifier());
    private final UUID id = UUID.randomUUID();

    @TempDir
    Path temp;

    private Path location;
    private Path place;
    private String uri;
    private Path source;

    @BeforeEach
    void makeSource() throws IOException {
        location = temp.resolve("store");
        place = location.resolve("default/counter/" + id);
        uri = "file://" + place;
        source = Files.createDirectories(temp.resolve("source"));
        Files.writeString(source.resolve("checkpoint.img"), "state");
        Files.createDirectory(source.resolve("sub"));
        Files.write(source.resolve("sub/pages.img"), new byte[200_000]);
    }

    private Manifest put() throws SnapshotException {
        return store.put(uri, source, TestManifest.of(id, List.of()));
    }

    private static void assertFails(Kind kind, String naming, ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining(naming)
                .isInstanceOfSatisfying(
                        SnapshotException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void whatWasPutIsFetched() throws Exception {
        Manifest stored = put();
        Path target = temp.resolve("target");

        store.fetch(uri, store.manifest(uri), target);

        assertThat(store.manifest(uri)).isEqualTo(stored);
        assertThat(stored.files()).extracting(Manifest.File::name).containsExactly("checkpoint.img", "sub/pages.img");
        assertThat(stored.sizeBytes()).isEqualTo(200_005);
        assertThat(target.resolve("checkpoint.img")).hasContent("state");
        assertThat(target.resolve("sub/pages.img")).hasBinaryContent(new byte[200_000]);
    }

    @Test
    void filesAreLinkedNotCopied() throws Exception {
        put();
        store.fetch(uri, store.manifest(uri), temp.resolve("target"));

        assertThat(Files.isSameFile(source.resolve("sub/pages.img"), temp.resolve("target/sub/pages.img")))
                .isTrue();
    }

    @Test
    void aPutThatIsRepeatedChangesNothing() throws Exception {
        Manifest first = put();
        Files.writeString(source.resolve("later"), "x");

        assertThat(put()).isEqualTo(first);
        assertThat(place.resolve("later")).doesNotExist();
    }

    @Test
    void aPutOverAnotherSnapshotIsRefused() throws Exception {
        put();
        Manifest there = store.manifest(uri);
        Manifest other = new Manifest(
                there.format(),
                there.id(),
                there.atespace(),
                there.actor(),
                there.template(),
                8,
                null,
                there.scope(),
                there.sandboxClass(),
                there.sandboxBuild(),
                there.cpu(),
                there.images(),
                List.of(),
                there.createdAt());

        assertFails(Kind.UNAVAILABLE, "already", () -> store.put(uri, source, other));
        assertThat(store.manifest(uri)).isEqualTo(there);
    }

    @Test
    void aHalfWrittenSnapshotIsMissingAndAPutReplacesIt() throws Exception {
        Files.createDirectories(place);
        Files.writeString(place.resolve("pages.img"), "half");

        assertFails(Kind.MISSING, uri, () -> store.manifest(uri));

        put();
        assertThat(place.resolve("pages.img")).doesNotExist();
        assertThat(store.manifest(uri).files()).hasSize(2);
    }

    @Test
    void aFlippedByteIsCorrupt() throws Exception {
        Manifest manifest = put();
        byte[] bytes = new byte[200_000];
        bytes[123_456] = 1;
        Files.write(place.resolve("sub/pages.img"), bytes);

        assertFails(Kind.CORRUPT, "sub/pages.img", () -> store.fetch(uri, manifest, temp.resolve("target")));
        assertThat(temp.resolve("target")).doesNotExist();
    }

    @Test
    void aTruncatedFileIsCorrupt() throws Exception {
        Manifest manifest = put();
        Files.write(place.resolve("sub/pages.img"), new byte[199_999]);

        assertFails(Kind.CORRUPT, "sub/pages.img", () -> store.fetch(uri, manifest, temp.resolve("target")));
    }

    @Test
    void aMissingFileIsMissing() throws Exception {
        Manifest manifest = put();
        Files.delete(place.resolve("sub/pages.img"));

        assertFails(Kind.MISSING, "sub/pages.img", () -> store.fetch(uri, manifest, temp.resolve("target")));
        assertThat(temp.resolve("target")).doesNotExist();
    }

    @Test
    void anExistingTargetIsLeftAlone() throws Exception {
        Manifest manifest = put();
        Path target = Files.createDirectory(temp.resolve("target"));
        Files.writeString(target.resolve("mine"), "x");

        assertThatThrownBy(() -> store.fetch(uri, manifest, target)).isInstanceOf(SnapshotException.class);
        assertThat(target.resolve("mine")).exists();
    }

    @Test
    void aPutThatFailsLeavesNothing() throws Exception {
        Files.createSymbolicLink(source.resolve("zz-link"), Path.of("/etc/passwd"));

        assertFails(Kind.UNAVAILABLE, "zz-link", this::put);

        assertThat(place).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "[]", "{\"format\":1}", "\"x\""})
    void aDamagedManifestIsCorrupt(String json) throws Exception {
        put();
        Files.writeString(place.resolve(Manifest.FILE_NAME), json);

        assertFails(Kind.CORRUPT, uri, () -> store.manifest(uri));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../../etc/passwd", "/etc/passwd", "a/../b", "manifest.json", "a//b", "a\\\\b", ""})
    void aManifestWithAFileNameThatLeavesItsDirectoryIsCorrupt(String name) throws Exception {
        put();
        Path manifest = place.resolve(Manifest.FILE_NAME);
        Files.writeString(manifest, Files.readString(manifest).replace("checkpoint.img", name));

        assertFails(Kind.CORRUPT, uri, () -> store.manifest(uri));
    }

    @Test
    void aNewerManifestFormatIsIncompatible() throws Exception {
        put();
        Path manifest = place.resolve(Manifest.FILE_NAME);
        Files.writeString(manifest, Files.readString(manifest).replaceFirst("\"format\" : 1", "\"format\" : 2"));

        assertFails(Kind.INCOMPATIBLE, "format 2", () -> store.manifest(uri));
    }

    @Test
    void fieldsOfALaterVersionAreIgnored() throws Exception {
        Manifest stored = put();
        Path manifest = place.resolve(Manifest.FILE_NAME);
        Files.writeString(manifest, Files.readString(manifest).replaceFirst("\\{", "{\"novelty\": [1], "));

        assertThat(store.manifest(uri)).isEqualTo(stored);
    }

    @Test
    void theManifestOfAnotherSnapshotIsCorrupt() throws Exception {
        put();
        Path other = location.resolve("default/counter/" + UUID.randomUUID());
        Files.createDirectories(other);
        Files.copy(place.resolve(Manifest.FILE_NAME), other.resolve(Manifest.FILE_NAME));

        assertFails(Kind.CORRUPT, "another", () -> store.manifest("file://" + other));
    }

    @Test
    void aDeletedSnapshotIsGoneWithItsEmptyParents() throws Exception {
        put();

        store.delete(uri);
        store.delete(uri);

        assertThat(location.resolve("default")).doesNotExist();
        assertThat(source.resolve("checkpoint.img")).hasContent("state");
    }

    @Test
    void aListHoldsSnapshotsAndNothingElse() throws Exception {
        put();
        UUID half = UUID.randomUUID();
        Files.createDirectories(location.resolve("default/counter/" + half));
        Files.writeString(location.resolve("default/counter/" + half + "/pages.img"), "half");
        Files.createDirectories(location.resolve("default/counter/notes"));
        Files.createDirectories(location.resolve("Not-A-Name/x/" + UUID.randomUUID()));
        Files.writeString(location.resolve("README"), "x");

        List<Stored> found = store.list("file://" + location + "/");

        assertThat(found)
                .extracting(Stored::uri, Stored::complete)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(uri, true),
                        org.assertj.core.groups.Tuple.tuple("file://" + location + "/default/counter/" + half, false));
        assertThat(found)
                .filteredOn(each -> !each.complete())
                .extracting(Stored::sizeBytes)
                .containsExactly(4L);
    }

    @Test
    void aLocationThatDoesNotExistHoldsNothing() throws Exception {
        assertThat(store.list("file://" + temp.resolve("nowhere"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:relative",
                "file://host/x",
                "file:///a/../b",
                "file:///a//b",
                "file:///%2e%2e/x",
                "file:///",
                "file:///a\0b"
            })
    void unusableLocationsAreRefused(String bad) {
        assertThatThrownBy(() -> store.manifest(bad))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("file:///absolute/directory");
    }
}
