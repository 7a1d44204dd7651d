package dev.dormouse.router;

import dev.dormouse.name.ActorKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** Says every two seconds which actors hold requests open, so that a silent long poll isn't taken for idleness. */
final class Activity {

    private static final Logger log = Logger.getLogger(Activity.class);

    /** Shorter ones need no report: bytes passed just now, which ateom saw. */
    private static final Duration LONG_REQUEST = Duration.ofSeconds(1);

    private static final Duration PERIOD = Duration.ofSeconds(2);
    // one report may be lost or late
    private static final Duration VALID = PERIOD.multipliedBy(3);

    private final List<RouterLoop> loops;
    private final Router.BusyReport report;
    private final InstantSource clock;
    private final Executor executor;
    private final AtomicBoolean underWay = new AtomicBoolean();

    Activity(List<RouterLoop> loops, Router.BusyReport report, InstantSource clock, Executor executor) {
        this.loops = loops;
        this.report = report;
        this.clock = clock;
        this.executor = executor;
    }

    void start(Vertx vertx) {
        vertx.setPeriodic(PERIOD.toMillis(), _ -> collect());
    }

    private void collect() {
        Set<ActorKey> busy = ConcurrentHashMap.newKeySet();
        List<Future<Void>> collected = loops.stream()
                .map(loop -> loop.collectBusy(LONG_REQUEST.toNanos(), busy))
                .toList();
        Future.join(collected).onSuccess(_ -> {
            if (!busy.isEmpty() && underWay.compareAndSet(false, true)) {
                executor.execute(() -> send(List.copyOf(busy)));
            }
        });
    }

    private void send(List<ActorKey> busy) {
        report.send(busy, clock.instant().plus(VALID))
                .ifNoItem()
                .after(PERIOD)
                .fail()
                .subscribe()
                .with(_ -> underWay.set(false), error -> {
                    underWay.set(false);
                    log.warnf("%d actors could not be reported as busy: %s", busy.size(), error);
                });
    }
}
