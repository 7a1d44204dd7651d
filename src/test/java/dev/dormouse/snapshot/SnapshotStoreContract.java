package dev.dormouse.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.snapshot.SnapshotException.Kind;
import dev.dormouse.snapshot.SnapshotStore.Stored;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store of snapshots does. */
abstract class SnapshotStoreContract {

    final UUID id = UUID.randomUUID();
    final byte[] pages = new byte[200_000];

    @TempDir
    Path temp;

    Path source;
    /** Below the location. */
    final String place = "default/counter/" + id;

    /** Made anew for each test, and nothing else in it. */
    abstract String location();

    abstract SnapshotStore store();

    /** How the store names the object or file that holds a data file. */
    abstract String nameOf(String file);

    /** Behind the store's back, below the location. */
    abstract byte[] read(String name) throws IOException;

    abstract void write(String name, byte[] content) throws IOException;

    abstract void remove(String name) throws IOException;

    abstract boolean exists(String name) throws IOException;

    @BeforeEach
    void makeSource() throws IOException {
        // memory: some of it is used
        byte[] used = new byte[70_000];
        new Random(1).nextBytes(used);
        System.arraycopy(used, 0, pages, 65_536, used.length);
        source = Files.createDirectories(temp.resolve("source"));
        Files.writeString(source.resolve("checkpoint.img"), "state");
        Files.createFile(source.resolve("empty.img"));
        Files.createDirectory(source.resolve("sub"));
        Files.write(source.resolve("sub/pages.img"), pages);
    }

    String uri() {
        return location() + "/" + place;
    }

    Manifest put() throws SnapshotException {
        return store().put(uri(), source, TestManifest.of(id, List.of()));
    }

    static void assertFails(Kind kind, String naming, ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining(naming)
                .isInstanceOfSatisfying(
                        SnapshotException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void aLogIsPutOverAnOlderOneListedAndDeleted() throws Exception {
        assertFails(Kind.MISSING, uri(), () -> store().log(uri()));
        store().putLog(uri(), "one".getBytes(StandardCharsets.UTF_8));
        store().putLog(uri(), "one two".getBytes(StandardCharsets.UTF_8));

        assertThat(store().log(uri())).asString().isEqualTo("one two");
        assertThat(store().list(location()))
                .extracting(Stored::uri, Stored::complete)
                .containsExactly(Tuple.tuple(uri(), true));

        store().delete(uri());
        store().delete(uri());
        assertThat(store().list(location())).isEmpty();
    }

    private String manifestText() throws IOException {
        return new String(read(place + "/manifest.json"), StandardCharsets.UTF_8);
    }

    private void writeManifest(String text) throws IOException {
        write(place + "/manifest.json", text.getBytes(StandardCharsets.UTF_8));
    }

    private String pagesName() {
        return place + "/" + nameOf("sub/pages.img");
    }

    @Test
    void whatWasPutIsFetched() throws Exception {
        Manifest stored = put();
        Path target = temp.resolve("target");

        store().fetch(uri(), store().manifest(uri()), target);

        assertThat(store().manifest(uri())).isEqualTo(stored);
        assertThat(stored.files())
                .extracting(Manifest.File::name, Manifest.File::size)
                .containsExactly(
                        Tuple.tuple("checkpoint.img", 5L),
                        Tuple.tuple("empty.img", 0L),
                        Tuple.tuple("sub/pages.img", 200_000L));
        assertThat(stored.files().getLast().sha256()).isEqualTo(new Verifier().sha256(source.resolve("sub/pages.img")));
        assertThat(target.resolve("checkpoint.img")).hasContent("state");
        assertThat(target.resolve("empty.img")).isEmptyFile();
        assertThat(target.resolve("sub/pages.img")).hasBinaryContent(pages);
    }

    @Test
    void aPutThatIsRepeatedChangesNothing() throws Exception {
        Manifest first = put();
        Files.writeString(source.resolve("later"), "x");

        assertThat(put()).isEqualTo(first);
        assertThat(exists(place + "/" + nameOf("later"))).isFalse();
    }

    @Test
    void aPutOverAnotherSnapshotIsRefused() throws Exception {
        put();
        Manifest there = store().manifest(uri());
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

        assertFails(Kind.UNAVAILABLE, "already", () -> store().put(uri(), source, other));
        assertThat(store().manifest(uri())).isEqualTo(there);
        store().fetch(uri(), there, temp.resolve("target"));
    }

    @Test
    void aHalfWrittenSnapshotIsMissingAndAPutReplacesIt() throws Exception {
        write(pagesName(), new byte[] {1, 2, 3, 4});

        assertFails(Kind.MISSING, uri(), () -> store().manifest(uri()));

        put();
        assertThat(store().manifest(uri()).files()).hasSize(3);
        store().fetch(uri(), store().manifest(uri()), temp.resolve("target"));
    }

    @Test
    void aFlippedByteIsCorrupt() throws Exception {
        Manifest manifest = put();
        byte[] bytes = read(pagesName());
        bytes[bytes.length / 2] ^= 1;
        write(pagesName(), bytes);

        assertFails(Kind.CORRUPT, "sub/pages.img", () -> store().fetch(uri(), manifest, temp.resolve("target")));
        assertThat(temp.resolve("target")).doesNotExist();
    }

    @Test
    void aTruncatedFileIsCorrupt() throws Exception {
        Manifest manifest = put();
        byte[] bytes = read(pagesName());
        write(pagesName(), Arrays.copyOf(bytes, bytes.length - 1));

        assertFails(Kind.CORRUPT, "sub/pages.img", () -> store().fetch(uri(), manifest, temp.resolve("target")));
        assertThat(temp.resolve("target")).doesNotExist();
    }

    @Test
    void anotherFilesContentIsCorrupt() throws Exception {
        Manifest manifest = put();
        write(pagesName(), read(place + "/" + nameOf("checkpoint.img")));

        assertFails(Kind.CORRUPT, "sub/pages.img", () -> store().fetch(uri(), manifest, temp.resolve("target")));
    }

    @Test
    void aMissingFileIsMissing() throws Exception {
        Manifest manifest = put();
        remove(pagesName());

        assertFails(Kind.MISSING, "sub/pages.img", () -> store().fetch(uri(), manifest, temp.resolve("target")));
        assertThat(temp.resolve("target")).doesNotExist();
    }

    @Test
    void anExistingTargetIsLeftAlone() throws Exception {
        Manifest manifest = put();
        Path target = Files.createDirectory(temp.resolve("target"));
        Files.writeString(target.resolve("mine"), "x");

        assertThatThrownBy(() -> store().fetch(uri(), manifest, target)).isInstanceOf(SnapshotException.class);
        assertThat(target.resolve("mine")).exists();
    }

    @Test
    void aPutThatFailsLeavesNothing() throws Exception {
        Files.createSymbolicLink(source.resolve("zz-link"), Path.of("/etc/passwd"));

        assertFails(Kind.UNAVAILABLE, "zz-link", this::put);

        assertThat(store().list(location())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "[]", "{\"format\":1}", "\"x\""})
    void aDamagedManifestIsCorrupt(String json) throws Exception {
        put();
        writeManifest(json);

        assertFails(Kind.CORRUPT, uri(), () -> store().manifest(uri()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../../etc/passwd", "/etc/passwd", "a/../b", "manifest.json", "a//b", "a\\\\b", ""})
    void aManifestWithAFileNameThatLeavesItsDirectoryIsCorrupt(String name) throws Exception {
        put();
        writeManifest(manifestText().replace("checkpoint.img", name));

        assertFails(Kind.CORRUPT, uri(), () -> store().manifest(uri()));
    }

    @Test
    void aNewerManifestFormatIsIncompatible() throws Exception {
        put();
        writeManifest(manifestText().replaceFirst("\"format\" : 1", "\"format\" : 2"));

        assertFails(Kind.INCOMPATIBLE, "format 2", () -> store().manifest(uri()));
    }

    @Test
    void anUnknownEncodingIsIncompatible() throws Exception {
        put();
        writeManifest(manifestText().replaceAll("\"encoding\" : \"[a-z]+\"", "\"encoding\" : \"rot13\""));

        assertFails(
                Kind.INCOMPATIBLE,
                "rot13",
                () -> store().fetch(uri(), store().manifest(uri()), temp.resolve("target")));
        assertThat(temp.resolve("target")).doesNotExist();
    }

    @Test
    void fieldsOfALaterVersionAreIgnored() throws Exception {
        Manifest stored = put();
        writeManifest(manifestText().replaceFirst("\\{", "{\"novelty\": [1], "));

        assertThat(store().manifest(uri())).isEqualTo(stored);
    }

    @Test
    void theManifestOfAnotherSnapshotIsCorrupt() throws Exception {
        put();
        String other = "default/counter/" + UUID.randomUUID();
        write(other + "/manifest.json", read(place + "/manifest.json"));

        assertFails(Kind.CORRUPT, "another", () -> store().manifest(location() + "/" + other));
    }

    @Test
    void aDeletedSnapshotIsGone() throws Exception {
        put();

        store().delete(uri());
        store().delete(uri());

        assertFails(Kind.MISSING, uri(), () -> store().manifest(uri()));
        assertThat(exists(pagesName())).isFalse();
        assertThat(store().list(location())).isEmpty();
        assertThat(source.resolve("checkpoint.img")).hasContent("state");
    }

    @Test
    void aListHoldsSnapshotsAndNothingElse() throws Exception {
        put();
        UUID half = UUID.randomUUID();
        write("default/counter/" + half + "/pages.img", new byte[4]);
        write("default/counter/notes/x", new byte[1]);
        write("Not-A-Name/x/" + UUID.randomUUID() + "/pages.img", new byte[1]);
        write("README", new byte[1]);

        List<Stored> found = store().list(location() + "/");

        assertThat(found)
                .extracting(Stored::uri, Stored::complete)
                .containsExactlyInAnyOrder(
                        Tuple.tuple(uri(), true), Tuple.tuple(location() + "/default/counter/" + half, false));
        assertThat(found)
                .filteredOn(each -> !each.complete())
                .extracting(Stored::sizeBytes)
                .containsExactly(4L);
    }

    @Test
    void aLocationWithNothingInItHoldsNothing() throws Exception {
        assertThat(store().list(location() + "/nowhere")).isEmpty();
    }
}
