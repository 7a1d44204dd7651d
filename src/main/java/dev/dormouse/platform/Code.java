package dev.dormouse.platform;

/** Why a call failed, by the names gRPC gives; each has one HTTP status. */
public enum Code {
    /** What was sent is malformed, whatever the state of things. */
    INVALID_ARGUMENT(400),
    /** Nobody knows who calls. */
    UNAUTHENTICATED(401),
    /** Who calls may not do this. */
    PERMISSION_DENIED(403),
    /** What was named isn't there. */
    NOT_FOUND(404),
    /** What was to be created is there already. */
    ALREADY_EXISTS(409),
    /** Another change was faster: look again before trying again. */
    ABORTED(409),
    /** Not in the present state; trying again helps only when that changes. */
    FAILED_PRECONDITION(409),
    /** A limit is reached. */
    RESOURCE_EXHAUSTED(429),
    /** Our fault; details are in the log only. */
    INTERNAL(500),
    /** Nothing that we do. */
    UNIMPLEMENTED(501),
    /** Not now: trying the same again may help. */
    UNAVAILABLE(503),
    /** Took too long; it may still happen. */
    DEADLINE_EXCEEDED(504);

    private final int httpStatus;

    Code(int httpStatus) {
        this.httpStatus = httpStatus;
    }

    /** The HTTP status of an answer with this code. */
    public int httpStatus() {
        return httpStatus;
    }
}
