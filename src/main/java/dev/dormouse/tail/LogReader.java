package dev.dormouse.tail;

import dev.dormouse.ateom.wire.ReadLogResponse;
import dev.dormouse.log.LogLine;
import dev.dormouse.log.LogRecords.Segment;
import dev.dormouse.log.LogRecords.Whereabouts;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.worker.Worker;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the lines of one actor in their order, each once: activation by activation, of each first what the store has and then
 * what its node has. Its place is the number of an activation and of a line in it. For one reader, who asks for the next when he can
 * use them.
 */
final class LogReader {

    private static final Duration POLL = Duration.ofSeconds(5);
    /** A sandbox whose snapshot is taken is removed soon. */
    private static final Duration UNTIL_OVER = Duration.ofSeconds(2);
    /** Changes may be missed. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int TRIES_WHEN_FOLLOWING = 15;
    private static final int TRIES = 2;

    private final LogSources sources;
    private final ActorKey key;
    private final LogQuery query;
    private final Bell bell;
    private final Deque<Step> steps = new ArrayDeque<>();
    private final Set<Long> lookedAgain = new HashSet<>();

    private @Nullable UUID actorUid;
    /** The place: all lines up to this one were given. */
    private long generation;

    private long seq;
    /** Nothing more comes of this activation and those before it. */
    private long finished;

    private int failures;
    private boolean caughtUp;
    private boolean ended;

    LogReader(LogSources sources, ActorKey key, LogQuery query, Bell bell) {
        this.sources = sources;
        this.key = key;
        this.query = query;
        this.bell = bell;
    }

    /**
     * Some lines, perhaps none.
     *
     * @param caughtUp whether all that there was has been given, now or before
     * @param last whether nothing more comes
     */
    record Batch(List<Entry> entries, boolean caughtUp, boolean last) {}

    /** What is to be read, in this order. */
    private sealed interface Step {
        /** The store has lines of it. */
        record Stored(Segment segment) implements Step {}

        /**
         * A node has lines of it, or may have.
         *
         * @param awake whether the activation goes on
         * @param certain whether there are some
         */
        record OnNode(long generation, boolean awake, boolean certain, Optional<Worker> worker) implements Step {}

        /** That was all of this activation. */
        record Finish(long generation) implements Step {}
    }

    /** The next lines. Fails NOT_FOUND when there is no such actor. */
    Uni<Batch> next() {
        Step step = steps.peek();
        Uni<List<Entry>> lines = switch (step) {
            case null -> look();
            case Step.Stored stored -> stored(stored.segment());
            case Step.OnNode onNode -> onNode(onNode);
            case Step.Finish finish -> {
                finish(finish.generation());
                yield none();
            }
        };
        return lines.map(entries -> new Batch(entries, caughtUp, ended));
    }

    private static Uni<List<Entry>> none() {
        return Uni.createFrom().item(List.of());
    }

    private Uni<List<Entry>> look() {
        return sources.after(key, generation, seq)
                .chain(found -> {
                    if (found.isEmpty() && actorUid == null) {
                        throw new Failure(Code.NOT_FOUND, "Actor " + key.id() + " not found");
                    }
                    if (found.isEmpty()
                            || actorUid != null && !found.get().actorUid().equals(actorUid)) {
                        // deleted; what is there now is another one
                        ended = true;
                        return none();
                    }
                    plan(found.get());
                    return steps.isEmpty() ? atTheEnd(LOOK_AGAIN) : none();
                })
                // the database is away: who follows waits for it
                .onFailure(failure -> query.follow() && actorUid != null)
                .recoverWithUni(() -> bell.await(PAUSE).replaceWith(List.of()));
    }

    /** There is nothing more now. */
    private Uni<List<Entry>> atTheEnd(Duration pause) {
        if (!query.follow()) {
            ended = true;
            return none();
        }
        if (!caughtUp) {
            // whoever wants the last lines gets them now
            caughtUp = true;
            return none();
        }
        return bell.await(pause).replaceWith(List.of());
    }

    private void plan(Whereabouts found) {
        if (actorUid == null) {
            actorUid = found.actorUid();
            skip(found.segments());
        }
        Map<Long, List<Segment>> segments = new TreeMap<>();
        Map<Long, UUID> workers = new HashMap<>(bell.staysAfter(finished));
        found.segments()
                .forEach(each -> segments.computeIfAbsent(each.generation(), none -> new ArrayList<>())
                        .add(each));
        if (found.worker() != null) {
            workers.put(found.generation(), found.worker());
        }
        workers.keySet().forEach(each -> segments.computeIfAbsent(each, none -> new ArrayList<>()));
        segments.forEach((activation, parts) -> {
            if (activation > finished && activation <= found.generation()) {
                boolean present = activation == found.generation();
                plan(activation, parts, workers.get(activation), present && !found.asleep());
            }
        });
    }

    private void plan(long activation, List<Segment> parts, @Nullable UUID worker, boolean awake) {
        parts.stream()
                .filter(each -> each.stored() > given(activation))
                .forEach(each -> steps.add(new Step.Stored(each)));
        Optional<UUID> holder = parts.stream()
                .map(Segment::ateom)
                .flatMap(ateom -> Optional.ofNullable(ateom).stream())
                .findAny();
        Optional<Worker> itsOwn = worker == null ? Optional.empty() : sources.worker(worker);
        Optional<Worker> node = awake ? itsOwn : holder.map(sources::servedBy).orElse(itsOwn);
        // an activation that printed nothing has no segment, nor has one whose first lines came just now: its node
        // knows
        boolean settled = holder.isEmpty() && (node.isEmpty() || lookedAgain.contains(activation));
        steps.add(
                settled && !awake
                        ? new Step.Finish(activation)
                        : new Step.OnNode(activation, awake, awake || holder.isPresent(), node));
    }

    /** Passes over segments that hold nothing that is wanted, as far as their records tell. */
    private void skip(List<Segment> segments) {
        long behind = segments.stream()
                .mapToLong(each -> each.last() - each.first() + 1)
                .sum();
        for (Segment each : segments) {
            behind -= each.last() - each.first() + 1;
            boolean enough = query.tail() != LogQuery.ALL && query.container().isEmpty() && behind >= query.tail();
            if (each.ateom() != null || !(enough || each.lastAt().isBefore(query.since()))) {
                return;
            }
            generation = each.generation();
            seq = each.last();
        }
    }

    private Uni<List<Entry>> stored(Segment segment) {
        return sources.stored(segment)
                .map(lines -> take(
                        segment.generation(),
                        lines.stream()
                                .filter(line -> line.seq() <= segment.stored())
                                .toList()))
                .onFailure(Failure.class)
                .recoverWithItem(failure -> unreadable(segment, String.valueOf(failure.getMessage())))
                .invoke(done -> steps.poll());
    }

    private List<Entry> unreadable(Segment segment, String why) {
        long from = Math.max(given(segment.generation()) + 1, segment.first());
        generation = segment.generation();
        seq = segment.stored();
        return List.of(Entry.notice(
                generation, "lines %d to %d of activation %d can't be read: %s".formatted(from, seq, generation, why)));
    }

    private Uni<List<Entry>> onNode(Step.OnNode step) {
        if (step.worker().isEmpty()) {
            return failed(step);
        }
        UUID uid = actorUid;
        if (uid == null) {
            throw new IllegalStateException("planned before the actor was known");
        }
        Duration whileAwake = caughtUp ? POLL : Duration.ZERO;
        return sources.onNode(
                        step.worker().get(),
                        key,
                        uid,
                        step.generation(),
                        given(step.generation()),
                        step.awake() ? whileAwake : UNTIL_OVER)
                .onItemOrFailure()
                .transformToUni((answer, failure) -> failure != null ? failed(step) : answered(step, answer));
    }

    private Uni<List<Entry>> answered(Step.OnNode step, ReadLogResponse answer) {
        List<LogLine> lines = answer.getLinesList().stream().map(LogLine::of).toList();
        return switch (answer.getState()) {
            case OVER -> {
                List<Entry> entries = take(step.generation(), lines);
                finish(step.generation());
                yield Uni.createFrom().item(entries);
            }
            case MORE -> {
                if (!lines.isEmpty()) {
                    failures = 0;
                    yield Uni.createFrom().item(take(step.generation(), lines));
                }
                if (step.awake()) {
                    yield caughtUp ? none() : atTheEnd(PAUSE);
                }
                yield failed(step);
            }
            case MISSING, UNRECOGNIZED -> missing(step);
        };
    }

    private Uni<List<Entry>> missing(Step.OnNode step) {
        steps.clear();
        if (step.awake()) {
            // it is about to start there
            return atTheEnd(PAUSE);
        }
        if (lookedAgain.add(step.generation())) {
            // by now the store has it, if there was anything
            return none();
        }
        finish(step.generation());
        return step.certain() ? notice(step, "is lost") : none();
    }

    private static Uni<List<Entry>> notice(Step.OnNode step, String what) {
        return Uni.createFrom()
                .item(List.of(Entry.notice(
                        step.generation(), "what else activation %d printed %s".formatted(step.generation(), what))));
    }

    private Uni<List<Entry>> failed(Step.OnNode step) {
        steps.clear();
        if (!step.certain()) {
            lookedAgain.add(step.generation());
            return none();
        }
        if (step.awake() && query.follow()) {
            // either it answers again, or the actor falls
            return atTheEnd(PAUSE);
        }
        failures++;
        if (failures < (query.follow() ? TRIES_WHEN_FOLLOWING : TRIES)) {
            // it may be back, or its segments with another process
            return bell.await(PAUSE).replaceWith(List.of());
        }
        finish(step.generation());
        return notice(step, "is on a node that does not answer");
    }

    private void finish(long activation) {
        finished = activation;
        lookedAgain.remove(activation);
        failures = 0;
        steps.poll();
    }

    /** The number of the last line of an activation that was given. */
    private long given(long activation) {
        return activation == generation ? seq : 0;
    }

    private List<Entry> take(long activation, List<LogLine> lines) {
        List<Entry> entries = new ArrayList<>(lines.size());
        for (LogLine line : lines) {
            long expected = given(activation) + 1;
            if (line.seq() < expected) {
                continue;
            }
            // before the first line that is left there may have been any number
            if (line.seq() > expected && generation > 0) {
                entries.add(Entry.notice(
                        activation, "%d lines of activation %d are lost".formatted(line.seq() - expected, activation)));
            }
            entries.add(Entry.of(activation, line));
            generation = activation;
            seq = line.seq();
        }
        return entries;
    }
}
