package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Workload;
import org.jspecify.annotations.Nullable;

/**
 * The sandbox of a slot that waits for an actor, at most one, and what it should be made for: the workload the slot ran last.
 * Changed by the slot's commands, one at a time; the digest is read by anyone.
 */
final class Standby {

    private final Startup startup;
    private final SlotTurns turns;
    private volatile @Nullable PreparedSandbox sandbox;
    private volatile @Nullable Workload usual;

    Standby(Startup startup, SlotTurns turns) {
        this.startup = startup;
        this.turns = turns;
    }

    /** What the slot runs most likely next; null when nobody has said so yet. */
    @Nullable
    Workload usual() {
        return usual;
    }

    void usual(Workload workload) {
        usual = workload;
    }

    /**
     * Makes a sandbox wait for this workload; one of another makes room. Blocks.
     *
     * @throws CommandFailure also BUSY, when an actor is to start here
     */
    void provide(SandboxPreparation.Unpacked unpacked) throws CommandFailure {
        PreparedSandbox present = sandbox;
        if (present != null && present.fits(unpacked.workload())) {
            return;
        }
        sandbox = turns.makeAhead(unpacked.workload().getTemplateDigest(), () -> {
            discard();
            return startup.prepare(unpacked);
        });
    }

    /** The sandbox that waits, if it is for this workload; another one makes room. Blocks in that case. */
    @Nullable
    PreparedSandbox take(Workload workload) {
        PreparedSandbox present = sandbox;
        if (present != null && present.fits(workload)) {
            sandbox = null;
            return present;
        }
        discard();
        return null;
    }

    void discard() {
        PreparedSandbox present = sandbox;
        sandbox = null;
        if (present != null) {
            present.discard();
        }
    }

    /** The digest of the template it stands ready for, empty: none. */
    String digest() {
        PreparedSandbox present = sandbox;
        return present == null ? "" : present.workload().getTemplateDigest();
    }
}
