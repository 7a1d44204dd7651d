package dev.dormouse.sandbox.process;

import dev.dormouse.files.ThisProcess;
import dev.dormouse.sandbox.SandboxRuntime.ContainerSpec;
import dev.dormouse.sandbox.host.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A way to start a container's program as a process of this machine. */
sealed interface Launcher permits NamespaceLauncher, PathLauncher {

    /**
     * The process to start: its descendants are the actor. Its stdin is a pipe that stays open as long as we live.
     *
     * @param directory of this container alone, exists
     * @param identityDir the actor's /run/ate
     * @param env complete
     */
    ProcessBuilder build(ContainerSpec container, Path directory, Path identityDir, Map<String, String> env)
            throws IOException;

    static Launcher bestOfThisMachine() {
        NamespaceLauncher namespaces = new NamespaceLauncher(ThisProcess.isRoot());
        return Tools.isLinux() && namespaces.works() ? namespaces : new PathLauncher();
    }
}
