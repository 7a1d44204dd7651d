package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.files.DiskFull;
import dev.dormouse.image.ImageException;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.snapshot.SnapshotException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Why a command failed, as the control plane is told: a reason and a sentence for the user that holds no secret. */
final class CommandFailure extends Exception {

    private final Failure.Reason reason;

    CommandFailure(Failure.Reason reason, String message) {
        this(reason, message, null);
    }

    CommandFailure(Failure.Reason reason, @Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    static CommandFailure of(SandboxException e) {
        Failure.Reason reason = switch (e.kind()) {
            case CORRUPT -> Failure.Reason.SNAPSHOT_CORRUPT;
            case INCOMPATIBLE -> Failure.Reason.SNAPSHOT_INCOMPATIBLE;
            case DISK_FULL -> Failure.Reason.DISK_FULL;
            case UNSUPPORTED -> Failure.Reason.UNSUPPORTED;
            case FAILED -> Failure.Reason.SANDBOX;
        };
        return new CommandFailure(reason, e.getMessage(), e);
    }

    static CommandFailure of(SnapshotException e) {
        Failure.Reason reason = switch (e.kind()) {
            case MISSING -> Failure.Reason.SNAPSHOT_MISSING;
            case CORRUPT -> Failure.Reason.SNAPSHOT_CORRUPT;
            case INCOMPATIBLE -> Failure.Reason.SNAPSHOT_INCOMPATIBLE;
            case DISK_FULL -> Failure.Reason.DISK_FULL;
            case UNAVAILABLE -> Failure.Reason.STORE_UNAVAILABLE;
        };
        return new CommandFailure(reason, e.getMessage(), e);
    }

    static CommandFailure of(ImageException e) {
        return new CommandFailure(Failure.Reason.IMAGE, e.getMessage(), e);
    }

    /**
     * @param doing what was tried, e.g. "writing the identity files"
     */
    static CommandFailure of(String doing, IOException e) {
        return DiskFull.causedBy(e)
                ? new CommandFailure(Failure.Reason.DISK_FULL, "the worker's disk is full (" + doing + ")", e)
                : new CommandFailure(
                        Failure.Reason.SANDBOX, "the worker failed at " + doing + ": " + e.getMessage(), e);
    }

    /** The sandbox's words may quote the workload's. */
    CommandFailure without(Secrets secrets) {
        return new CommandFailure(reason, secrets.mask(String.valueOf(getMessage())), this);
    }

    Failure.Reason reason() {
        return reason;
    }

    Failure toWire() {
        return Failure.newBuilder().setReason(reason).setMessage(getMessage()).build();
    }
}
