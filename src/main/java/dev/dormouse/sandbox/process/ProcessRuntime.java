package dev.dormouse.sandbox.process;

import dev.dormouse.files.FileTree;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.SandboxRuntime;
import dev.dormouse.sandbox.host.Holder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Plain processes of this machine: for laptops without runsc or root. Its limits, which users must know:
 *
 * <ul>
 *   <li>No isolation. An actor can do what the user of this process can, sees this machine's network, and other actors see its
 *       ports, which are on the loopback address.
 *   <li>No memory snapshots: checkpoint and restore are UNSUPPORTED. Durable directories outlive an activation, nothing else.
 *   <li>The workload must listen on the port in its environment variable PORT: the first of the bundle's ports. For further ports
 *       there is PORT_n, e.g. PORT_9090 for the actor's port 9090. Ports that the bundle doesn't name can't be opened.
 *   <li>The metadata service is at the URL in ATE_METADATA_URL, not at 169.254.17.1; traffic is not counted.
 *   <li>Where Linux lets us make namespaces (root, or unprivileged user namespaces) the actor sees its image as root directory, with
 *       its changes discarded at its end. Elsewhere the image's program is started by its path: arguments that name a file of
 *       the image or a mount are translated, paths inside of programs are not; it needs an image that can be run from any place.
 *   <li>User and group are set only when we are root, further groups never.
 * </ul>
 */
public final class ProcessRuntime implements SandboxRuntime {

    private static final String LIMITS =
            "Actors run as plain processes: without isolation, and only with Data snapshots (files, no memory).";

    private final Path workDir;
    private final Launcher launcher;
    private final String why;
    private final Map<String, ProcessSlot> slots = new ConcurrentHashMap<>();

    private ProcessRuntime(Path workDir, Launcher launcher, String why) {
        this.workDir = workDir;
        this.launcher = launcher;
        this.why = why;
    }

    /**
     * Finds out what this machine allows.
     *
     * @param workDir for the changes that running actors make to their images; used by one process at a time
     * @param why there are no better sandboxes here: a sentence
     */
    public static ProcessRuntime open(Path workDir, String why) {
        return new ProcessRuntime(workDir.toAbsolutePath(), Launcher.bestOfThisMachine(), why);
    }

    /** Never uses namespaces. */
    static ProcessRuntime openByPath(Path workDir) {
        return new ProcessRuntime(workDir.toAbsolutePath(), new PathLauncher(), "By path.");
    }

    @Override
    public String sandboxClass() {
        return "process";
    }

    @Override
    public String caveat() {
        return why + " " + LIMITS;
    }

    @Override
    public Build build() {
        return new Build("process", "", "process", List.of());
    }

    @Override
    public boolean canSnapshotMemory() {
        return false;
    }

    @Override
    public synchronized Slot openSlot(String name) throws SandboxException {
        if (slots.containsKey(name)) {
            throw new SandboxException(Kind.FAILED, "slot " + name + " is open already");
        }
        Path directory = workDir.resolve(name);
        FileTree.list(directory).forEach(container -> holder(container).end());
        FileTree.discard(directory);
        ProcessSlot slot = new ProcessSlot(name, directory, launcher, () -> slots.remove(name));
        slots.put(name, slot);
        return slot;
    }

    static Holder holder(Path container) {
        return new Holder(container.resolve("holder"));
    }

    @Override
    public void close() {
        List.copyOf(slots.values()).forEach(ProcessSlot::close);
    }
}
