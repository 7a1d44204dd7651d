package dev.dormouse.files;

import java.io.IOException;

/** Tells a full disk from other failures: the JDK has no exception of its own for it. */
public final class DiskFull {

    private DiskFull() {}

    /** Whether the failure, or one that caused it, is that there is no space or quota left. */
    public static boolean causedBy(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String message = t instanceof IOException ? String.valueOf(t.getMessage()) : "";
            // the texts of ENOSPC and EDQUOT in the C locale, which the JDK asks for
            if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
                return true;
            }
        }
        return false;
    }
}
