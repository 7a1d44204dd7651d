package dev.dormouse.sandbox.gvisor;

import java.time.Instant;

/**
 * Numbers the inbound ports of one slot: none comes again before all others were used. It starts by the time of day, so that a
 * restarted process doesn't begin with the ports that callers may still remember.
 */
final class InboundPorts {

    private static final int FIRST = 20_000;
    private static final int COUNT = 40_000;
    private static final int PER_SECOND = 10;

    private long next;

    InboundPorts(Instant now) {
        next = now.getEpochSecond() * PER_SECOND;
    }

    synchronized int next() {
        return FIRST + (int) (next++ % COUNT);
    }
}
