package dev.dormouse.sandbox;

/** The sandbox runtime refused or failed. The message is for users: it holds no secret and no environment. */
public final class SandboxException extends Exception {

    /** What went wrong, as far as a caller must tell it apart. */
    public enum Kind {
        /** The snapshot's files are damaged or missing. */
        CORRUPT,
        /** The snapshot belongs to another build of the runtime. */
        INCOMPATIBLE,
        DISK_FULL,
        /** Not possible with this class of sandbox. */
        UNSUPPORTED,
        /** Anything else the runtime said. */
        FAILED
    }

    private final Kind kind;

    public SandboxException(Kind kind, String message) {
        this(kind, message, null);
    }

    public SandboxException(Kind kind, String message, @org.jspecify.annotations.Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
