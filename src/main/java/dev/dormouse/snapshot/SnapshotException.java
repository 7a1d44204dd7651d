package dev.dormouse.snapshot;

import org.jspecify.annotations.Nullable;

/** A snapshot can't be written or used. The message names the snapshot and file, and is safe to show. */
public final class SnapshotException extends Exception {

    /** What went wrong. */
    public enum Kind {
        /** There is no manifest, or one of its files is not there. */
        MISSING,
        /** A file's checksum or size is not the manifest's, or the manifest makes no sense. */
        CORRUPT,
        /** Another sandbox build, CPU or manifest format. */
        INCOMPATIBLE,
        /** Here, or in the store. */
        DISK_FULL,
        /** The store doesn't answer or refuses. */
        UNAVAILABLE
    }

    private final Kind kind;

    public SnapshotException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
