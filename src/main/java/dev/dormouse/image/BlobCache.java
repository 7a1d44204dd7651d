package dev.dormouse.image;

import dev.dormouse.files.Durability;
import io.quarkus.logging.Log;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What was pulled from registries, by digest: a layer that several images share is pulled once. Those used longest ago go when it is
 * full. Several processes may share the directory.
 */
final class BlobCache {

    private static final String PARTIAL = ".partial";
    private static final String LOCK = ".lock";

    private final Path directory;
    private final long maxBytes;

    BlobCache(Path directory, long maxBytes) {
        this.directory = directory;
        this.maxBytes = maxBytes;
    }

    /** Brings a blob into a file; goes on at the file's end where it can. */
    interface Download {
        void into(Path file) throws IOException;
    }

    private record Kept(Path file, long size, FileTime used) {}

    /** The blob, whole and verified. Blocks; of many callers at once one downloads. */
    InputStream open(String digest, Download download) throws IOException {
        Durability.createDirectories(directory);
        String name = digest.replace(':', '-');
        Path file = directory.resolve(name);
        InputStream blob;
        try (CacheLock lock = CacheLock.acquire(directory, name)) {
            if (!isWhole(file, digest)) {
                download(digest, directory.resolve(name + PARTIAL), file, download);
            }
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            // from here on it may be removed: what is open stays
            blob = Files.newInputStream(file);
        }
        makeRoom();
        return blob;
    }

    private static void download(String digest, Path partial, Path file, Download download) throws IOException {
        boolean begunBefore = Files.exists(partial);
        download.into(partial);
        if (!isWhole(partial, digest) && begunBefore) {
            // the beginning may have come to harm in a crash
            Files.deleteIfExists(partial);
            download.into(partial);
        }
        if (!isWhole(partial, digest)) {
            Files.deleteIfExists(partial);
            throw RegistryException.lasting(
                    "what the registry gives as %s has another digest: it is damaged there or on the way; push it again"
                            .formatted(digest),
                    null);
        }
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean isWhole(Path file, String digest) throws IOException {
        try (VerifiedBlob blob = new VerifiedBlob(Files.newInputStream(file), digest)) {
            return blob.isAsPromised();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private void makeRoom() {
        try {
            List<Kept> all = kept();
            long bytes = all.stream().mapToLong(Kept::size).sum();
            for (Kept oldest : all) {
                if (bytes <= maxBytes) {
                    return;
                }
                if (CacheLock.deleteUnlessHeld(directory, blobName(oldest.file()), oldest.file())) {
                    bytes -= oldest.size();
                }
            }
        } catch (IOException e) {
            // it costs space and nothing else: the next pull tries again
            Log.warnf(e, "Old layers in %s could not be removed", directory);
        }
    }

    private List<Kept> kept() throws IOException {
        List<Kept> kept = new ArrayList<>();
        try (var files =
                Files.newDirectoryStream(directory, file -> !file.toString().endsWith(LOCK))) {
            for (Path file : files) {
                try {
                    kept.add(new Kept(file, Files.size(file), Files.getLastModifiedTime(file)));
                } catch (NoSuchFileException e) {
                    // another process was quicker
                }
            }
        }
        kept.sort(Comparator.comparing(Kept::used));
        return kept;
    }

    private static String blobName(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(PARTIAL) ? name.substring(0, name.length() - PARTIAL.length()) : name;
    }
}
