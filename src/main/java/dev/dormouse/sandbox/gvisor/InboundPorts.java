package dev.dormouse.sandbox.gvisor;

import java.time.Instant;

/**
 * Numbers the inbound ports of one slot: none comes again before all others were used. It starts by the time of day, so that a
 * restarted process doesn't begin with the ports that callers may still remember.
 */
final class InboundPorts {

    static final int FIRST = 20_000;
    static final int LAST = 59_999;
    private static final int COUNT = LAST - FIRST + 1;
    private static final int PER_SECOND = 10;

    private long next;

    InboundPorts(Instant now) {
        next = now.getEpochSecond() * PER_SECOND;
    }

    synchronized int next() {
        return FIRST + (int) (next++ % COUNT);
    }
}
