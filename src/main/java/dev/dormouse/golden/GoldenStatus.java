package dev.dormouse.golden;

import dev.dormouse.platform.Conditions;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The statuses that may follow a template's present one, as values. */
final class GoldenStatus {

    private static final String READY_CONDITION = "Ready";
    private static final String READY_MESSAGE = "Actor template is ready for use";

    private final ActorTemplate template;
    private final ActorTemplateStatus present;
    private final Instant now;

    GoldenStatus(ActorTemplate template, Instant now) {
        this.template = template;
        this.now = now;
        this.present = template.getStatus() == null
                ? new ActorTemplateStatus(null, null, null, null, null, null, 0)
                : template.getStatus();
    }

    int failures() {
        return present.goldenFailures() == null ? 0 : present.goldenFailures();
    }

    /** When the snapshot is due; null before the actor runs. */
    @Nullable
    Instant takeAt() {
        return present.takeGoldenSnapshotAt() == null ? null : Instant.parse(present.takeGoldenSnapshotAt());
    }

    ActorTemplateStatus resume() {
        return next(
                GoldenPhase.RESUME,
                null,
                present.goldenSnapshot(),
                failures(),
                notReady("Booting", "The golden actor is being booted"));
    }

    ActorTemplateStatus waitUntil(Instant takeAt) {
        Condition condition = notReady("WaitingForSnapshot", "The golden actor runs; its snapshot is due");
        return next(GoldenPhase.WAIT, takeAt, present.goldenSnapshot(), failures(), condition);
    }

    /** From the start again, with the snapshot that is to be replaced. */
    ActorTemplateStatus outdated(String why) {
        Condition condition = notReady(
                "GoldenOutdated", "Another golden snapshot is taken, actors boot from the image until then: " + why);
        return next(GoldenPhase.RESUME, null, present.goldenSnapshot(), 0, condition);
    }

    ActorTemplateStatus ready(@Nullable String goldenSnapshot) {
        return next(GoldenPhase.READY, takeAt(), goldenSnapshot, 0, condition(true, "Ready", READY_MESSAGE));
    }

    /** In the same phase, with the reason why it doesn't go on. */
    ActorTemplateStatus blocked(String why) {
        return next(GoldenPhase.of(template), takeAt(), present.goldenSnapshot(), failures(), notReady("Waiting", why));
    }

    /** One failure more. */
    ActorTemplateStatus failedOnce(GoldenPhase then, String reason, String why) {
        Instant takeAt = then == GoldenPhase.WAIT ? takeAt() : null;
        return next(then, takeAt, present.goldenSnapshot(), failures() + 1, notReady(reason, why));
    }

    ActorTemplateStatus failed(String reason, String why) {
        return next(GoldenPhase.FAILED, null, present.goldenSnapshot(), failures(), notReady(reason, why));
    }

    private ActorTemplateStatus next(
            GoldenPhase phase,
            @Nullable Instant takeAt,
            @Nullable String goldenSnapshot,
            int failures,
            Condition condition) {
        return new ActorTemplateStatus(
                phase.written(),
                GoldenActor.of(template).id().value(),
                takeAt == null ? null : takeAt.toString(),
                goldenSnapshot,
                failures == 0 ? null : failures,
                List.of(condition),
                template.getMetadata().getGeneration());
    }

    private Condition notReady(String reason, String message) {
        return condition(false, reason, message);
    }

    private Condition condition(boolean met, String reason, String message) {
        return Conditions.next(
                present.conditions(), READY_CONDITION, met, reason, message, template.getMetadata(), now);
    }
}
