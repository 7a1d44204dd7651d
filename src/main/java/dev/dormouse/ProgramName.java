package dev.dormouse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name by which this process was started: the executable behind a symbolic link is what the link is called. */
final class ProgramName {

    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private ProgramName() {}

    /** Without directories; empty where the system doesn't tell. On a JVM that of the JVM. */
    static String current() {
        try {
            return of(Files.readAllBytes(COMMAND_LINE));
        } catch (IOException e) {
            return "";
        }
    }

    /** @param commandLine its arguments, a NUL behind each */
    static String of(byte[] commandLine) {
        String whole = new String(commandLine, StandardCharsets.UTF_8);
        int end = whole.indexOf('\0');
        String first = end < 0 ? whole : whole.substring(0, end);
        return first.substring(first.lastIndexOf('/') + 1);
    }
}
