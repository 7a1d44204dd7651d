package dev.dormouse.image;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A registry doesn't give what it was asked for; the message says what to do and holds no secret. */
final class RegistryException extends IOException {

    private final boolean passing;
    private final Duration wait;

    private RegistryException(String message, boolean passing, Duration wait, @Nullable Throwable cause) {
        super(message, cause);
        this.passing = passing;
        this.wait = wait;
    }

    /** Trying again gives the same. */
    static RegistryException lasting(String message, @Nullable Throwable cause) {
        return new RegistryException(message, false, Duration.ZERO, cause);
    }

    /** Trying again may help. */
    static RegistryException passing(String message, @Nullable Throwable cause) {
        return new RegistryException(message, true, Duration.ZERO, cause);
    }

    /** Trying again may help, but not before {@code wait} has passed. */
    static RegistryException passingAfter(String message, Duration wait) {
        return new RegistryException(message, true, wait, null);
    }

    boolean isPassing() {
        return passing;
    }

    /** How long the registry asks to be left alone. */
    Duration wanted() {
        return wait;
    }
}
