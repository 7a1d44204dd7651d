package dev.dormouse.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifierTest {

    private static final int SIZE = 5 << 20;

    private final Verifier verifier = new Verifier();

    @TempDir
    Path directory;

    private Manifest manifest;

    @BeforeEach
    void makeFiles() throws Exception {
        manifest = TestManifest.of(UUID.randomUUID(), List.of(write("a.img", 1), write("b.img", 2)));
    }

    /** A file that was last changed well before its check. */
    private Manifest.File write(String name, int seed) throws Exception {
        byte[] bytes = new byte[SIZE];
        new Random(seed).nextBytes(bytes);
        Path file = Files.write(directory.resolve(name), bytes);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        return new Manifest.File(name, SIZE, sha256, "identity");
    }

    private void flip(String name, long position) throws Exception {
        try (FileChannel file =
                FileChannel.open(directory.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            file.read(one, position);
            one.put(0, (byte) (one.get(0) ^ 1)).flip();
            file.write(one, position);
        }
    }

    @Test
    void anUnchangedFileIsHashedOnce() throws Exception {
        Verifier.Report first = verifier.verify(directory, manifest);
        Verifier.Report second = verifier.verify(directory, manifest);

        assertThat(first.hashedBytes()).isEqualTo(2L * SIZE);
        assertThat(first.megabytesPerSecond()).isPositive();
        assertThat(second.hashedBytes()).isZero();
        assertThat(second.trustedBytes()).isEqualTo(2L * SIZE);
    }

    @Test
    void aHardLinkOfAKnownFileIsNotHashedAgain() throws Exception {
        verifier.verify(directory, manifest);
        Path other = Files.createDirectory(directory.resolve("other"));
        Files.createLink(other.resolve("a.img"), directory.resolve("a.img"));
        Files.createLink(other.resolve("b.img"), directory.resolve("b.img"));

        assertThat(verifier.verify(other, manifest).hashedBytes()).isZero();
    }

    @Test
    void aByteThatFlipsAfterACheckIsFound() throws Exception {
        verifier.verify(directory, manifest);
        flip("b.img", 4_000_000);

        assertThatThrownBy(() -> verifier.verify(directory, manifest))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("b.img");
    }

    @Test
    void aFileWrittenJustNowIsHashedAgainNextTime() throws Exception {
        Files.setLastModifiedTime(directory.resolve("a.img"), FileTime.from(Instant.now()));
        verifier.verify(directory, manifest);

        assertThat(verifier.verify(directory, manifest).hashedBytes()).isEqualTo(SIZE);
    }

    @Test
    void aReplacedFileOfTheSameSizeAndTimeIsFound() throws Exception {
        FileTime time = Files.getLastModifiedTime(directory.resolve("a.img"));
        verifier.verify(directory, manifest);
        Files.move(directory.resolve("a.img"), directory.resolve("kept"));
        Files.write(directory.resolve("a.img"), new byte[SIZE]);
        Files.setLastModifiedTime(directory.resolve("a.img"), time);

        assertThatThrownBy(() -> verifier.verify(directory, manifest)).hasMessageContaining("a.img");
    }
}
