package dev.dormouse.sandbox.gvisor;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where gVisor lives on this node.
 *
 * @param runsc the binary; a copy of it is executed
 * @param workDir directory for copies of runsc, and for bundles and root file system deltas of running sandboxes: on a real disk that
 *     programs may be executed from; used by one process at a time
 * @param runDir directory shared by all Dormouse processes of the machine: instance numbers and sockets; short, because a
 *     socket's path ends at 107 characters
 * @param address IPv4 address of this machine at which others reach the only slot; null: slots are reached from this machine only
 */
public record GvisorSettings(
        Path runsc, Path workDir, Path runDir, @Nullable String address) {

    public GvisorSettings(Path runsc, Path workDir, @Nullable String address) {
        this(runsc, workDir, Path.of("/run/dormouse"), address);
    }

    public GvisorSettings {
        runsc = runsc.toAbsolutePath();
        workDir = workDir.toAbsolutePath();
        runDir = runDir.toAbsolutePath();
    }

    /** No slot is called so: their names are UUIDs. */
    Path builds() {
        return workDir.resolve("builds");
    }
}
