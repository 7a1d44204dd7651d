package dev.dormouse.sandbox.gvisor;

import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a workload ended. */
final class WorkloadExit {

    private static final Pattern ENDED = Pattern.compile("ended (\\d+)(?:.*\"exitStatus\":\\s*(\\d+))?.*");
    private static final int EXIT_CODE_FIELD = 49;

    private WorkloadExit() {}

    /** From an event of {@link RunscContainers#watchScript}. */
    static Optional<Exit> parse(String line, Bundle bundle) {
        Matcher matcher = ENDED.matcher(line);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String name =
                bundle.containers().get(Integer.parseInt(matcher.group(1))).name();
        return Optional.of(
                matcher.group(2) == null ? unknown(name) : Exit.of(name, Integer.parseInt(matcher.group(2))));
    }

    /**
     * From the sandbox's process, which ends with its root container, with the same code. It is then a zombie until the slot reaps
     * it; empty: it is alive.
     *
     * @param proc of the slot
     */
    static Optional<Exit> find(Path proc, Path pidFile, Bundle bundle) {
        String name = bundle.containers().getFirst().name();
        try {
            List<String> fields =
                    ProcessStat.fields(proc.resolve(Files.readString(pidFile).strip()));
            return fields.getFirst().equals("Z")
                    ? Optional.of(Exit.of(name, code(Integer.parseInt(fields.get(EXIT_CODE_FIELD)))))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.of(unknown(name));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Exit unknown(String container) {
        return new Exit(-1, "the sandbox of container '%s' was killed".formatted(container));
    }

    /** As shells tell it: 128 and the signal's number for a process that was killed. */
    private static int code(int waitStatus) {
        int signal = waitStatus & 0x7f;
        return signal == 0 ? waitStatus >> 8 & 0xff : 128 + signal;
    }
}
