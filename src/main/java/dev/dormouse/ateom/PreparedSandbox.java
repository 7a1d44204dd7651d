package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.name.PartName;
import dev.dormouse.sandbox.SandboxRuntime.Prepared;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A created sandbox that waits for its actor, or runs it.
 *
 * @param images container name to image digest
 */
record PreparedSandbox(Workload workload, Prepared prepared, BundleDir files, Map<String, String> images) {

    /** Whether an actor with this workload may run in it. */
    boolean fits(Workload wanted) {
        return workload.getTemplateDigest().equals(wanted.getTemplateDigest());
    }

    List<Path> logs() {
        return workload.getContainersList().stream()
                .map(container -> files.log(new PartName(container.getName())))
                .toList();
    }

    /** Removes it when it never ran. */
    void discard() {
        prepared.discard();
        files.delete();
    }

    /** Without the workload, whose environment holds secrets. */
    @Override
    public String toString() {
        return "PreparedSandbox[" + files.root().getFileName() + "]";
    }
}
