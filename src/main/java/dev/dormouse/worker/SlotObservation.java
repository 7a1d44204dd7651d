package dev.dormouse.worker;

import dev.dormouse.ateom.wire.SlotReport;
import dev.dormouse.name.ActorKey;
import dev.dormouse.scheduler.Hardware;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Compares one report of an ateom with what is known, slot by slot, and gathers what follows. Reports may be late: what looks wrong
 * once may be an activation under way, so an absence counts when it shows in two reports in a row and the activation isn't young.
 */
final class SlotObservation {

    /** Longer than a claim takes to reach its ateom. */
    private static final Duration YOUNG = Duration.ofSeconds(3);
    /** Shorter pauses between requests aren't idleness, or records would change with each. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Instant now;
    private final boolean draining;
    private final Duration pause;

    final List<Stay> unknown = new ArrayList<>();
    final List<Stay> missing = new ArrayList<>();
    final Map<Stay, String> exited = new HashMap<>();
    final List<Stay> suspendRequested = new ArrayList<>();
    final List<Stay> leaving = new ArrayList<>();
    final Map<Stay, Optional<Instant>> idle = new HashMap<>();

    /** @param pressureIdle how long an actor must have been idle to make room for others */
    SlotObservation(Instant now, boolean draining, Duration pressureIdle) {
        this.now = now;
        this.draining = draining;
        this.pause = pressureIdle.compareTo(LONGEST_PAUSE) < 0 ? pressureIdle : LONGEST_PAUSE;
    }

    void observe(SlotKnowledge slot, SlotReport report, Hardware hardware) {
        slot.hardware = hardware;
        slot.draining = draining;
        slot.broken = report.getState() == SlotReport.State.BROKEN;
        slot.silent = false;
        slot.absent = false;
        if (!slot.reserved && slot.stay == null) {
            slot.prepared = report.getPrepared();
        }
        Stay held = held(slot.uid, report);
        if (report.getState() == SlotReport.State.STOPPING && slot.stay == null) {
            // what has ended is being removed: the next activation waits for that in the slot
            held = null;
        }
        if (!Objects.equals(held, slot.stay)) {
            slot.runs = false;
            disagree(slot, held);
            return;
        }
        slot.missed = null;
        slot.squatter = null;
        slot.squatted = false;
        slot.runs = report.getState() == SlotReport.State.RUNNING;
        if (held != null) {
            occupied(slot, held, report);
        }
    }

    /** A slot that its ateom no longer has. */
    void absent(SlotKnowledge slot) {
        slot.absent = true;
        disagree(slot, null);
    }

    private void disagree(SlotKnowledge slot, @Nullable Stay held) {
        slot.squatted = held != null && held.equals(slot.squatter);
        slot.squatter = held;
        if (held != null) {
            unknown.add(held);
        }
        Stay expected = slot.stay;
        if (expected == null || Duration.between(slot.staySince, now).compareTo(YOUNG) < 0) {
            return;
        }
        if (expected.equals(slot.missed)) {
            missing.add(expected);
        }
        slot.missed = expected;
    }

    private void occupied(SlotKnowledge slot, Stay held, SlotReport report) {
        if (report.hasExited()) {
            exited.put(held, report.getExited().getMessage());
        } else if (report.getSuspendRequested()) {
            suspendRequested.add(held);
        } else if (draining || slot.retired) {
            leaving.add(held);
        }
        if (report.getState() == SlotReport.State.RUNNING) {
            idle(slot, held, Duration.ofMillis(report.getIdleMs()));
        }
    }

    private void idle(SlotKnowledge slot, Stay held, Duration idleFor) {
        Instant since = idleFor.isZero() || idleFor.compareTo(pause) < 0 ? null : now.minus(idleFor);
        Instant before = slot.idleSince;
        boolean same = since == null || before == null
                ? since == before
                : Duration.between(before, since).abs().compareTo(LONGEST_PAUSE) < 0;
        if (!same) {
            slot.idleSince = since;
            idle.put(held, Optional.ofNullable(since));
        }
    }

    private static @Nullable Stay held(UUID worker, SlotReport report) {
        if (!report.hasActor()) {
            return null;
        }
        ActorKey actor =
                ActorKey.of(report.getActor().getAtespace(), report.getActor().getId());
        return new Stay(worker, actor, report.getGeneration());
    }
}
