package dev.dormouse.worker;

import java.util.UUID;

/**
 * A process to send commands to.
 *
 * @param id new with each start of the process
 * @param address host:port
 */
public record AteomRef(UUID id, String address) {}
