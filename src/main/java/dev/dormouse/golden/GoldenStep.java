package dev.dormouse.golden;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.ActorStore.WorkerAfter;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.LogFields;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateStatus;
import dev.dormouse.template.Catalog;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings a template one step nearer to its golden snapshot. What to do follows from the stored status and the golden actor's record
 * alone, and each step may be repeated; so a step that was cut off is simply taken again, by whichever replica. A status is written
 * only on the one it was derived from: where two replicas take the same step, one of them counts.
 */
final class GoldenStep {

    /** Boots and snapshots that may fail before the template is given up. */
    static final int ATTEMPTS = 3;

    /** How long an actor whose readiness nobody can ask for is left to come up. */
    static final Duration SETTLE = Duration.ofSeconds(20);

    /** How long the workers may not suit the golden snapshot before another is taken: one that restarts is soon back. */
    static final Duration OUTDATED_AFTER = Duration.ofSeconds(5);

    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration WHILE_BLOCKED = Duration.ofSeconds(1);
    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
    private static final int BACKOFF_GROWTH = 4;
    private static final Logger LOG = Logger.getLogger(GoldenStep.class);

    private final Catalog catalog;
    private final ActorStore actors;
    private final GoldenLife life;
    private final InstantSource clock;
    private final Lasting outdated = new Lasting(OUTDATED_AFTER);

    GoldenStep(Catalog catalog, ActorStore actors, GoldenLife life, InstantSource clock) {
        this.catalog = catalog;
        this.actors = actors;
        this.life = life;
        this.clock = clock;
    }

    /** @return how long to wait before the next step */
    Uni<Duration> take(ActorTemplate template) {
        return switch (GoldenPhase.of(template)) {
            case NEW -> begin(template);
            case RESUME -> boot(template);
            case WAIT -> snapshot(template);
            case READY -> renew(template);
            case FAILED -> Uni.createFrom().item(WHILE_BLOCKED);
        };
    }

    /** Forgets templates that are gone. */
    void forgetOthers(Set<String> uids) {
        outdated.retain(uids);
    }

    private Uni<Duration> renew(ActorTemplate template) {
        String uid = template.getMetadata().getUid();
        return life.outdated(template.ref())
                // a Secret that is missing is no matter of the snapshot
                .onFailure(Failure.class)
                .recoverWithItem(Optional.empty())
                .chain(why -> {
                    if (!outdated.lasts(uid, why.isPresent(), clock.instant())) {
                        return Uni.createFrom().item(WHILE_BLOCKED);
                    }
                    LOG.warnf("template %s gets another golden snapshot: %s", template.ref(), why.orElseThrow());
                    return write(template, status(template).outdated(why.orElseThrow()));
                });
    }

    private Uni<Duration> begin(ActorTemplate template) {
        Optional<String> defect = TemplateDefect.of(template.getSpec());
        return defect.isPresent()
                ? write(template, status(template).failed("InvalidTemplate", defect.get()))
                : write(template, status(template).resume());
    }

    private Uni<Duration> boot(ActorTemplate template) {
        ActorKey key = GoldenActor.of(template);
        return actors.find(key)
                .chain(found -> found.isPresent()
                        ? Uni.createFrom().voidItem()
                        : create(template, key).replaceWithVoid())
                .chain(() -> life.boot(key))
                .chain(actor -> write(template, status(template).waitUntil(takeAt(template))))
                .onFailure()
                .recoverWithUni(failure -> hindered(template, GoldenPhase.RESUME, "GoldenBootFailed", failure));
    }

    private Uni<Actor> create(ActorTemplate template, ActorKey key) {
        return actors.create(new ActorStore.NewActor(key, template.ref(), Map.of(), Map.of(), null, null));
    }

    private Instant takeAt(ActorTemplate template) {
        boolean asked = template.getSpec().containers().stream().allMatch(container -> container.readyz() != null);
        return asked ? clock.instant() : clock.instant().plus(SETTLE);
    }

    private Uni<Duration> snapshot(ActorTemplate template) {
        Instant takeAt = status(template).takeAt();
        Duration left = takeAt == null ? Duration.ZERO : Duration.between(clock.instant(), takeAt);
        ActorKey key = GoldenActor.of(template);
        return actors.find(key)
                .chain(found -> {
                    if (found.isEmpty() || found.get().status() == ActorStatus.SUSPENDED) {
                        return asleep(template, found.orElse(null));
                    }
                    return left.isPositive()
                            ? Uni.createFrom().item(left.compareTo(WHILE_BLOCKED) < 0 ? left : WHILE_BLOCKED)
                            : life.suspend(key).chain(actor -> asleep(template, actor));
                })
                .onFailure()
                .recoverWithUni(failure -> hindered(template, GoldenPhase.WAIT, "GoldenSnapshotFailed", failure));
    }

    private Uni<Duration> asleep(ActorTemplate template, @Nullable Actor actor) {
        if (actor != null && actor.status() != ActorStatus.SUSPENDED) {
            return Uni.createFrom().item(WHILE_BLOCKED);
        }
        SnapshotRef snapshot = actor == null || actor.lastError() != null ? null : taken(template, actor);
        if (snapshot == null) {
            String why = actor == null || actor.lastError() == null ? "it left no snapshot" : actor.lastError();
            return failedOnce(
                    template, GoldenPhase.RESUME, "GoldenActorStopped", "The golden actor ended too early: " + why);
        }
        // Data alone is no start that saves a boot: actors of this template boot. It is kept as a sign of what could be
        // taken.
        String shown = snapshot.scope() == Scope.FULL ? snapshot.uri() : null;
        return catalog.templateStatus(template, status(template).ready(shown), snapshot)
                .invoke(written -> {
                    if (written) {
                        LogFields.of(template.ref()).log(() -> LOG.infof("template %s is ready", template.ref()));
                    }
                })
                .replaceWith(AT_ONCE);
    }

    /** Not the one that is to be replaced. */
    private @Nullable SnapshotRef taken(ActorTemplate template, Actor actor) {
        SnapshotRef snapshot = actor.snapshot();
        return snapshot == null
                        || catalog.golden(template.ref())
                                .map(SnapshotRef::id)
                                .filter(snapshot.id()::equals)
                                .isPresent()
                ? null
                : snapshot;
    }

    private Uni<Duration> hindered(ActorTemplate template, GoldenPhase phase, String reason, Throwable failure) {
        String why = failure instanceof Failure known ? known.detail() : "The server failed; its log says why.";
        if (isFailedAttempt(failure)) {
            return failedOnce(template, phase, reason, why);
        }
        if (!(failure instanceof Failure)) {
            fields(template)
                    .log(() -> LOG.errorf(
                            failure, "the golden actor of %s can't be looked after; trying again", template.ref()));
        }
        return write(template, status(template).blocked(why)).replaceWith(WHILE_BLOCKED);
    }

    /** No worker, no Secret, another transition, a database that is away: those are not the template's fault and end by themselves. */
    private static boolean isFailedAttempt(Throwable failure) {
        return failure instanceof Failure known && known.code() == Code.UNAVAILABLE && known.retryAfter() == null;
    }

    private Uni<Duration> failedOnce(ActorTemplate template, GoldenPhase then, String reason, String why) {
        int failures = status(template).failures() + 1;
        String detail = "Attempt %d of %d failed: %s".formatted(failures, ATTEMPTS, why);
        fields(template).log(() -> LOG.warnf("template %s: %s", template.ref(), detail));
        if (failures >= ATTEMPTS) {
            return stop(GoldenActor.of(template), detail)
                    .chain(() -> write(template, status(template).failed(reason, detail)));
        }
        Duration backoff = FIRST_BACKOFF.multipliedBy((long) Math.pow(BACKOFF_GROWTH, failures - 1));
        return write(template, status(template).failedOnce(then, reason, detail))
                .replaceWith(backoff);
    }

    /** What runs in vain gives its worker back. */
    private Uni<Void> stop(ActorKey key, String why) {
        return actors.find(key)
                .chain(found -> found.map(actor -> stop(actors, actor, why))
                        .orElseGet(() -> Uni.createFrom().voidItem()));
    }

    /** Ends an activation without a snapshot: its ateom is told to end it when it next reports. */
    static Uni<Void> stop(ActorStore actors, Actor actor, String why) {
        return switch (actor.status()) {
            case SUSPENDED, PAUSED -> Uni.createFrom().voidItem();
            case RUNNING, RESUMING, SUSPENDING, PAUSING ->
                actors.fell(actor.key(), actor.generation(), "Crashed", why, false, WorkerAfter.LOST)
                        .replaceWithVoid();
        };
    }

    private static LogFields fields(ActorTemplate template) {
        return LogFields.of(GoldenActor.of(template)).template(template.ref());
    }

    private GoldenStatus status(ActorTemplate template) {
        return new GoldenStatus(template, clock.instant());
    }

    private Uni<Duration> write(ActorTemplate template, ActorTemplateStatus status) {
        if (status.equals(template.getStatus())) {
            return Uni.createFrom().item(WHILE_BLOCKED);
        }
        SnapshotRef golden = catalog.golden(template.ref()).orElse(null);
        // lost to another replica: its status is looked at next
        return catalog.templateStatus(template, status, golden).replaceWith(AT_ONCE);
    }
}
