package dev.dormouse.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileSnapshotStoreTest extends SnapshotStoreContract {

    private final FileSnapshotStore store = new FileSnapshotStore(new Verifier());

    @Override
    String location() {
        return "file://" + temp.resolve("store");
    }

    @Override
    SnapshotStore store() {
        return store;
    }

    @Override
    String nameOf(String file) {
        return file;
    }

    private Path path(String name) {
        return temp.resolve("store").resolve(name);
    }

    @Override
    byte[] read(String name) throws IOException {
        return Files.readAllBytes(path(name));
    }

    @Override
    void write(String name, byte[] content) throws IOException {
        Files.createDirectories(path(name).getParent());
        // not through the link to the source
        Files.deleteIfExists(path(name));
        Files.write(path(name), content);
    }

    @Override
    void remove(String name) throws IOException {
        Files.delete(path(name));
    }

    @Override
    boolean exists(String name) {
        return Files.exists(path(name));
    }

    @Test
    void filesAreLinkedNotCopied() throws Exception {
        put();
        store.fetch(uri(), store.manifest(uri()), temp.resolve("target"));

        assertThat(Files.isSameFile(source.resolve("sub/pages.img"), temp.resolve("target/sub/pages.img")))
                .isTrue();
    }

    @Test
    void aPutLeavesNothingOfAHalfWrittenOne() throws Exception {
        write(place + "/other.img", new byte[4]);

        put();

        assertThat(path(place + "/other.img")).doesNotExist();
    }

    @Test
    void aDeletedSnapshotIsGoneWithItsEmptyParents() throws Exception {
        put();

        store.delete(uri());

        assertThat(path("default")).doesNotExist();
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
