package dev.dormouse.snapshot;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Where durable snapshots live; one implementation per URI scheme. All methods block and throw
 * {@link SnapshotException}: call from a worker thread. URIs are {@code <location>/<atespace>/<actor>/<snapshot-id>}.
 */
public interface SnapshotStore {

    /** The URI scheme without colon: {@code file}. */
    String scheme();

    /**
     * Stores the files of {@code dir} and then the manifest, which gets their sizes and checksums. When it returns, the snapshot
     * survives a power cut. A failure leaves no manifest.
     *
     * <p>The store may keep the very files of {@code dir} (hard links): they must not be written to afterwards. Repeating a put
     * that succeeded changes nothing and gives the same answer.
     *
     * @param manifest all but {@code files}
     * @return the manifest as stored
     */
    Manifest put(String uri, Path dir, Manifest manifest) throws SnapshotException;

    /** Fails MISSING or CORRUPT. */
    Manifest manifest(String uri) throws SnapshotException;

    /**
     * Brings the files to a new directory and checks each against the manifest. Fails MISSING or CORRUPT, naming the file, and
     * then leaves no directory. The files may be the store's own (hard links): they must not be written to.
     */
    void fetch(String uri, Manifest manifest, Path dir) throws SnapshotException;

    /** Removes manifest, then files. Idempotent. */
    void delete(String uri) throws SnapshotException;

    /** All snapshots and segments of logs below a location, half-written ones too. */
    List<Stored> list(String location) throws SnapshotException;

    /** The one file of a log's segment, beside the snapshots. */
    String LOG_FILE = "lines.log.gz";

    /** Puts a segment of a log in place, over an older one. When it returns, it survives a power cut. {@link #delete} removes it. */
    void putLog(String uri, byte[] content) throws SnapshotException;

    /** The content of a segment of a log. Fails MISSING. */
    byte[] log(String uri) throws SnapshotException;

    /**
     * A snapshot, or a segment of a log, found in a store.
     *
     * @param complete whether it has a manifest, or is a segment
     * @param lastChanged when something of it was last written
     */
    record Stored(String uri, boolean complete, long sizeBytes, Instant lastChanged) {}
}
