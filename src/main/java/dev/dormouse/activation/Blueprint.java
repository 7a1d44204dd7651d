package dev.dormouse.activation;

import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.name.PoolRef;
import dev.dormouse.scheduler.LabelQuery;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.template.ActorTemplate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A template made ready for placing and starting actors.
 *
 * @param workload what runs, secrets resolved: never log it
 * @param digest names the sandboxes prepared for it
 * @param golden the template's first snapshot; null until it is Ready for the first time. Of scope Data where no sandbox could keep memory
 */
record Blueprint(
        ActorTemplate template,
        Workload workload,
        String digest,
        LabelQuery where,
        @Nullable PoolRef pool,
        @Nullable SnapshotRef golden) {

    /** The same of the template as it is now, whose status may have changed. */
    Blueprint of(ActorTemplate present) {
        return present == template ? this : new Blueprint(present, workload, digest, where, pool, golden);
    }

    /** The golden snapshot, if it is one to start from: Data alone saves no boot. */
    @Nullable
    SnapshotRef start() {
        return golden != null && golden.scope() == Scope.FULL ? golden : null;
    }

    String sandboxClass() {
        return template.getSpec().effectiveSandboxClass();
    }

    /** Where a snapshot of this template's actor goes. */
    String location() {
        String location = template.getSpec().snapshotsConfig().location();
        return location.endsWith("/") ? location.substring(0, location.length() - 1) : location;
    }

    String snapshotUri(String atespace, String actor, UUID snapshot) {
        return "%s/%s/%s/%s".formatted(location(), atespace, actor, snapshot);
    }

    @Override
    public String toString() {
        return template.ref() + "@" + digest;
    }
}
