package dev.dormouse.snapshot;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.dormouse.files.DiskFull;
import dev.dormouse.files.Durability;
import dev.dormouse.files.FileTree;
import dev.dormouse.snapshot.Manifest.File;
import dev.dormouse.snapshot.SnapshotException.Kind;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Snapshots in a directory of this machine, or of a file server. Files are hard-linked where source and store are on one file
 * system, else copied. The manifest appears last, by a rename, when all it names is on the disk.
 */
@ApplicationScoped
class FileSnapshotStore implements SnapshotStore {

    /** How often a put makes its directory anew when a delete of a sibling removes the empty parent under it. */
    private static final int CREATE_ATTEMPTS = 10;

    private final Verifier verifier;

    FileSnapshotStore(Verifier verifier) {
        this.verifier = verifier;
    }

    @Override
    public String scheme() {
        return FileLocation.SCHEME;
    }

    @Override
    public Manifest put(String uri, Path dir, Manifest manifest) throws SnapshotException {
        Path place = FileLocation.path(uri);
        if (Files.exists(place.resolve(Manifest.FILE_NAME))) {
            return requireSame(uri, manifest);
        }
        boolean stored = false;
        try {
            // left by a put that was killed
            FileTree.delete(place);
            create(place);
            Manifest whole = manifest.withFiles(bring(dir, place));
            Durability.replace(place.resolve(Manifest.FILE_NAME), Manifests.write(whole));
            stored = true;
            return whole;
        } catch (IOException e) {
            throw failure("snapshot " + uri + " can't be stored", e);
        } catch (UncheckedIOException e) {
            throw failure("snapshot " + uri + " can't be stored", Objects.requireNonNull(e.getCause()));
        } finally {
            if (!stored) {
                discard(place);
            }
        }
    }

    @Override
    public Manifest manifest(String uri) throws SnapshotException {
        Path place = FileLocation.path(uri);
        byte[] json;
        try (var in = Files.newInputStream(place.resolve(Manifest.FILE_NAME))) {
            json = in.readNBytes(Manifests.SIZE_LIMIT);
        } catch (NoSuchFileException e) {
            throw new SnapshotException(Kind.MISSING, "there is no snapshot " + uri, e);
        } catch (IOException e) {
            throw failure("the manifest of snapshot " + uri + " can't be read", e);
        }
        Manifest manifest = Manifests.read(uri, json);
        if (!manifest.id().equals(place.getFileName().toString())) {
            throw new SnapshotException(Kind.CORRUPT, "the manifest of snapshot " + uri + " is another one's", null);
        }
        return manifest;
    }

    @Override
    public void fetch(String uri, Manifest manifest, Path dir) throws SnapshotException {
        Path place = FileLocation.path(uri);
        createNew(uri, dir);
        boolean whole = false;
        try {
            for (File file : manifest.files()) {
                fetchFile(uri, place.resolve(file.name()), dir.resolve(file.name()), file);
            }
            // after linking: what was checked is what the caller gets
            verifier.verify(dir, manifest);
            whole = true;
        } catch (IOException e) {
            throw failure("snapshot " + uri + " can't be fetched", e);
        } finally {
            if (!whole) {
                discard(dir);
            }
        }
    }

    @Override
    public void delete(String uri) throws SnapshotException {
        Path place = FileLocation.path(uri);
        try {
            if (Files.deleteIfExists(place.resolve(Manifest.FILE_NAME))) {
                // else a power cut could leave a manifest whose files are gone
                Durability.flush(place);
            }
            FileTree.delete(place);
            Path actor = place.getParent();
            if (actor != null && actor.getParent() != null) {
                deleteIfEmpty(actor);
                deleteIfEmpty(actor.getParent());
            }
        } catch (IOException e) {
            throw failure("snapshot " + uri + " can't be deleted", e);
        }
    }

    @Override
    public List<Stored> list(String location) throws SnapshotException {
        try {
            return FileListing.of(location, FileLocation.path(location));
        } catch (IOException e) {
            throw failure("snapshots in " + location + " can't be listed", e);
        }
    }

    @Override
    public void putLog(String uri, byte[] content) throws SnapshotException {
        Path place = FileLocation.path(uri);
        try {
            create(place);
            Durability.replace(place.resolve(LOG_FILE), content);
        } catch (IOException e) {
            throw failure("log " + uri + " can't be stored", e);
        }
    }

    @Override
    public byte[] log(String uri) throws SnapshotException {
        try {
            return Files.readAllBytes(FileLocation.path(uri).resolve(LOG_FILE));
        } catch (NoSuchFileException e) {
            throw new SnapshotException(Kind.MISSING, "there is no log " + uri, e);
        } catch (IOException e) {
            throw failure("log " + uri + " can't be read", e);
        }
    }

    private Manifest requireSame(String uri, Manifest manifest) throws SnapshotException {
        Manifest there = manifest(uri);
        if (there.generation() != manifest.generation() || !there.actor().equals(manifest.actor())) {
            throw new SnapshotException(Kind.UNAVAILABLE, "another snapshot is already at " + uri, null);
        }
        return there;
    }

    private static void fetchFile(String uri, Path source, Path target, File file)
            throws SnapshotException, IOException {
        if (!file.encoding().equals(File.IDENTITY)) {
            throw file.unknownEncoding(uri);
        }
        Files.createDirectories(target.getParent());
        try {
            linkOrCopy(source, target);
        } catch (NoSuchFileException e) {
            throw new SnapshotException(
                    Kind.MISSING, "file %s of snapshot %s is missing".formatted(file.name(), uri), e);
        }
    }

    private static void createNew(String uri, Path dir) throws SnapshotException {
        try {
            Files.createDirectory(dir);
        } catch (IOException e) {
            throw failure("snapshot " + uri + " can't be fetched", e);
        }
    }

    private static void create(Path place) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                Durability.createDirectories(place);
                return;
            } catch (NoSuchFileException e) {
                if (attempt == CREATE_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Brings the files of a directory into the store, durably, and says what they are. */
    private List<File> bring(Path dir, Path place) throws IOException {
        List<File> files = new ArrayList<>();
        try (var found = Files.walk(dir)) {
            for (Path source : (Iterable<Path>) found.sorted()::iterator) {
                if (!Files.isDirectory(source, NOFOLLOW_LINKS)) {
                    files.add(bringFile(source, place, dir.relativize(source).toString()));
                }
            }
        }
        try (var made = Files.walk(place)) {
            for (Path directory : (Iterable<Path>) made.filter(Files::isDirectory)::iterator) {
                Durability.flush(directory);
            }
        }
        return files;
    }

    private File bringFile(Path source, Path place, String name) throws IOException {
        if (!Files.isRegularFile(source, NOFOLLOW_LINKS)) {
            throw new IOException(name + " is not a regular file");
        }
        Path target = place.resolve(name);
        Files.createDirectories(target.getParent());
        linkOrCopy(source, target);
        Durability.flush(target);
        return new File(name, Files.size(target), verifier.sha256(target), File.IDENTITY);
    }

    private static void linkOrCopy(Path source, Path target) throws IOException {
        try {
            Files.createLink(target, source);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            // another file system, or one without hard links
            Files.copy(source, target);
        }
    }

    private static void deleteIfEmpty(Path directory) throws IOException {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            // other snapshots
        }
    }

    private static void discard(Path directory) {
        try {
            FileTree.delete(directory);
        } catch (IOException e) {
            Log.warnf(e, "%s could not be removed; the sweep of orphans will", directory);
        }
    }

    private static SnapshotException failure(String what, IOException e) {
        return DiskFull.causedBy(e)
                ? new SnapshotException(Kind.DISK_FULL, what + ": the disk is full", e)
                : new SnapshotException(Kind.UNAVAILABLE, what + ": " + e.getMessage(), e);
    }
}
