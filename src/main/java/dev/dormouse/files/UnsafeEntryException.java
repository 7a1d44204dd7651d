package dev.dormouse.files;

import java.io.IOException;

/** An archive holds what must not be unpacked: a name that leaves its tree, a device, more than is allowed. */
public final class UnsafeEntryException extends IOException {

    public UnsafeEntryException(String message) {
        super(message);
    }
}
