package dev.dormouse.image;

import dev.dormouse.demo.build.LayoutWriter;
import dev.dormouse.demo.build.RootFiles;
import dev.dormouse.demo.build.SharedLibraries;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Small images for tests and the benchmark, made of what this machine has. Each writes an OCI layout into a directory and gives
 * the reference to use, {@code oci:<layout>@sha256:…}. The servers count as the demo does: {@code GET /} answers
 * {@code <actor> count: N}, on {@code $PORT} or 80, and {@code /readyz} is there too.
 */
public final class TestImages {

    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    /** What the counter imports, directly or not; tests of Python, its compiler's parts and documentation stay out. */
    private static final List<String> PYTHON_PACKAGES = List.of(
            "collections", "email", "encodings", "html", "http", "importlib", "json", "lib-dynload", "re", "urllib");

    private TestImages() {}

    public static boolean hasBusybox() {
        return Files.isExecutable(BUSYBOX);
    }

    public static boolean hasC() {
        return Files.isExecutable(Path.of("/usr/bin/gcc"));
    }

    public static boolean hasPython() {
        return Files.isExecutable(PYTHON);
    }

    /** Debian's busybox-static with {@code sh} and whatever a script needs as links; runs the arguments given. */
    public static String busybox(Path layout, String... entrypoint) throws IOException {
        RootFiles root = base().copy(BUSYBOX, "bin/busybox");
        for (String applet : List.of("sh", "sleep", "cat", "echo", "id", "httpd", "env", "dd", "ls", "true", "false")) {
            root.symbolicLink("bin/" + applet, "busybox");
        }
        return write(layout, root, List.of(entrypoint));
    }

    /** The counter in C, static, well below 2 MB: the smallest that can be measured. */
    public static String cCounter(Path layout) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("counter-c");
        Path source = work.resolve("counter.c");
        Path program = work.resolve("counter");
        Files.writeString(source, resource("counter.c"));
        int status = new ProcessBuilder("gcc", "-O2", "-static", "-s", "-o", program.toString(), source.toString())
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("gcc could not make a static program (is libc6-dev there?)");
        }
        return write(layout, base().copy(program, "counter"), List.of("/counter"));
    }

    /** The counter on this machine's Python 3 and the part of its library that it needs. */
    public static String pythonCounter(Path layout) throws IOException, InterruptedException {
        Path python = PYTHON.toRealPath();
        Path library = Path.of("/usr/lib", python.getFileName().toString());
        RootFiles root = SharedLibraries.of(python, library.resolve("lib-dynload"));
        root.copy(python, "usr/bin/python3");
        try (var modules = Files.newDirectoryStream(library, "*.py")) {
            for (Path module : modules) {
                root.copy(module, module.toString().substring(1));
            }
        }
        for (String name : PYTHON_PACKAGES) {
            Path directory = library.resolve(name);
            if (Files.isDirectory(directory)) {
                root.copyTree(directory, directory.toString().substring(1));
            }
        }
        root.text("counter.py", resource("counter.py")).directory("tmp", 01777);
        return write(layout, root, List.of("/usr/bin/python3", "-B", "-E", "-S", "/counter.py"));
    }

    private static RootFiles base() {
        return new RootFiles()
                .directory("tmp", 01777)
                .text("etc/passwd", "root:x:0:0:root:/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n")
                .text("etc/group", "root:x:0:\napp:x:1000:\n");
    }

    private static String write(Path layout, RootFiles root, List<String> entrypoint) throws IOException {
        String digest = new LayoutWriter(layout)
                .layer(root)
                .finish(
                        LayoutWriter.thisArchitecture(),
                        Map.of("Entrypoint", entrypoint, "Env", List.of("PATH=/bin:/usr/bin")));
        return "oci:" + layout.toAbsolutePath() + "@" + digest;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = TestImages.class.getResourceAsStream("/images/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes());
        }
    }
}
