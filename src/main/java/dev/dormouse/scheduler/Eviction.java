package dev.dormouse.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.BiPredicate;

/** Who is put to sleep while others wait: whoever has been idle longest and leaves a worker that helps a waiter. */
public final class Eviction {

    private Eviction() {}

    /** @param since when the actor on this worker was last busy */
    public record Idle(UUID worker, Instant since) {}

    /**
     * One worker for each waiter that can be helped, longest idle first.
     *
     * @param waiters those that no eviction under way serves yet
     * @param enough how long an actor must have been idle
     * @param helps whether a waiter could run on a worker
     */
    public static <W> List<Idle> choose(
            List<Idle> idle, List<W> waiters, Instant now, Duration enough, BiPredicate<W, UUID> helps) {
        List<W> unhelped = new ArrayList<>(waiters);
        List<Idle> chosen = new ArrayList<>();
        Instant latest = now.minus(enough);
        idle.stream()
                .filter(actor -> !actor.since().isAfter(latest))
                .sorted(Comparator.comparing(Idle::since))
                .takeWhile(actor -> !unhelped.isEmpty())
                .forEach(actor -> {
                    for (int i = 0; i < unhelped.size(); i++) {
                        if (helps.test(unhelped.get(i), actor.worker())) {
                            unhelped.remove(i);
                            chosen.add(actor);
                            return;
                        }
                    }
                });
        return chosen;
    }
}
