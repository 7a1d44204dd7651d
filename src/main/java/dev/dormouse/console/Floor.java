package dev.dormouse.console;

import dev.dormouse.actor.Actor;
import dev.dormouse.journal.Event;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateStatus;
import dev.dormouse.worker.Reporter;
import dev.dormouse.worker.Worker;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows at one moment.
 *
 * @param notices what users must know of the sandboxes here
 * @param busy how many workers hold an actor
 * @param troubles actors whose last transition failed, latest first
 * @param moreAsleep true when more sleep than are shown
 */
public record Floor(
        List<String> notices,
        List<Trouble> troubles,
        List<Plan> templates,
        List<Bay> workers,
        long busy,
        List<Chip> asleep,
        boolean moreAsleep,
        WakeHistogram wakes,
        List<Line> events) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY_AND_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final double MICROS_PER_MILLI = 1000.0;

    /** A worker's place on the floor. */
    public record Bay(
            String pool,
            String pod,
            String node,
            String state,
            @Nullable Chip actor) {}

    /**
     * An actor, wherever it is shown.
     *
     * @param name the id; with its atespace in front if that isn't the default
     * @param mark unique on the page and fit for CSS: lets the browser see the same actor before and after a change
     */
    public record Chip(String name, String template, String status, String mark) {}

    /** @param since UTC */
    public record Trouble(String actor, String template, String status, String since, String reason) {}

    /**
     * A template on its way to its golden snapshot.
     *
     * @param reason why it is not Ready; empty when it is
     */
    public record Plan(String name, String phase, String reason) {}

    /** What the database knows of actors. */
    record Actors(List<Actor> awake, List<Actor> asleep, boolean moreAsleep, List<Actor> failed) {}

    /** An event as a row of text. */
    public record Line(
            String time, String actor, String type, String cause, String worker, String took, String message) {}

    static Floor of(
            List<Reporter> ateoms,
            List<Worker> workers,
            List<ActorTemplate> templates,
            Actors actors,
            List<Event> events,
            int lines) {
        Map<ActorKey, Actor> byKey = actors.awake().stream().collect(Collectors.toMap(Actor::key, Function.identity()));
        List<Bay> bays = workers.stream()
                .sorted(Comparator.comparing((Worker w) -> w.pool().toString()).thenComparing(Worker::pod))
                .map(worker -> bay(worker, byKey))
                .toList();
        List<Long> totals = events.stream()
                // a golden actor boots, which says nothing of wakes
                .filter(event -> event.type().equals("Running")
                        && !event.key().atespace().equals(AtespaceName.GOLDEN))
                .map(event -> event.phases().get("total"))
                .filter(Objects::nonNull)
                .toList();
        return new Floor(
                notices(ateoms),
                actors.failed().stream().map(Floor::trouble).toList(),
                templates.stream()
                        .sorted(Comparator.comparing(template -> template.ref().toString()))
                        .map(Floor::plan)
                        .toList(),
                bays,
                bays.stream().filter(bay -> bay.actor() != null).count(),
                actors.asleep().stream().map(Floor::chip).toList(),
                actors.moreAsleep(),
                WakeHistogram.of(totals),
                events.stream().limit(lines).map(Floor::line).toList());
    }

    private static List<String> notices(List<Reporter> ateoms) {
        return ateoms.stream()
                .map(Reporter::caveat)
                .filter(caveat -> !caveat.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }

    private static Trouble trouble(Actor actor) {
        return new Trouble(
                name(actor.key()),
                actor.template().toString(),
                actor.status().name(),
                DAY_AND_TIME.format(actor.updatedAt()),
                text(actor.lastError()));
    }

    private static Plan plan(ActorTemplate template) {
        ActorTemplateStatus status = template.getStatus();
        String name = template.ref().toString();
        if (status == null || text(status.phase()).isEmpty()) {
            return new Plan(name, "New", "");
        }
        return new Plan(
                name,
                text(status.phase()),
                status.ready() ? "" : status.reason().orElse(""));
    }

    private static Bay bay(Worker worker, Map<ActorKey, Actor> awake) {
        Actor actor = worker.stay() == null ? null : awake.get(worker.stay().actor());
        return new Bay(
                worker.pool().toString(),
                worker.pod(),
                worker.node(),
                worker.state().name(),
                actor == null ? null : chip(actor));
    }

    private static Chip chip(Actor actor) {
        return new Chip(
                name(actor.key()),
                actor.template().toString(),
                actor.status().name(),
                "actor-%s--%s".formatted(actor.key().atespace(), actor.key().id()));
    }

    private static Line line(Event event) {
        Long total = event.phases().get("total");
        return new Line(
                TIME.format(event.at()),
                name(event.key()),
                event.type(),
                text(event.cause()).toLowerCase(java.util.Locale.ROOT),
                text(event.worker()),
                total == null ? "" : "%.1f ms".formatted(total / MICROS_PER_MILLI),
                text(event.message()));
    }

    private static String name(ActorKey key) {
        return key.atespace().equals(AtespaceName.DEFAULT) ? key.id().value() : key.toString();
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
