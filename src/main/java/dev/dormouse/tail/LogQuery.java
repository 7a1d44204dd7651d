package dev.dormouse.tail;

import java.time.Instant;

/**
 * Which lines of an actor are wanted.
 *
 * @param follow whether to go on for ever
 * @param tail how many of those that there are, the last; {@link #ALL}
 * @param since none that were collected before
 * @param container whose; empty: everybody's
 */
record LogQuery(boolean follow, int tail, Instant since, String container) {

    static final int ALL = -1;

    boolean wants(Entry entry) {
        Instant at = entry.at();
        return at == null || !at.isBefore(since) && (container.isEmpty() || container.equals(entry.container()));
    }
}
