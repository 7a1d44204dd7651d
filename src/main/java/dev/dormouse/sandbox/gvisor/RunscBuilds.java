package dev.dormouse.sandbox.gvisor;

import dev.dormouse.files.FileTree;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * Copies of the runsc binaries that this node used. What is executed is a copy: an upgrade that replaces the installed file, or writes
 * into it, must not change the build that snapshots are said to be of.
 */
final class RunscBuilds {

    /** So that an operator finds the one before the upgrade, to bring it back. */
    static final int KEPT = 3;

    private static final String UNFINISHED = ".new";

    private final Path directory;

    RunscBuilds(Path directory) {
        this.directory = directory;
    }

    /** @param sha256 of the file, which is its name, too */
    record Kept(Path path, String sha256) {}

    /** Copies a binary and forgets the oldest copies. Blocks. Fails FAILED when it can't be read or there is no room. */
    Kept keep(Path binary) throws SandboxException {
        try {
            Files.createDirectories(directory);
            Path copy = Files.createTempFile(directory, "", UNFINISHED);
            Files.copy(binary, copy, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
            // of the copy, not of the original, which may change while it is read
            String sha256 = sha256(copy);
            Path kept = directory.resolve(sha256);
            Files.move(copy, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forgetOld(kept);
            return new Kept(kept, sha256);
        } catch (IOException e) {
            throw new SandboxException(Kind.FAILED, "can't copy %s to %s: %s".formatted(binary, directory, e), e);
        }
    }

    private void forgetOld(Path newest) throws IOException {
        List<Path> others = FileTree.list(directory).stream()
                .filter(file -> !file.equals(newest))
                .sorted(Comparator.comparing(RunscBuilds::age).reversed())
                .toList();
        int kept = 1;
        for (Path other : others) {
            // a copy that was cut off is of a process that is gone: only one uses the directory at a time
            if (other.toString().endsWith(UNFINISHED) || ++kept > KEPT) {
                Files.deleteIfExists(other);
            }
        }
    }

    private static FileTime age(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            content.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
