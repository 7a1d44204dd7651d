package dev.dormouse.golden;

import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateStatus;

/** How far a template is on its way to its golden snapshot. */
enum GoldenPhase {
    NEW(""),
    RESUME("ResumeGoldenActor"),
    WAIT("WaitGoldenActor"),
    READY(ActorTemplateStatus.READY),
    FAILED(ActorTemplateStatus.FAILED);

    private final String written;

    GoldenPhase(String written) {
        this.written = written;
    }

    /** As it stands in the status. */
    String written() {
        return written;
    }

    static GoldenPhase of(ActorTemplate template) {
        ActorTemplateStatus status = template.getStatus();
        String phase = status == null || status.phase() == null ? "" : status.phase();
        for (GoldenPhase known : values()) {
            if (known.written.equals(phase)) {
                return known;
            }
        }
        // of a version that we don't know: begin anew
        return NEW;
    }
}
