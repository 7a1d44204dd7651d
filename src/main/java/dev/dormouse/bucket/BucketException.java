package dev.dormouse.bucket;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An object store doesn't answer, or refuses. The message is safe to show. */
public class BucketException extends IOException {

    public BucketException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
