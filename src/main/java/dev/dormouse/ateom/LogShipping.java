package dev.dormouse.ateom;

import dev.dormouse.log.LogSegment;
import dev.dormouse.snapshot.SnapshotException;
import dev.dormouse.snapshot.SnapshotStores;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/**
 * Puts what actors printed into the store, beside their snapshots and behind all commands: when an activation has ended, and of one
 * that goes on from time to time. What can't be stored stays on the node and is tried again.
 */
final class LogShipping {

    private static final Logger LOG = Logger.getLogger(LogShipping.class);
    private static final long EVERY_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long PAUSE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int AT_ONCE = 8;

    private final ActorLogs logs;
    private final SnapshotStores stores;
    private final Executor background;
    private final Semaphore room = new Semaphore(AT_ONCE);
    private final Set<KeptLog> underWay = ConcurrentHashMap.newKeySet();
    /** By location, until when nothing is tried there. */
    private final Map<String, Long> pauses = new ConcurrentHashMap<>();

    LogShipping(ActorLogs logs, SnapshotStores stores, Executor background) {
        this.logs = logs;
        this.stores = stores;
        this.background = background;
    }

    /** Begins what is due, as far as there is room. Doesn't block. Called a few times a second. */
    void run(long now) {
        for (KeptLog log : logs.all()) {
            if (!isPaused(log, now) && !log.due(now, EVERY_NANOS).isEmpty() && underWay.add(log)) {
                if (!room.tryAcquire()) {
                    underWay.remove(log);
                    return;
                }
                background.execute(() -> ship(log, now));
            }
        }
    }

    /** Removes from the store what came there after its actor was deleted. Doesn't block; what stays is the sweep's. */
    void remove(List<LogSegment> segments) {
        for (LogSegment segment : segments) {
            background.execute(() -> {
                try {
                    stores.delete(segment.uri());
                } catch (SnapshotException e) {
                    LOG.warnf("a log of deleted %s stays until the next sweep: %s", segment.actor(), e.getMessage());
                }
            });
        }
    }

    private boolean isPaused(KeptLog log, long now) {
        Long until = pauses.get(log.location());
        return until != null && now - until < 0;
    }

    private void ship(KeptLog log, long now) {
        try {
            for (SegmentFile segment : log.due(now, EVERY_NANOS)) {
                ship(log, segment);
            }
            pauses.remove(log.location());
        } catch (SnapshotException | IOException | RuntimeException e) {
            if (pauses.put(log.location(), System.nanoTime() + PAUSE_NANOS) == null) {
                LOG.warnf("what actors printed can't be stored now, it stays here: %s", e.getMessage());
            }
        } finally {
            underWay.remove(log);
            room.release();
            logs.changed();
        }
    }

    private void ship(KeptLog log, SegmentFile segment) throws SnapshotException, IOException {
        KeptLog.Snapshot snapshot = log.snapshot(segment);
        if (snapshot == null) {
            return;
        }
        String uri = segment.segment().uri();
        stores.putLog(uri, snapshot.text());
        if (!log.stored(segment, snapshot.last(), System.nanoTime())) {
            // the actor was deleted meanwhile
            stores.delete(uri);
        }
    }
}
