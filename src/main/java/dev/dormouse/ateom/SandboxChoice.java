package dev.dormouse.ateom;

import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.SandboxRuntime;
import dev.dormouse.sandbox.gvisor.GvisorRuntime;
import dev.dormouse.sandbox.gvisor.GvisorSettings;
import dev.dormouse.sandbox.process.ProcessRuntime;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which class of sandbox this node has: what the configuration asks for, or what the machine can do. */
final class SandboxChoice {

    private SandboxChoice() {}

    static SandboxRuntime open(DormouseConfig config, Path dataDir) throws SandboxException {
        Optional<Path> runsc = config.ateom().runsc().or(GvisorRuntime::findRunsc);
        List<String> missing = GvisorRuntime.missing(runsc.orElse(null));
        Path gvisorDir = dataDir.resolve("runsc");
        Path processDir = dataDir.resolve("process");
        return switch (config.standalone().sandbox()) {
            case "gvisor" -> gvisor(runsc, missing, gvisorDir);
            case "process" -> ProcessRuntime.open(processDir, "The process sandbox was asked for.");
            case "auto" -> whatWorks(runsc, missing, gvisorDir, processDir);
            default ->
                throw new SandboxException(
                        Kind.UNSUPPORTED,
                        "dormouse.standalone.sandbox must be auto, gvisor or process, not '%s'"
                                .formatted(config.standalone().sandbox()));
        };
    }

    private static SandboxRuntime whatWorks(Optional<Path> runsc, List<String> missing, Path gvisorDir, Path processDir)
            throws SandboxException {
        try {
            return gvisor(runsc, missing, gvisorDir);
        } catch (SandboxException e) {
            if (e.kind() != Kind.UNSUPPORTED) {
                throw e;
            }
            return ProcessRuntime.open(processDir, "No gVisor here: " + e.getMessage());
        }
    }

    private static SandboxRuntime gvisor(Optional<Path> runsc, List<String> missing, Path workDir)
            throws SandboxException {
        if (runsc.isEmpty() || !missing.isEmpty()) {
            throw new SandboxException(Kind.UNSUPPORTED, String.join(" ", missing));
        }
        return GvisorRuntime.open(new GvisorSettings(runsc.get(), workDir));
    }
}
