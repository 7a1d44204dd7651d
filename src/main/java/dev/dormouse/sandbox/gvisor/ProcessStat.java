package dev.dormouse.sandbox.gvisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads /proc/PID/stat. */
final class ProcessStat {

    private ProcessStat() {}

    /** The fields after the name, which may hold blanks: 0 is the state, proc(5)'s third. */
    static List<String> fields(Path process) throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        return List.of(stat.substring(stat.lastIndexOf(')') + 2).strip().split(" "));
    }

    /** The same; empty when the process has ended. */
    static Optional<List<String>> tryFields(Path process) {
        try {
            return Optional.of(fields(process));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
