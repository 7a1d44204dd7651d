package dev.dormouse.bucket;

import org.jspecify.annotations.Nullable;

/** There is no object with this key, or no such bucket. */
public final class NoSuchObjectException extends BucketException {

    public NoSuchObjectException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
