package dev.dormouse.worker;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/**
 * An ateom that reports to this replica, with or without workers.
 *
 * @param id new with each start of the process
 * @param address host:port at which it is called
 * @param slots the workers it has
 * @param caveat what users must know of its sandboxes; may be empty
 * @param heardAt when its last report came
 */
public record Reporter(UUID id, String address, Set<UUID> slots, String caveat, Instant heardAt) {

    /** Where commands to it go. */
    public AteomRef ateom() {
        return new AteomRef(id, address);
    }
}
