package dev.dormouse.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many workers a pool is to have: one for each actor that is awake, one for each caller that waits, and some that are free. It
 * grows as soon as more are needed at two looks in a row, and shrinks after a quiet time, to the most that were needed in it.
 *
 * @param quiet how long fewer must have done before it shrinks
 */
public record Sizing(Duration quiet) {

    /** @param free how many workers are to be free besides those for callers that wait */
    public record Bounds(int min, int max, int free) {
        public Bounds {
            if (min < 0 || min > max || free < 0) {
                throw new IllegalArgumentException("%d to %d workers with %d free".formatted(min, max, free));
            }
        }
    }

    /**
     * What a look at the pool shows.
     *
     * @param present workers that it asks for now, started or not; less than 0: nobody has said so yet
     * @param ready those of them that take or hold actors
     * @param free those that could take one
     * @param busy those that hold one
     * @param waiting callers that a worker of this pool would serve
     */
    public record Load(int present, int ready, int free, int busy, int waiting) {}

    /**
     * What the next look has to know of those before.
     *
     * @param needed how many workers the last look found to be needed
     * @param surplusSince since when fewer than present would do; null: they wouldn't
     * @param peak the most that were needed since then
     */
    public record Trend(int needed, @Nullable Instant surplusSince, int peak) {}

    /** Which bound keeps a pool from what is needed, or from fewer. */
    public enum Limit {
        NONE,
        MIN,
        MAX
    }

    /** @param reason a sentence without its end, for whoever asks why it has that many */
    public record Decision(int replicas, String reason, Limit limit, Trend trend) {}

    private record Size(int replicas, String reason, Trend trend) {}

    /** @param last what the look before this one left; null: there was none */
    public Decision decide(Bounds bounds, Load load, @Nullable Trend last, Instant now) {
        long asked = (long) load.busy() + load.waiting() + bounds.free();
        Limit limit = asked > bounds.max() ? Limit.MAX : asked < bounds.min() ? Limit.MIN : Limit.NONE;
        int needed = (int) Math.clamp(asked, bounds.min(), bounds.max());
        String why = limit == Limit.MAX
                ? "%s; maxReplicas is %d".formatted(need(bounds, load), bounds.max())
                : need(bounds, load);
        Size size = size(bounds, load.present(), needed, why, last, now);
        return new Decision(size.replicas(), size.reason(), limit, size.trend());
    }

    private Size size(Bounds bounds, int present, int needed, String why, @Nullable Trend last, Instant now) {
        if (present < bounds.min()) {
            return settled(bounds.min(), "minReplicas is " + bounds.min(), needed);
        }
        if (present > bounds.max()) {
            return settled(bounds.max(), "maxReplicas is " + bounds.max(), needed);
        }
        if (needed >= present) {
            // who waits for no longer than until the next look is served by those that are there
            int lasting = last == null ? present : Math.min(needed, last.needed());
            return settled(Math.max(lasting, present), why, needed);
        }
        return surplus(present, needed, why, last, now);
    }

    private Size surplus(int present, int needed, String why, @Nullable Trend last, Instant now) {
        Instant before = last == null ? null : last.surplusSince();
        Instant since = before == null ? now : before;
        int peak = last == null || before == null ? needed : Math.max(last.peak(), needed);
        if (now.isBefore(since.plus(quiet))) {
            return new Size(present, "%s; %d would do".formatted(why, needed), new Trend(needed, since, peak));
        }
        int kept = Math.min(peak, present);
        return settled(
                kept, "for %s no more than %s needed".formatted(words(quiet), workers(kept, "was", "were")), needed);
    }

    private static Size settled(int replicas, String reason, int needed) {
        return new Size(replicas, reason, new Trend(needed, null, 0));
    }

    private static String need(Bounds bounds, Load load) {
        List<String> facts = new ArrayList<>();
        if (load.waiting() > 0) {
            facts.add(load.waiting() == 1 ? "1 caller waits" : load.waiting() + " callers wait");
        }
        facts.add(workers(load.busy(), "is busy", "are busy"));
        boolean shows = bounds.free() > 0 || load.free() > 0;
        if (shows) {
            facts.add("%d free".formatted(load.free())
                    + (bounds.free() > 0 ? " of the %d of targetFree".formatted(bounds.free()) : ""));
        }
        if (load.ready() < load.present()) {
            facts.add("%d not ready yet".formatted(load.present() - load.ready()));
        }
        return String.join(", ", facts);
    }

    private static String workers(int count, String one, String many) {
        return count == 1 ? "1 worker " + one : "%d workers %s".formatted(count, many);
    }

    private static String words(Duration time) {
        return time.toSeconds() % 60 == 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }
}
