package dev.dormouse.worker;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The workers that somebody may speak for.
 *
 * @param only the one worker; null: all of them
 */
public record Mandate(@Nullable UUID only) {

    /** Of the one ateom that has all workers. */
    public static final Mandate ALL = new Mandate(null);

    public boolean covers(UUID worker) {
        return only == null || only.equals(worker);
    }
}
