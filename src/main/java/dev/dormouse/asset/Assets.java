package dev.dormouse.asset;

import dev.dormouse.bucket.ConfiguredBuckets;
import dev.dormouse.platform.DormouseConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Keeps assets in one directory, named by checksum. Several processes may share it; of two that bring the same
 * one at once the second wins, with the same bytes.
 */
@ApplicationScoped
public class Assets {

    private static final Pattern SHA256 = Pattern.compile("[a-f0-9]{64}");
    private static final String UNFINISHED = ".new";
    /** A binary, not a disk image. */
    private static final long MOST_BYTES = 1L << 31;

    private final Path directory;
    private final AssetSource source;
    /** Checked since this process started. */
    private final Set<Path> checked = ConcurrentHashMap.newKeySet();

    @Inject
    Assets(DormouseConfig config, ConfiguredBuckets buckets) {
        this(config.ateom().nodeDir().orElse(config.dataDir()).resolve("assets"), new AssetSource(buckets));
    }

    Assets(Path directory, AssetSource source) {
        this.directory = directory;
        this.source = source;
    }

    /**
     * The asset as an executable file on this node. Blocks.
     *
     * @param url file:, http:, https:, s3: or gs:
     * @param sha256 64 lower case hexadecimal digits
     */
    public Path fetch(String url, String sha256) throws AssetException {
        if (!SHA256.matcher(sha256).matches()) {
            throw new AssetException(
                    "asset %s: its sha256 must be 64 lower case hexadecimal digits".formatted(url), null);
        }
        Path file = directory.resolve(sha256);
        try {
            if (checked.contains(file) && Files.isExecutable(file)) {
                return file;
            }
            if (!Files.isExecutable(file) || !sha256.equals(sha256(file))) {
                bring(url, sha256, file);
            }
            checked.add(file);
            return file;
        } catch (IOException e) {
            throw new AssetException("asset %s: %s".formatted(url, why(e)), e);
        }
    }

    private void bring(String url, String sha256, Path file) throws IOException {
        Files.createDirectories(directory);
        Path arriving = Files.createTempFile(directory, "", UNFINISHED);
        try {
            String found;
            try (InputStream in = source.open(url);
                    OutputStream out = Files.newOutputStream(arriving)) {
                found = copy(in, out);
            }
            if (!found.equals(sha256)) {
                throw new IOException(
                        "it has the checksum %s, not %s: correct the one or the other".formatted(found, sha256));
            }
            Files.setPosixFilePermissions(arriving, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(arriving, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(arriving);
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return copy(in, OutputStream.nullOutputStream());
        }
    }

    /** The checksum of what was copied. */
    private static String copy(InputStream in, OutputStream out) throws IOException {
        DigestInputStream digest = new DigestInputStream(in, digest());
        byte[] buffer = new byte[1 << 16];
        long bytes = 0;
        for (int count = digest.read(buffer); count >= 0; count = digest.read(buffer)) {
            bytes += count;
            if (bytes > MOST_BYTES) {
                throw new IOException("it has more than %d bytes".formatted(MOST_BYTES));
            }
            out.write(buffer, 0, count);
        }
        return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String why(IOException e) {
        return e instanceof java.nio.file.NoSuchFileException missing
                ? "there is no file " + missing.getFile()
                : String.valueOf(e.getMessage());
    }
}
