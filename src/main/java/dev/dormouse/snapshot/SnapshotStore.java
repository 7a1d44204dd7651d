package dev.dormouse.snapshot;

import java.nio.file.Path;
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
     * @param manifest all but {@code files}
     * @return the manifest as stored
     */
    Manifest put(String uri, Path dir, Manifest manifest) throws SnapshotException;

    /** Fails MISSING or CORRUPT. */
    Manifest manifest(String uri) throws SnapshotException;

    /** Brings the files to a new directory and checks each against the manifest. Fails MISSING or CORRUPT, naming the file. */
    void fetch(String uri, Manifest manifest, Path dir) throws SnapshotException;

    /** Removes manifest, then files. Idempotent. */
    void delete(String uri) throws SnapshotException;

    /** The URIs of all snapshots below a location, with or without a manifest (half-written ones too). */
    List<String> list(String location) throws SnapshotException;
}
