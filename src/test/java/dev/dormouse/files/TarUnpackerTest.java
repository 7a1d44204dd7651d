package dev.dormouse.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.files.TarUnpacker.Whiteouts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarUnpackerTest {

    private static final long NO_LIMIT = Long.MAX_VALUE;

    @TempDir
    Path temp;

    private Path root;
    private Path outside;

    @BeforeEach
    void makeDirectories() throws IOException {
        root = Files.createDirectory(temp.resolve("root"));
        outside = Files.createDirectory(temp.resolve("outside"));
        Files.writeString(outside.resolve("file"), "untouched");
    }

    private void unpack(TarBytes... layers) throws IOException {
        unpack(NO_LIMIT, layers);
    }

    private void unpack(long limit, TarBytes... layers) throws IOException {
        TarUnpacker unpacker = new TarUnpacker(new RootedTree(root), Whiteouts.APPLIED, limit);
        for (TarBytes layer : layers) {
            unpacker.unpack(new ByteArrayInputStream(layer.bytes()));
        }
        unpacker.finish();
    }

    private String read(String name) throws IOException {
        return Files.readString(root.resolve(name));
    }

    @Test
    void filesComeWithModesTimesAndOwners() throws IOException {
        Instant time = Instant.parse("2024-05-06T07:08:09Z");

        unpack(new TarBytes().directory("closed", 0555).file("closed/tool", "x", entry -> {
            entry.setMode(04755);
            entry.setIds(1234, 5678);
            entry.setModTime(FileTime.from(time));
        }));

        Path tool = root.resolve("closed/tool");
        assertThat(Files.getLastModifiedTime(tool).toInstant()).isEqualTo(time);
        if (ThisProcess.isRoot()) {
            assertThat((int) Files.getAttribute(tool, "unix:mode") & 07777).isEqualTo(04755);
            assertThat(Files.getAttribute(tool, "unix:uid")).isEqualTo(1234);
            assertThat(Files.getAttribute(tool, "unix:gid")).isEqualTo(5678);
            assertThat((int) Files.getAttribute(root.resolve("closed"), "unix:mode") & 07777)
                    .isEqualTo(0555);
        }
    }

    @Test
    void aWhiteoutHidesTheFileOfAnEarlierLayerOnly() throws IOException {
        unpack(
                new TarBytes().file("a/old", "1").file("a/kept", "1"),
                new TarBytes().file("a/.wh.old", "").file("a/new", "2"));

        assertThat(root.resolve("a/old")).doesNotExist();
        assertThat(root.resolve("a/.wh.old")).doesNotExist();
        assertThat(read("a/kept")).isEqualTo("1");
        assertThat(read("a/new")).isEqualTo("2");
    }

    @Test
    void anOpaqueMarkHidesAllOfEarlierLayersWhereverItStandsInItsOwn() throws IOException {
        unpack(
                new TarBytes().file("a/old", "1").file("a/b/old", "1").file("c", "1"),
                new TarBytes().file("a/b/new", "2").file("a/.wh..wh..opq", "").file("a/late", "2"));

        assertThat(root.resolve("a/old")).doesNotExist();
        assertThat(root.resolve("a/b/old")).doesNotExist();
        assertThat(read("a/b/new")).isEqualTo("2");
        assertThat(read("a/late")).isEqualTo("2");
        assertThat(read("c")).isEqualTo("1");
    }

    @Test
    void aLaterLayerReplacesFilesLinksAndDirectories() throws IOException {
        unpack(
                new TarBytes().file("file", "1").symbolicLink("link", "file").file("directory/inside", "1"),
                new TarBytes().directory("file", 0755).file("link", "2").file("directory", "2"));

        assertThat(root.resolve("file")).isDirectory();
        assertThat(read("link")).isEqualTo("2");
        assertThat(Files.isSymbolicLink(root.resolve("link"))).isFalse();
        assertThat(read("directory")).isEqualTo("2");
    }

    @Test
    void aFileGoesThroughALinkThatStaysInTheTree() throws IOException {
        unpack(
                new TarBytes()
                        .directory("usr/lib", 0755)
                        .symbolicLink("lib", "usr/lib")
                        .symbolicLink("abs", "/usr"),
                new TarBytes().file("lib/a", "1").file("abs/b", "2"));

        assertThat(read("usr/lib/a")).isEqualTo("1");
        assertThat(read("usr/b")).isEqualTo("2");
    }

    @Test
    void anAbsoluteLinkMeansAPlaceInTheTree() throws IOException {
        unpack(new TarBytes().symbolicLink("evil", outside.toString()).file("evil/file", "overwritten"));

        assertThat(Files.readString(outside.resolve("file"))).isEqualTo("untouched");
        assertThat(read(outside.toString().substring(1) + "/file")).isEqualTo("overwritten");
    }

    @Test
    void aFileIsNotWrittenThroughALinkThatLeavesTheTree() throws IOException {
        assertThatThrownBy(() ->
                        unpack(new TarBytes().symbolicLink("evil", "../outside").file("evil/file", "overwritten")))
                .isInstanceOf(UnsafeEntryException.class)
                .hasMessageContaining("evil/file");

        assertThat(Files.readString(outside.resolve("file"))).isEqualTo("untouched");
    }

    @Test
    void aFileReplacesALinkInsteadOfBeingWrittenThroughIt() throws IOException {
        unpack(new TarBytes().symbolicLink("evil", "../outside/file").file("evil", "mine"));

        assertThat(Files.readString(outside.resolve("file"))).isEqualTo("untouched");
        assertThat(read("evil")).isEqualTo("mine");
    }

    @Test
    void aWhiteoutDoesNotDeleteThroughALinkThatLeavesTheTree() throws IOException {
        assertThatThrownBy(() -> unpack(
                        new TarBytes().symbolicLink("evil", "../outside"), new TarBytes().file("evil/.wh.file", "")))
                .isInstanceOf(UnsafeEntryException.class);

        assertThat(outside.resolve("file")).exists();
    }

    @Test
    void anOpaqueMarkDoesNotClearWhatALinkInTheDirectoryLeadsTo() throws IOException {
        unpack(new TarBytes().symbolicLink("a/evil", "../../outside"), new TarBytes().file("a/.wh..wh..opq", ""));

        assertThat(outside.resolve("file")).exists();
        assertThat(Files.exists(root.resolve("a/evil"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "/x", "a/../../x", "a/..", ".."})
    void namesThatLeaveTheTreeAreRefused(String name) {
        assertThatThrownBy(() -> unpack(new TarBytes().file(name, "x"))).isInstanceOf(UnsafeEntryException.class);
        assertThat(temp.resolve("x")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {".wh.", ".wh...", ".wh..", "a/.wh..."})
    void whiteoutsThatNameNoFileAreRefused(String name) {
        assertThatThrownBy(() -> unpack(new TarBytes().file(name, ""))).isInstanceOf(UnsafeEntryException.class);
        assertThat(outside).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside/file", "/etc/passwd", "missing", "evil/file"})
    void hardLinksToWhatIsNotInTheTreeAreRefused(String target) {
        assertThatThrownBy(() ->
                        unpack(new TarBytes().symbolicLink("evil", "../outside").hardLink("mine", target)))
                .isInstanceOf(UnsafeEntryException.class);
        assertThat(root.resolve("mine")).doesNotExist();
    }

    @Test
    void aHardLinkSharesItsFile() throws IOException {
        unpack(new TarBytes().file("one", "same"), new TarBytes().hardLink("b/two", "one"));

        assertThat(Files.isSameFile(root.resolve("one"), root.resolve("b/two"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(bytes = {TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO})
    void devicesAndPipesAreRefused(byte type) {
        assertThatThrownBy(() -> unpack(new TarBytes().special("dev/sda", type)))
                .isInstanceOf(UnsafeEntryException.class)
                .hasMessageContaining("device");
    }

    @Test
    void linksInACircleAreRefused() {
        assertThatThrownBy(() -> unpack(new TarBytes()
                        .symbolicLink("a", "b")
                        .symbolicLink("b", "a")
                        .file("a/x", "x")))
                .isInstanceOf(UnsafeEntryException.class)
                .hasMessageContaining("too many");
    }

    @Test
    void moreBytesThanAllowedAreRefusedOverAllLayersTogether() {
        TarBytes half = new TarBytes().file("a", "x".repeat(3000));
        TarBytes other = new TarBytes().file("b", "x".repeat(3000));

        assertThatThrownBy(() -> unpack(5000, half, other))
                .isInstanceOf(UnsafeEntryException.class)
                .hasMessageContaining("5000");
    }

    @Test
    void aFloodOfEmptyFilesCountsToo() {
        TarBytes flood = new TarBytes();
        for (int i = 0; i < 100; i++) {
            flood.file("f" + i, "");
        }

        assertThatThrownBy(() -> unpack(10_000, flood)).isInstanceOf(UnsafeEntryException.class);
    }

    @Test
    void aTruncatedStreamFails() {
        byte[] whole = new TarBytes().file("a", "x".repeat(5000)).bytes();

        assertThatThrownBy(() -> new TarUnpacker(new RootedTree(root), Whiteouts.APPLIED, NO_LIMIT)
                        .unpack(new ByteArrayInputStream(whole, 0, 2000)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void zerosBecomeHolesAndReadTheSame() throws IOException {
        String content = "\0".repeat(300_000) + "end" + "\0".repeat(300_000);

        unpack(new TarBytes().file("sparse", content));

        assertThat(read("sparse")).isEqualTo(content);
    }
}
