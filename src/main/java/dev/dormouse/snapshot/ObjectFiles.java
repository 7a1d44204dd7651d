package dev.dormouse.snapshot;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.dormouse.bucket.Bucket;
import dev.dormouse.bucket.NoSuchObjectException;
import dev.dormouse.bucket.ObjectReader;
import dev.dormouse.bucket.ObjectWriter;
import dev.dormouse.bucket.Transfers;
import dev.dormouse.files.SparseFile;
import dev.dormouse.snapshot.Manifest.File;
import dev.dormouse.snapshot.SnapshotException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The data files of one snapshot in a bucket: compressed, but with size and checksum of what they hold. One pass each way: a file is
 * hashed while it is compressed and sent, or received and written, zero blocks as holes.
 */
final class ObjectFiles {

    /** Memory is mostly zeros, on which the fastest level does as well as any: it compresses faster than stores take it. */
    private static final int LEVEL = 1;

    /** A multiple of what can become a hole. */
    private static final int BUFFER = 4 * SparseFile.BLOCK;

    private final Bucket bucket;
    private final ObjectPlace place;
    private final Transfers transfers;
    private final Verifier verifier;

    ObjectFiles(Bucket bucket, ObjectPlace place, Transfers transfers, Verifier verifier) {
        this.bucket = bucket;
        this.place = place;
        this.transfers = transfers;
        this.verifier = verifier;
    }

    private String key(String name, String encoding) {
        return place.key(encoding.equals(File.ZSTD) ? name + ".zst" : name);
    }

    /** Stores a file of the disk. Blocks. */
    File store(Path source, String name) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(source, BasicFileAttributes.class);
        long now = System.currentTimeMillis();
        MessageDigest digest = Verifier.sha256();
        long size;
        try (var in = Files.newInputStream(source);
                var object = new ObjectWriter(
                        bucket, key(name, File.ZSTD), Zstd.compressBound(attributes.size()), transfers);
                var zstd = new ZstdOutputStreamNoFinalizer(object, LEVEL)) {
            zstd.setCloseFrameOnFlush(true);
            size = copy(in, zstd, digest, Long.MAX_VALUE);
            zstd.flush();
            object.finish();
        }
        String sha256 = HexFormat.of().formatHex(digest.digest());
        verifier.remember(attributes, now, sha256);
        return new File(name, size, sha256, File.ZSTD);
    }

    /** Writes a new file, and its directory, and checks it. Blocks. */
    void fetch(String uri, File file, Path target) throws IOException, SnapshotException {
        Files.createDirectories(target.getParent());
        MessageDigest digest = Verifier.sha256();
        long size;
        try (var object = new ObjectReader(
                        bucket, key(file.name(), file.encoding()), Zstd.compressBound(file.size()), transfers);
                var in = decoded(uri, file, object);
                var channel = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                var out = new SparseFile(channel)) {
            // one byte more than it should have is enough to know
            size = copy(in, out, digest, file.size() + 1);
        } catch (NoSuchObjectException e) {
            throw new SnapshotException(
                    Kind.MISSING, "file %s of snapshot %s is missing".formatted(file.name(), uri), e);
        } catch (ZstdIOException e) {
            throw corrupt(uri, file, "can't be decompressed: " + e.getMessage());
        }
        if (size != file.size()) {
            String than = size > file.size() ? "more than" : size + " bytes instead of";
            throw corrupt(uri, file, "has %s %d".formatted(than, file.size()));
        }
        String sha256 = HexFormat.of().formatHex(digest.digest());
        if (!sha256.equals(file.sha256())) {
            throw corrupt(uri, file, "does not have the checksum it was stored with");
        }
        verifier.vouch(target, sha256);
    }

    private static InputStream decoded(String uri, File file, InputStream object)
            throws IOException, SnapshotException {
        return switch (file.encoding()) {
            case File.IDENTITY -> object;
            case File.ZSTD -> new ZstdInputStreamNoFinalizer(object);
            default -> throw file.unknownEncoding(uri);
        };
    }

    private static long copy(InputStream in, OutputStream out, MessageDigest digest, long atMost) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        while (size < atMost) {
            int count = in.readNBytes(buffer, 0, (int) Math.min(BUFFER, atMost - size));
            if (count == 0) {
                break;
            }
            digest.update(buffer, 0, count);
            out.write(buffer, 0, count);
            size += count;
        }
        return size;
    }

    private static SnapshotException corrupt(String uri, File file, String what) {
        return new SnapshotException(
                Kind.CORRUPT, "file %s of snapshot %s is damaged: it %s".formatted(file.name(), uri, what), null);
    }
}
