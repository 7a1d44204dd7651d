package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.HeartbeatRequest;
import dev.dormouse.ateom.wire.HeartbeatResponse;
import dev.dormouse.ateom.wire.WorkerRegistry;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Tells the control plane how things are: in a steady beat, and at once when something changed. Changes while a report is under way
 * go together in the next. When nobody answers, it tries again ever less often; actors run on.
 */
final class Heartbeats implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Heartbeats.class);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final WorkerRegistry registry;
    private final Supplier<HeartbeatRequest> report;
    private final Consumer<HeartbeatResponse> answered;
    private final Duration every;
    private final Semaphore changes = new Semaphore(0);
    private volatile boolean closed;
    private int failures;

    /**
     * @param answered must not block
     */
    Heartbeats(
            WorkerRegistry registry,
            Supplier<HeartbeatRequest> report,
            Consumer<HeartbeatResponse> answered,
            Duration every) {
        this.registry = registry;
        this.report = report;
        this.answered = answered;
        this.every = every;
    }

    void start() {
        Thread.ofVirtual().name("heartbeats").start(this::run);
    }

    /** Something in the report is new. Doesn't block. */
    void changed() {
        changes.release();
    }

    private void run() {
        try {
            while (!closed) {
                beat();
                boolean changed = changes.tryAcquire(pause().toMillis(), TimeUnit.MILLISECONDS);
                if (changed && failures > 0) {
                    // a change doesn't make the control plane come back
                    TimeUnit.MILLISECONDS.sleep(every.toMillis());
                }
                changes.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void beat() {
        try {
            HeartbeatResponse response =
                    registry.heartbeat(report.get()).await().atMost(ANSWER_LIMIT);
            if (failures > 0) {
                LOG.info("the control plane answers again");
            }
            failures = 0;
            answered.accept(response);
        } catch (RuntimeException e) {
            if (failures++ == 0) {
                LOG.warnf("the control plane does not answer, actors run on: %s", e.toString());
            }
        }
    }

    private Duration pause() {
        Duration pause = every.multipliedBy(1L << Math.min(failures, 4));
        return failures == 0 || pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    @Override
    public void close() {
        closed = true;
        changed();
    }
}
