package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.sandbox.SandboxRuntime.Build;
import dev.dormouse.snapshot.Manifest;
import dev.dormouse.snapshot.Manifest.SandboxBuild;

/** Whether a snapshot of memory can go on here. Asked before a restore, which would fail late and say little. */
final class Compatibility {

    private final String sandboxClass;
    private final CpuFeatures cpu;

    Compatibility(String sandboxClass, CpuFeatures cpu) {
        this.sandboxClass = sandboxClass;
        this.cpu = cpu;
    }

    /**
     * Fails SNAPSHOT_INCOMPATIBLE with what differs.
     *
     * @param build of the sandbox that is to go on from it
     */
    void require(Manifest manifest, Build build) throws CommandFailure {
        SandboxBuild took = manifest.sandboxBuild();
        requireSame(manifest, "sandbox class", manifest.sandboxClass(), sandboxClass);
        if (!took.sha256().equals(build.sha256())) {
            throw incompatible(manifest, "sandbox build", took.version(), build.version());
        }
        requireSame(manifest, "sandbox platform", took.platform(), build.platform());
        requireSame(manifest, "sandbox flags", took.flags(), build.flags());
        requireSame(manifest, "CPU architecture", manifest.cpu().arch(), cpu.arch());
        requireSame(manifest, "set of CPU features", manifest.cpu().features(), cpu.digest());
    }

    private static void requireSame(Manifest manifest, String what, Object there, Object here) throws CommandFailure {
        if (!there.equals(here)) {
            throw incompatible(manifest, what, there, here);
        }
    }

    private static CommandFailure incompatible(Manifest manifest, String what, Object there, Object here) {
        return new CommandFailure(
                Failure.Reason.SNAPSHOT_INCOMPATIBLE,
                "snapshot %s was taken with another %s: %s, this worker has %s"
                        .formatted(manifest.id(), what, there, here));
    }
}
