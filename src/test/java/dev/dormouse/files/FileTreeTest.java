package dev.dormouse.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {

    @TempDir
    Path temp;

    private Path tree;
    private Path outside;

    @BeforeEach
    void makeTree() throws IOException {
        outside = Files.createDirectory(temp.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "kept");
        tree = temp.resolve("tree");
        Files.createDirectories(tree.resolve("a/b"));
        Files.writeString(tree.resolve("a/b/file"), "12345");
        Files.writeString(tree.resolve("file"), "123");
        Files.createSymbolicLink(tree.resolve("a/link"), outside);
        Files.createSymbolicLink(tree.resolve("dangling"), temp.resolve("nowhere"));
    }

    @Test
    void deleteRemovesAllAndFollowsNoLink() throws IOException {
        FileTree.delete(tree);

        assertThat(tree).doesNotExist();
        assertThat(outside.resolve("kept")).exists();
    }

    @Test
    void discardContentKeepsTheDirectory() {
        FileTree.discardContent(tree);

        assertThat(tree).isEmptyDirectory();
        assertThat(outside.resolve("kept")).exists();
    }

    @Test
    void aLinkIsDeletedInsteadOfWhatItNames() throws IOException {
        FileTree.delete(tree.resolve("a/link"));

        assertThat(tree.resolve("a/link")).doesNotExist();
        assertThat(outside.resolve("kept")).exists();
    }

    @Test
    void whatIsNotThereIsNoFailure() {
        Path nothing = temp.resolve("nothing");

        assertThatCode(() -> FileTree.delete(nothing)).doesNotThrowAnyException();
        FileTree.discard(nothing);
        FileTree.discardContent(nothing);
        assertThat(FileTree.list(nothing)).isEmpty();
    }

    @Test
    void discardLeavesWhatCannotBeDeleted() {
        FileTree.discard(Path.of("/proc/self/status"));

        assertThat(Path.of("/proc/self/status")).exists();
    }

    @Test
    void theSizeIsThatOfTheFilesAndNotOfWhatLinksName() throws IOException {
        assertThat(FileTree.size(tree)).isEqualTo(8);
        assertThat(FileTree.list(tree)).hasSize(3);
    }
}
