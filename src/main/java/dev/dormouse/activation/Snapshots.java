package dev.dormouse.activation;

import dev.dormouse.ateom.wire.SnapshotTaken;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.template.ActorTemplateSpec.SnapshotsConfig;
import dev.dormouse.worker.Worker;
import java.time.Instant;
import java.util.UUID;

/** What a template says about snapshots, and what a worker says of one it took. */
final class Snapshots {

    private static final String PROCESS = "process";

    private Snapshots() {}

    /**
     * A suspend follows onCommit, a pause onPause; what doesn't isolate can't keep memory. A golden snapshot is Full whatever its
     * template keeps later: it is there to save the boot.
     */
    static Scope scope(ActorKey actor, Blueprint blueprint, boolean pause, Worker worker) {
        SnapshotsConfig config = blueprint.template().getSpec().snapshotsConfig();
        Scope declared = pause ? config.effectiveOnPause() : config.effectiveOnCommit();
        Scope wanted = actor.atespace().equals(AtespaceName.GOLDEN) ? Scope.FULL : declared;
        return keepsMemory(worker.hardware().sandboxClass()) ? wanted : Scope.DATA;
    }

    static boolean keepsMemory(String sandboxClass) {
        return !sandboxClass.equals(PROCESS);
    }

    static dev.dormouse.ateom.wire.Scope toWire(Scope scope) {
        return switch (scope) {
            case FULL -> dev.dormouse.ateom.wire.Scope.FULL;
            case DATA -> dev.dormouse.ateom.wire.Scope.DATA;
        };
    }

    static SnapshotRef ref(UUID id, SnapshotTaken taken, Scope scope, Worker worker, boolean local, Instant now) {
        return new SnapshotRef(
                id,
                taken.getUri(),
                scope,
                taken.getSizeBytes(),
                worker.hardware().sandboxClass(),
                taken.getSandboxBuild(),
                worker.hardware().cpu(),
                local ? worker.node() : null,
                now);
    }

    /** The same snapshot, now durable. */
    static SnapshotRef promoted(SnapshotRef local, SnapshotTaken taken) {
        return new SnapshotRef(
                local.id(),
                taken.getUri(),
                local.scope(),
                taken.getSizeBytes(),
                local.sandboxClass(),
                local.sandboxBuild(),
                local.cpu(),
                null,
                local.createdAt());
    }
}
