package dev.dormouse.asset;

import org.jspecify.annotations.Nullable;

/** An asset can't be had; the message says why, and what to do. */
public final class AssetException extends Exception {

    AssetException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
