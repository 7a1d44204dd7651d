package dev.dormouse.sandbox.gvisor;

import dev.dormouse.sandbox.SandboxRuntime.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a workload ended, as far as it can be known. */
final class WorkloadExit {

    private static final Pattern ENDED = Pattern.compile("ended (\\d+)(?:.*\"exitStatus\":\\s*(\\d+))?.*");
    private static final int EXIT_CODE_FIELD = 49;

    private WorkloadExit() {}

    static Exit parse(String line, Path proc, RunscContainers containers) {
        Matcher matcher = ENDED.matcher(line);
        int container = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
        String name = containers.bundle().containers().get(container).name();
        if (matcher.matches() && matcher.group(2) != null) {
            return exit(name, Integer.parseInt(matcher.group(2)));
        }
        // runsc came too late to ask: gVisor's process ends with the code of the workload
        OptionalInt status = statusOfZombie(proc, containers.pidFile(0));
        return status.isPresent()
                ? exit(name, status.getAsInt())
                : new Exit(-1, "the sandbox of container '%s' ended".formatted(name));
    }

    private static Exit exit(String container, int waitStatus) {
        int signal = waitStatus & 0x7f;
        int code = signal == 0 ? waitStatus >> 8 & 0xff : 128 + signal;
        return new Exit(
                code,
                signal == 0
                        ? "container '%s' exited with %d".formatted(container, code)
                        : "container '%s' was ended by signal %d".formatted(container, signal));
    }

    private static OptionalInt statusOfZombie(Path proc, Path pidFile) {
        try {
            List<String> fields =
                    ProcessStat.fields(proc.resolve(Files.readString(pidFile).strip()));
            return fields.getFirst().equals("Z")
                    ? OptionalInt.of(Integer.parseInt(fields.get(EXIT_CODE_FIELD)))
                    : OptionalInt.empty();
        } catch (IOException e) {
            return OptionalInt.empty();
        }
    }
}
