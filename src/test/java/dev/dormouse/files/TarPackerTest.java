package dev.dormouse.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.files.TarUnpacker.Whiteouts;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarPackerTest {

    private static final long LARGE = 64L << 20;

    @TempDir
    Path temp;

    private Path from;
    private Path archive;
    private Path to;

    @BeforeEach
    void makeDirectories() throws IOException {
        from = Files.createDirectory(temp.resolve("from"));
        archive = temp.resolve("data.tar");
        to = Files.createDirectory(temp.resolve("to"));
    }

    private void packAndUnpack() throws IOException {
        TarPacker.pack(from, archive);
        TarUnpacker unpacker = new TarUnpacker(new RootedTree(to), Whiteouts.NONE, Long.MAX_VALUE);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(archive), 100_000)) {
            unpacker.unpack(in);
        }
        unpacker.finish();
    }

    private static long blocks(Path file) throws Exception {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return Long.parseLong(new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
    }

    @Test
    void aTreeComesBackAsItWas() throws Exception {
        Instant time = Instant.parse("2023-04-05T06:07:08.1234567Z");
        Path file =
                Files.writeString(Files.createDirectories(from.resolve("a/b")).resolve("file"), "content");
        Files.setAttribute(file, "unix:mode", 0640);
        Files.setLastModifiedTime(file, FileTime.from(time));
        Files.createSymbolicLink(from.resolve("a/link"), Path.of("/somewhere/else"));
        Files.writeString(from.resolve(".wh.kept"), "an ordinary file here");
        Files.writeString(from.resolve("n".repeat(200)), "long name");
        Files.createDirectory(from.resolve("empty"));
        Files.setAttribute(from.resolve("empty"), "unix:mode", 0711);
        Files.setAttribute(from, "unix:mode", 0750);

        packAndUnpack();

        assertThat(to.resolve("a/b/file")).hasContent("content");
        assertThat((int) Files.getAttribute(to.resolve("a/b/file"), "unix:mode") & 07777)
                .isEqualTo(0640);
        assertThat(Files.getLastModifiedTime(to.resolve("a/b/file")).toInstant())
                .isEqualTo(time);
        assertThat(Files.readSymbolicLink(to.resolve("a/link"))).hasToString("/somewhere/else");
        assertThat(to.resolve(".wh.kept")).hasContent("an ordinary file here");
        assertThat(to.resolve("n".repeat(200))).hasContent("long name");
        assertThat((int) Files.getAttribute(to.resolve("empty"), "unix:mode") & 07777)
                .isEqualTo(0711);
        assertThat((int) Files.getAttribute(to, "unix:mode") & 07777).isEqualTo(0750);
    }

    @Test
    void ownersComeBackWhenRoot() throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(ThisProcess.isRoot());
        Path file = Files.writeString(from.resolve("file"), "x");
        Files.setAttribute(file, "unix:uid", 70_000);
        Files.setAttribute(file, "unix:gid", 3_000_000);

        packAndUnpack();

        assertThat(Files.getAttribute(to.resolve("file"), "unix:uid")).isEqualTo(70_000);
        assertThat(Files.getAttribute(to.resolve("file"), "unix:gid")).isEqualTo(3_000_000);
    }

    @Test
    void namesOfOneFileStayNamesOfOneFile() throws Exception {
        Files.writeString(from.resolve("one"), "same");
        Files.createLink(from.resolve("two"), from.resolve("one"));

        packAndUnpack();

        assertThat(Files.isSameFile(to.resolve("one"), to.resolve("two"))).isTrue();
    }

    @Test
    void aSparseFileTakesNoMoreRoomPackedOrUnpacked() throws Exception {
        try (RandomAccessFile sparse =
                new RandomAccessFile(from.resolve("sparse").toFile(), "rw")) {
            sparse.setLength(LARGE);
            sparse.seek(LARGE / 2);
            sparse.write(42);
        }

        packAndUnpack();

        assertThat(to.resolve("sparse")).hasSize(LARGE);
        assertThat(blocks(archive) * 512).isLessThan(LARGE / 100);
        assertThat(blocks(to.resolve("sparse")) * 512).isLessThan(LARGE / 100);
        try (RandomAccessFile sparse = new RandomAccessFile(to.resolve("sparse").toFile(), "r")) {
            sparse.seek(LARGE / 2);
            assertThat(sparse.read()).isEqualTo(42);
        }
    }

    @Test
    void pipesAreLeftOut() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", from.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        Files.writeString(from.resolve("file"), "x");

        packAndUnpack();

        assertThat(Files.exists(to.resolve("pipe"), LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(to.resolve("file")).exists();
    }
}
