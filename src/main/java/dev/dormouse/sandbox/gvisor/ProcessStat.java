package dev.dormouse.sandbox.gvisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads /proc/PID/stat. */
final class ProcessStat {

    private ProcessStat() {}

    /** The fields after the name, which may hold blanks: 0 is the state, proc(5)'s third. */
    static List<String> fields(Path process) throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        return List.of(stat.substring(stat.lastIndexOf(')') + 2).strip().split(" "));
    }
}
