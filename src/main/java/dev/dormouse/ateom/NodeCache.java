package dev.dormouse.ateom;

import dev.dormouse.files.FileTree;
import dev.dormouse.snapshot.Manifest;
import dev.dormouse.snapshot.SnapshotException;
import dev.dormouse.snapshot.SnapshotException.Kind;
import dev.dormouse.snapshot.SnapshotStores;
import dev.dormouse.snapshot.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Copies of durable snapshots on this node's disk, ready to be restored from: {@code cache/<atespace>/<actor>/<snapshot-id>/}.
 * Those used longest ago give way when there are too many bytes, never one in use. Several ateoms may share them; what is under way
 * lies in {@code staging/} of each one's own directory, which is emptied at start.
 */
final class NodeCache implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(NodeCache.class);
    private static final int DEPTH = 3;
    private static final long LOOK_NANOS = Duration.ofMinutes(1).toNanos();

    private final Path cache;
    private final Path staging;
    private final SnapshotStores stores;
    private final Verifier verifier;
    private final long maxBytes;
    private final CacheUse inUse;
    /** Bytes by directory, in the order of their last use. Guarded by itself. */
    private final Map<Path, Long> entries = new LinkedHashMap<>(16, 0.75f, true);

    private volatile long lookedAt;

    /** One caller at a time looks after a snapshot. */
    private final SnapshotLocks locks = new SnapshotLocks();

    /** A snapshot that stays on the disk until this is closed. */
    record Held(Path dir, Manifest manifest, Runnable release) implements AutoCloseable {
        @Override
        public void close() {
            release.run();
        }
    }

    /**
     * @param shared directory that may serve other ateoms too
     * @param own directory of this one, on the same file system
     */
    NodeCache(Path shared, Path own, SnapshotStores stores, Verifier verifier, long maxBytes) throws IOException {
        this.cache = shared.resolve("cache");
        this.staging = own.resolve("staging");
        this.inUse = new CacheUse(shared.resolve("cache.lock"));
        this.stores = stores;
        this.verifier = verifier;
        this.maxBytes = maxBytes;
        FileTree.discard(staging);
        Files.createDirectories(staging);
        Files.createDirectories(cache);
        look();
    }

    /** What is there by now: others may have brought and removed some. */
    private void look() throws IOException {
        List<Path> found;
        try (var walk = Files.walk(cache, DEPTH)) {
            found = walk.filter(path -> cache.relativize(path).getNameCount() == DEPTH)
                    .sorted(Comparator.comparingLong(path -> path.toFile().lastModified()))
                    .toList();
        }
        Map<Path, Long> sizes = new LinkedHashMap<>();
        for (Path directory : found) {
            sizes.put(directory, FileTree.size(directory));
        }
        synchronized (entries) {
            entries.clear();
            entries.putAll(sizes);
        }
        lookedAt = System.nanoTime();
    }

    /** A new empty directory on the cache's own file system, for a snapshot that is being made. */
    Path stage() throws IOException {
        return Files.createDirectory(staging.resolve(UUID.randomUUID().toString()));
    }

    /** Brings a snapshot here unless it is, checks every file against the manifest, and keeps it until closed. Blocks. */
    Held hold(SnapshotUri uri) throws CommandFailure {
        try (SnapshotLocks.Held lock = locks.lock(uri.id())) {
            Held cached = cached(uri);
            return cached == null ? fetch(uri) : cached;
        } catch (SnapshotException e) {
            throw CommandFailure.of(e);
        }
    }

    private @Nullable Held cached(SnapshotUri uri) throws SnapshotException {
        Path dir = directory(uri);
        if (!Files.isDirectory(dir)) {
            return null;
        }
        begin(uri.id());
        try {
            Manifest manifest = stores.manifest(place(dir));
            verifier.verify(dir, manifest);
            used(dir, manifest);
            return new Held(dir, manifest, () -> end(uri.id()));
        } catch (SnapshotException e) {
            LOG.warnf("the node's copy of %s is not usable and is fetched again: %s", uri.text(), e.getMessage());
            end(uri.id());
            removeUnlessUsed(dir);
            return null;
        }
    }

    private Held fetch(SnapshotUri uri) throws SnapshotException {
        Manifest manifest = stores.manifest(uri.text());
        checkIdentity(uri, manifest);
        Path arriving = staging.resolve(UUID.randomUUID().toString());
        boolean held = false;
        begin(uri.id());
        try {
            makeRoom(manifest.sizeBytes());
            stores.fetch(uri.text(), manifest, arriving);
            Path dir = adopt(uri, arriving, manifest);
            held = true;
            return new Held(dir, manifest, () -> end(uri.id()));
        } finally {
            if (!held) {
                end(uri.id());
            }
            FileTree.discard(arriving);
        }
    }

    /**
     * What the durable place holds, every file checked there and not in the node's copy. Blocks.
     *
     * @throws SnapshotException also MISSING, when the manifest isn't there
     */
    Manifest check(SnapshotUri uri) throws SnapshotException {
        try (SnapshotLocks.Held lock = locks.lock(uri.id());
                Held fetched = fetch(uri)) {
            return fetched.manifest();
        }
    }

    /** A manifest that was copied to another actor's place must not wake there. */
    private static void checkIdentity(SnapshotUri uri, Manifest manifest) throws SnapshotException {
        boolean same = manifest.id().equals(uri.id())
                && manifest.atespace().equals(uri.owner().atespace().value())
                && manifest.actor().equals(uri.owner().id().value());
        if (!same) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    "the manifest of snapshot %s is that of %s/%s/%s"
                            .formatted(uri.text(), manifest.atespace(), manifest.actor(), manifest.id()),
                    null);
        }
    }

    /** Takes a staged snapshot that is durable elsewhere; it may be evicted later. Blocks. */
    void keep(SnapshotUri uri, Path staged, Manifest manifest) throws SnapshotException {
        makeRoom(manifest.sizeBytes());
        adopt(uri, staged, manifest);
    }

    private Path adopt(SnapshotUri uri, Path staged, Manifest manifest) throws SnapshotException {
        Path dir = directory(uri);
        stores.put(place(dir), staged, manifest);
        used(dir, manifest);
        return dir;
    }

    private void begin(String id) throws SnapshotException {
        try {
            inUse.begin(id);
        } catch (IOException e) {
            throw new SnapshotException(Kind.UNAVAILABLE, "the node's cache can't be locked: " + e.getMessage(), e);
        }
    }

    private void end(String id) {
        try {
            inUse.end(id);
        } catch (IOException e) {
            LOG.warnf("snapshot %s stays locked in the node's cache until ateom ends: %s", id, e);
        }
    }

    /** Notes the use, for the others too. */
    private void used(Path dir, Manifest manifest) {
        dir.toFile().setLastModified(System.currentTimeMillis());
        synchronized (entries) {
            entries.put(dir, manifest.sizeBytes());
        }
    }

    private void makeRoom(long bytes) {
        try {
            if (System.nanoTime() - lookedAt > LOOK_NANOS) {
                look();
            }
        } catch (IOException e) {
            LOG.warnf("the node's cache can't be looked through: %s", e);
        }
        leastRecentlyUsed(bytes).forEach(this::removeUnlessUsed);
    }

    private List<Path> leastRecentlyUsed(long bytes) {
        List<Path> leaving = new ArrayList<>();
        synchronized (entries) {
            long excess = entries.values().stream().mapToLong(Long::longValue).sum() + bytes - maxBytes;
            for (Map.Entry<Path, Long> next : entries.entrySet()) {
                if (excess > 0 && !inUse.isUsedHere(next.getKey().getFileName().toString())) {
                    excess -= next.getValue();
                    leaving.add(next.getKey());
                }
            }
        }
        return leaving;
    }

    private void removeUnlessUsed(Path dir) {
        try {
            inUse.unlessUsed(dir.getFileName().toString(), () -> remove(dir));
        } catch (IOException e) {
            LOG.warnf("can't remove %s: %s", dir, e);
        }
    }

    private void remove(Path dir) {
        synchronized (entries) {
            entries.remove(dir);
        }
        try {
            stores.delete(place(dir));
        } catch (SnapshotException e) {
            LOG.warnf("can't remove %s: %s", dir, e.getMessage());
        }
    }

    @Override
    public void close() {
        inUse.close();
    }

    /** Ids of the snapshots here, used last first. */
    List<String> ids(int atMost) {
        synchronized (entries) {
            List<Path> all = new ArrayList<>(entries.keySet());
            return all.reversed().stream()
                    .limit(atMost)
                    .map(dir -> dir.getFileName().toString())
                    .toList();
        }
    }

    private Path directory(SnapshotUri uri) {
        return cache.resolve(uri.owner().atespace().value())
                .resolve(uri.owner().id().value())
                .resolve(uri.id());
    }

    private static String place(Path dir) {
        return "file://" + dir;
    }
}
