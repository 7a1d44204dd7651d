package dev.dormouse.snapshot;

import org.jspecify.annotations.Nullable;

/** A snapshot can't be written or used. The message names the snapshot and file, and is safe to show. */
public final class SnapshotException extends Exception {

    /** What went wrong. */
    public enum Kind {
        MISSING,
        CORRUPT,
        /** Another sandbox build, CPU or manifest format. */
        INCOMPATIBLE,
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
