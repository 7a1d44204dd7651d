package dev.dormouse.golden;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Tells what lasts from what passes, by template. Remembers in this process only: after a restart the time begins anew. */
final class Lasting {

    private final Duration limit;
    private final Map<String, Instant> since = new ConcurrentHashMap<>();

    Lasting(Duration limit) {
        this.limit = limit;
    }

    /** Whether it has been so, at every look, for the limit. */
    boolean lasts(String uid, boolean isSo, Instant now) {
        if (!isSo) {
            since.remove(uid);
            return false;
        }
        Instant began = since.computeIfAbsent(uid, first -> now);
        return !now.isBefore(began.plus(limit));
    }

    void retain(Set<String> uids) {
        since.keySet().retainAll(uids);
    }
}
