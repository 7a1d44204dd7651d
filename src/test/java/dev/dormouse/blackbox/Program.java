package dev.dormouse.blackbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The packaged program that the black-box tests run: the jar, or the native executable. */
public final class Program {

    private static final String JAR = "target/quarkus-app/quarkus-run.jar";

    private final Path file;
    private final List<String> jvmOptions;

    private Program(Path file, List<String> jvmOptions) {
        this.file = file.toAbsolutePath();
        this.jvmOptions = jvmOptions;
    }

    /** What {@code -Ddormouse.program} names, else the jar. */
    public static Program underTest() {
        return at(Path.of(System.getProperty("dormouse.program", JAR)));
    }

    public static Program at(Path file) {
        return new Program(file, List.of());
    }

    /** As this one; the options mean something to a JVM only. */
    public Program withJvmOptions(String... options) {
        return new Program(file, List.of(options));
    }

    public Path file() {
        return file;
    }

    public boolean isNative() {
        return !file.toString().endsWith(".jar");
    }

    public List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        if (!isNative()) {
            command.add(ProcessHandle.current().info().command().orElseThrow());
            command.addAll(jvmOptions);
            command.add("-jar");
        }
        command.add(file.toString());
        command.addAll(arguments);
        return command;
    }

    public List<String> command(String... arguments) {
        return command(Stream.of(arguments).toList());
    }
}
