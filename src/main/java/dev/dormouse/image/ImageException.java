package dev.dormouse.image;

import org.jspecify.annotations.Nullable;

/** An image can't be had: unknown, unreachable, malformed or malicious. The message names the image and says what to do. */
public final class ImageException extends Exception {

    public ImageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
