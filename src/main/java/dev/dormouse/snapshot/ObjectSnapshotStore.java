package dev.dormouse.snapshot;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.dormouse.bucket.Bucket;
import dev.dormouse.bucket.Buckets;
import dev.dormouse.bucket.NoSuchObjectException;
import dev.dormouse.bucket.ObjectReader;
import dev.dormouse.bucket.Part;
import dev.dormouse.bucket.Transfers;
import dev.dormouse.files.DiskFull;
import dev.dormouse.files.FileTree;
import dev.dormouse.snapshot.SnapshotException.Kind;
import io.quarkus.logging.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Snapshots in buckets of an object store. Data files are compressed on their way, several at a time; the manifest goes last, and is
 * never put over another one.
 */
final class ObjectSnapshotStore implements SnapshotStore {

    /** Segments are 1 MiB of text, compressed. */
    private static final long LOG_EXPECTED = 1 << 20;

    private final String scheme;
    private final Buckets buckets;
    private final Transfers transfers;
    private final Verifier verifier;

    ObjectSnapshotStore(String scheme, Buckets buckets, Transfers transfers, Verifier verifier) {
        this.scheme = scheme;
        this.buckets = buckets;
        this.transfers = transfers;
        this.verifier = verifier;
    }

    @Override
    public String scheme() {
        return scheme;
    }

    @Override
    public Manifest put(String uri, Path dir, Manifest manifest) throws SnapshotException {
        ObjectPlace place = ObjectPlace.parse(scheme, uri);
        Bucket bucket = bucket(uri, place);
        Optional<Manifest> there = find(uri, place, bucket);
        if (there.isPresent()) {
            return requireSame(uri, there.get(), manifest);
        }
        boolean stored = false;
        try {
            ObjectFiles files = new ObjectFiles(bucket, place, transfers, verifier);
            Manifest whole = manifest.withFiles(
                    Together.each(names(dir), name -> files.store(dir.resolve(name), name.toString())));
            stored = bucket.create(place.key(Manifest.FILE_NAME), Part.of(Manifests.write(whole)));
            if (!stored) {
                // by a try of ours whose answer was lost, or by somebody else: then nothing of it may be removed
                stored = true;
                return requireEqual(uri, manifest(uri), whole);
            }
            return whole;
        } catch (IOException e) {
            throw failure("snapshot " + uri + " can't be stored", e);
        } finally {
            if (!stored) {
                discard(uri);
            }
        }
    }

    @Override
    public Manifest manifest(String uri) throws SnapshotException {
        ObjectPlace place = ObjectPlace.parse(scheme, uri);
        return find(uri, place, bucket(uri, place))
                .orElseThrow(() -> new SnapshotException(Kind.MISSING, "there is no snapshot " + uri, null));
    }

    @Override
    public void fetch(String uri, Manifest manifest, Path dir) throws SnapshotException {
        ObjectPlace place = ObjectPlace.parse(scheme, uri);
        Bucket bucket = bucket(uri, place);
        createNew(uri, dir);
        boolean whole = false;
        try {
            ObjectFiles files = new ObjectFiles(bucket, place, transfers, verifier);
            Together.each(manifest.files(), file -> {
                files.fetch(uri, file, dir.resolve(file.name()));
                return file;
            });
            whole = true;
        } catch (IOException e) {
            throw failure("snapshot " + uri + " can't be fetched", e);
        } finally {
            if (!whole) {
                FileTree.discard(dir);
            }
        }
    }

    @Override
    public void delete(String uri) throws SnapshotException {
        ObjectPlace place = ObjectPlace.parse(scheme, uri);
        Bucket bucket = bucket(uri, place);
        try {
            List<String> keys = new ArrayList<>();
            bucket.list(place.prefix(), found -> keys.add(found.key()));
            String manifest = place.key(Manifest.FILE_NAME);
            if (keys.remove(manifest)) {
                bucket.delete(manifest);
            }
            // of a put that was killed, or begun twice because the first answer was lost
            bucket.abortUnfinished(place.prefix());
            Together.each(keys, key -> {
                bucket.delete(key);
                return key;
            });
        } catch (IOException e) {
            throw failure("snapshot " + uri + " can't be deleted", e);
        }
    }

    @Override
    public List<Stored> list(String location) throws SnapshotException {
        ObjectPlace place = ObjectPlace.parse(scheme, location);
        try {
            return ObjectListing.of(location, place.prefix(), bucket(location, place));
        } catch (IOException e) {
            throw failure("snapshots in " + location + " can't be listed", e);
        }
    }

    @Override
    public void putLog(String uri, byte[] content) throws SnapshotException {
        ObjectPlace place = ObjectPlace.parse(scheme, uri);
        try {
            bucket(uri, place).put(place.key(LOG_FILE), Part.of(content));
        } catch (IOException e) {
            throw failure("log " + uri + " can't be stored", e);
        }
    }

    @Override
    public byte[] log(String uri) throws SnapshotException {
        ObjectPlace place = ObjectPlace.parse(scheme, uri);
        try (var in = new ObjectReader(bucket(uri, place), place.key(LOG_FILE), LOG_EXPECTED, transfers)) {
            return in.readAllBytes();
        } catch (NoSuchObjectException e) {
            throw new SnapshotException(Kind.MISSING, "there is no log " + uri, e);
        } catch (IOException e) {
            throw failure("log " + uri + " can't be read", e);
        }
    }

    private Bucket bucket(String uri, ObjectPlace place) throws SnapshotException {
        try {
            return buckets.bucket(place.bucket());
        } catch (IOException e) {
            throw failure("the store of " + uri + " can't be used", e);
        }
    }

    private Optional<Manifest> find(String uri, ObjectPlace place, Bucket bucket) throws SnapshotException {
        byte[] json;
        try (var in = new ObjectReader(bucket, place.key(Manifest.FILE_NAME), Manifests.SIZE_LIMIT, transfers)) {
            json = in.readNBytes(Manifests.SIZE_LIMIT);
        } catch (NoSuchObjectException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failure("the manifest of snapshot " + uri + " can't be read", e);
        }
        Manifest manifest = Manifests.read(uri, json);
        if (!manifest.id().equals(place.lastName())) {
            throw new SnapshotException(Kind.CORRUPT, "the manifest of snapshot " + uri + " is another one's", null);
        }
        return Optional.of(manifest);
    }

    private static Manifest requireSame(String uri, Manifest there, Manifest manifest) throws SnapshotException {
        if (there.generation() != manifest.generation() || !there.actor().equals(manifest.actor())) {
            throw new SnapshotException(Kind.UNAVAILABLE, "another snapshot is already at " + uri, null);
        }
        return there;
    }

    private static Manifest requireEqual(String uri, Manifest there, Manifest ours) throws SnapshotException {
        if (!there.files().equals(ours.files())) {
            throw new SnapshotException(
                    Kind.UNAVAILABLE, "another snapshot was put at " + uri + " at the same time", null);
        }
        return requireSame(uri, there, ours);
    }

    /** The regular files below a directory, by name. */
    private static List<Path> names(Path dir) throws IOException {
        List<Path> names = new ArrayList<>();
        try (var found = Files.walk(dir)) {
            for (Path file : (Iterable<Path>) found.sorted()::iterator) {
                if (Files.isRegularFile(file, NOFOLLOW_LINKS)) {
                    names.add(dir.relativize(file));
                } else if (!Files.isDirectory(file, NOFOLLOW_LINKS)) {
                    throw new IOException(dir.relativize(file) + " is not a regular file");
                }
            }
        }
        return names;
    }

    private static void createNew(String uri, Path dir) throws SnapshotException {
        try {
            Files.createDirectory(dir);
        } catch (IOException e) {
            throw failure("snapshot " + uri + " can't be fetched", e);
        }
    }

    private void discard(String uri) {
        // what interrupted the put must not interrupt this
        boolean interrupted = Thread.interrupted();
        try {
            delete(uri);
        } catch (SnapshotException e) {
            Log.warnf("%s; the sweep of orphans will remove it", e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static SnapshotException failure(String what, IOException e) {
        return DiskFull.causedBy(e)
                ? new SnapshotException(Kind.DISK_FULL, what + ": the disk is full", e)
                : new SnapshotException(Kind.UNAVAILABLE, what + ": " + e.getMessage(), e);
    }
}
