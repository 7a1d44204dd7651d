package dev.dormouse.snapshot;

import dev.dormouse.snapshot.SnapshotException.Kind;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks files against the sizes and checksums of a manifest. A file that this process hashed before, by whatever name, and that
 * has not changed since (same inode, size and modification time) is not hashed again. Safe for many threads; all methods block.
 */
@ApplicationScoped
public class Verifier {

    /** Fits the CPU's cache; larger ones measured slower. */
    private static final int BUFFER = 64 * 1024;

    /** How many files are remembered: some snapshots of each actor that a node sees again. */
    private static final int STAMPS = 20_000;

    /** Below it, handing files to other threads costs more than it brings. */
    private static final long PARALLEL_FROM = 4 << 20;

    /**
     * The kernel's file times advance in ticks of up to 10 ms: a file written within the same tick as its hash may change
     * unseen, so its hash is not remembered.
     */
    private static final Duration TICK = Duration.ofMillis(20);

    /** Old enough to be told from any later change. */
    private static final Duration AGED = Duration.ofSeconds(1);

    private final Map<Object, Stamp> stamps = new LinkedHashMap<>(1024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Stamp> eldest) {
            return size() > STAMPS;
        }
    };

    private record Stamp(long size, FileTime modified, String sha256) {}

    /**
     * What a check did.
     *
     * @param hashedBytes read and hashed
     * @param trustedBytes unchanged since they were hashed before
     */
    public record Report(long hashedBytes, long trustedBytes, Duration took) {

        /** Hashing speed in MB/s; 0 when nothing was hashed. */
        public double megabytesPerSecond() {
            return hashedBytes == 0 ? 0 : hashedBytes * 1e3 / Math.max(1, took.toNanos());
        }
    }

    /** Checks every file of the manifest in a directory. Fails MISSING or CORRUPT, naming the file. */
    public Report verify(Path directory, Manifest manifest) throws SnapshotException {
        long start = System.nanoTime();
        AtomicLong hashed = new AtomicLong();
        try {
            List<SnapshotException> failures = stream(manifest)
                    .<SnapshotException>mapMulti((file, sink) -> {
                        SnapshotException failure = check(directory, manifest, file, hashed);
                        if (failure != null) {
                            sink.accept(failure);
                        }
                    })
                    .toList();
            if (!failures.isEmpty()) {
                throw failures.getFirst();
            }
        } catch (UncheckedIOException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            throw new SnapshotException(
                    Kind.UNAVAILABLE, "snapshot " + manifest.id() + " can't be read: " + cause.getMessage(), cause);
        }
        return new Report(
                hashed.get(), manifest.sizeBytes() - hashed.get(), Duration.ofNanos(System.nanoTime() - start));
    }

    /** The checksum of a file, remembered if it is known to be unchanged. */
    String sha256(Path file) throws IOException {
        return sha256(file, Files.readAttributes(file, BasicFileAttributes.class), new AtomicLong());
    }

    private static Stream<Manifest.File> stream(Manifest manifest) {
        boolean pays = manifest.files().stream()
                        .filter(file -> file.size() >= PARALLEL_FROM)
                        .count()
                > 1;
        return pays ? manifest.files().parallelStream() : manifest.files().stream();
    }

    private @Nullable SnapshotException check(
            Path directory, Manifest manifest, Manifest.File expected, AtomicLong hashed) {
        Path file = directory.resolve(expected.name());
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile() || attributes.size() != expected.size()) {
                return corrupt(
                        manifest, expected, "has %d bytes instead of %d".formatted(attributes.size(), expected.size()));
            }
            return sha256(file, attributes, hashed).equals(expected.sha256())
                    ? null
                    : corrupt(manifest, expected, "does not have the checksum it was stored with");
        } catch (NoSuchFileException e) {
            return new SnapshotException(
                    Kind.MISSING, "file %s of snapshot %s is missing".formatted(expected.name(), manifest.id()), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SnapshotException corrupt(Manifest manifest, Manifest.File file, String what) {
        return new SnapshotException(
                Kind.CORRUPT,
                "file %s of snapshot %s is damaged: it %s".formatted(file.name(), manifest.id(), what),
                null);
    }

    private String sha256(Path file, BasicFileAttributes attributes, AtomicLong hashed) throws IOException {
        Object inode = attributes.fileKey();
        Stamp known = inode == null ? null : stamp(inode);
        if (known != null
                && known.size() == attributes.size()
                && known.modified().equals(attributes.lastModifiedTime())) {
            return known.sha256();
        }
        long now = System.currentTimeMillis();
        String sha256 = hash(file);
        hashed.addAndGet(attributes.size());
        remember(attributes, now, sha256);
        return sha256;
    }

    /**
     * Remembers the checksum of a file that somebody else read from its start to its end.
     *
     * @param before its attributes before that
     * @param now when they were asked for, in milliseconds since 1970
     */
    void remember(BasicFileAttributes before, long now, String sha256) {
        Object inode = before.fileKey();
        if (inode != null && now - before.lastModifiedTime().toMillis() > TICK.toMillis()) {
            remember(inode, new Stamp(before.size(), before.lastModifiedTime(), sha256));
        }
    }

    /** Remembers the checksum of a file that the caller has just made, that nobody else has, and that it hashed while it wrote. */
    void vouch(Path file, String sha256) throws IOException {
        long now = System.currentTimeMillis();
        // so that no later change can fall into the same tick
        Files.setLastModifiedTime(file, FileTime.fromMillis(now - AGED.toMillis()));
        remember(Files.readAttributes(file, BasicFileAttributes.class), now, sha256);
    }

    private @Nullable Stamp stamp(Object inode) {
        synchronized (stamps) {
            return stamps.get(inode);
        }
    }

    private void remember(Object inode, Stamp stamp) {
        synchronized (stamps) {
            stamps.put(inode, stamp);
        }
    }

    private static String hash(Path file) throws IOException {
        MessageDigest sha256 = sha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha256.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
