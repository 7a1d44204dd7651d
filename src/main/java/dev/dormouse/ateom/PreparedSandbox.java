package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.name.PartName;
import dev.dormouse.sandbox.SandboxRuntime.Output;
import dev.dormouse.sandbox.SandboxRuntime.Prepared;
import java.util.LinkedHashMap;
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

    /** By container, where it prints to. */
    Map<String, Output> outputs() {
        Map<String, Output> outputs = new LinkedHashMap<>();
        workload.getContainersList()
                .forEach(each -> outputs.put(each.getName(), files.output(new PartName(each.getName()))));
        return outputs;
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
