package dev.dormouse.platform;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A failure that the caller may see: a code, a sentence that says what to do, and optionally when to try again.
 * Every use case fails with this; anything else that reaches an edge is answered INTERNAL without its message.
 */
public final class Failure extends RuntimeException {

    private final Code code;
    private final @Nullable Duration retryAfter;

    /** One that trying again alone doesn't mend. */
    public Failure(Code code, String detail) {
        this(code, detail, null, null);
    }

    /**
     * @param detail safe to show to the caller
     * @param retryAfter when trying again may help; null for no such hint
     * @param cause for the log
     */
    public Failure(Code code, String detail, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        // no stack trace: these are answers, made thousands of times a second under load
        super(detail, cause, false, false);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    public Code code() {
        return code;
    }

    /** What to tell the caller. */
    public String detail() {
        return Objects.requireNonNull(getMessage());
    }

    /** Whether the present state forbids what was asked, and waiting alone doesn't change that. */
    public boolean isRefusal() {
        return code == Code.FAILED_PRECONDITION && retryAfter == null;
    }

    /** When trying again may help; null for no such hint. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
