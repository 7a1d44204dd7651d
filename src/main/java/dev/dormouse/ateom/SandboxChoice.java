package dev.dormouse.ateom;

import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.SandboxRuntime;
import dev.dormouse.sandbox.gvisor.GvisorRuntime;
import dev.dormouse.sandbox.gvisor.GvisorSettings;
import dev.dormouse.sandbox.process.ProcessRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which class of sandbox this node has: what the configuration asks for, or what the machine can do. */
public final class SandboxChoice {

    private static final List<String> CLASSES = List.of("auto", "gvisor", "process");

    private SandboxChoice() {}

    /**
     * Asks before anything is started whether this machine has the class of sandbox.
     *
     * @param asked auto, gvisor or process
     * @param runsc empty: whatever is on the PATH
     * @throws IOException with a sentence for the user
     */
    public static void check(String asked, Optional<Path> runsc) throws IOException {
        if (!CLASSES.contains(asked)) {
            throw new IOException(unknown(asked));
        }
        if (asked.equals("gvisor")) {
            checkGvisor(runsc.or(GvisorRuntime::findRunsc));
        }
    }

    private static void checkGvisor(Optional<Path> runsc) throws IOException {
        List<String> missing = GvisorRuntime.missing(runsc.orElse(null));
        if (runsc.isEmpty() || !missing.isEmpty()) {
            throw new IOException(String.join(" ", missing));
        }
        try {
            GvisorRuntime.check(runsc.get());
        } catch (SandboxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    static SandboxRuntime open(DormouseConfig config, Optional<Path> runsc, Path dataDir) throws SandboxException {
        List<String> missing = GvisorRuntime.missing(runsc.orElse(null));
        Path gvisorDir = dataDir.resolve("runsc");
        Path processDir = dataDir.resolve("process");
        Optional<String> podIp = config.ateom().pod().ip();
        if (podIp.isPresent()) {
            // in a cluster actors are strangers to each other: no falling back to something that doesn't isolate them
            return gvisor(runsc, missing, gvisorDir, podIp.get());
        }
        return switch (config.standalone().sandbox()) {
            case "gvisor" -> gvisor(runsc, missing, gvisorDir, null);
            case "process" -> ProcessRuntime.open(processDir, "The process sandbox was asked for.");
            case "auto" -> whatWorks(runsc, missing, gvisorDir, processDir);
            default ->
                throw new SandboxException(
                        Kind.UNSUPPORTED, unknown(config.standalone().sandbox()));
        };
    }

    private static String unknown(String asked) {
        return "dormouse.standalone.sandbox must be auto, gvisor or process, not '%s'".formatted(asked);
    }

    private static SandboxRuntime whatWorks(Optional<Path> runsc, List<String> missing, Path gvisorDir, Path processDir)
            throws SandboxException {
        try {
            return gvisor(runsc, missing, gvisorDir, null);
        } catch (SandboxException e) {
            if (e.kind() != Kind.UNSUPPORTED) {
                throw e;
            }
            return ProcessRuntime.open(processDir, "No gVisor here: " + e.getMessage());
        }
    }

    private static SandboxRuntime gvisor(
            Optional<Path> runsc, List<String> missing, Path workDir, @Nullable String address)
            throws SandboxException {
        if (runsc.isEmpty() || !missing.isEmpty()) {
            throw new SandboxException(Kind.UNSUPPORTED, String.join(" ", missing));
        }
        return GvisorRuntime.open(new GvisorSettings(runsc.get(), workDir, address));
    }
}
