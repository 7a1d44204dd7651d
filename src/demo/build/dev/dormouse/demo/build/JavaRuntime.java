package dev.dormouse.demo.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A Java runtime with one application module and no more than it needs, made by this JDK's own tools. */
record JavaRuntime(Path directory) {

    static final String MODULE = "dev.dormouse.demo";

    /** Compiles and links what is in {@code src/demo}. The result depends on nothing but the sources and the JDK. */
    static JavaRuntime link(Path demo, Path work) throws IOException, InterruptedException {
        Path modules = Files.createDirectories(work.resolve("modules"));
        List<String> javac = new ArrayList<>(List.of("-d", modules.resolve(MODULE).toString()));
        // beside the sources: Maven would take the tests for this module otherwise
        javac.add(demo.resolve("module-info.java").toString());
        try (var found = Files.walk(demo.resolve("java"))) {
            found.filter(file -> file.toString().endsWith(".java")).sorted().map(Path::toString).forEach(javac::add);
        }
        run("javac", javac);
        Path runtime = work.resolve("runtime");
        run(
                "jlink",
                List.of(
                        "--module-path", modules.toString(),
                        "--add-modules", MODULE,
                        "--strip-debug", "--no-header-files", "--no-man-pages",
                        "--output", runtime.toString()));
        JavaRuntime linked = new JavaRuntime(runtime);
        linked.shareClasses();
        return linked;
    }

    Path java() {
        return directory.resolve("bin/java");
    }

    /** Class data mapped from a file starts faster, and what isn't written to stays out of snapshots. */
    private void shareClasses() throws IOException, InterruptedException {
        run(List.of(java().toString(), "-XX:+UseSerialGC", "-Xshare:dump", "-Xlog:disable"));
    }

    /** As a process of its own: inside this one, what jlink writes would depend on what ran here before. */
    private static void run(String tool, List<String> arguments) throws IOException, InterruptedException {
        Path program = Path.of(System.getProperty("java.home"), "bin", tool);
        run(Stream.concat(Stream.of(program.toString()), arguments.stream()).toList());
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException(command.getFirst() + " failed with status " + status);
        }
    }
}
