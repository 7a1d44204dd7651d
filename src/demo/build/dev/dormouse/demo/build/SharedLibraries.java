package dev.dormouse.demo.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What programs need of this machine to run on another root: the loader, and the libraries that {@code ldd} names. */
public final class SharedLibraries {

    /** {@code libm.so.6 => /lib/x/libm.so.6 (0x…)} or {@code /lib64/ld-linux-x86-64.so.2 (0x…)}. */
    private static final Pattern PLACE = Pattern.compile("(?:=>\\s+|^\\s*)(/\\S+)\\s+\\(0x");

    private SharedLibraries() {}

    /** The libraries that programs, or those below directories, need from elsewhere; each where it is looked for. */
    public static RootFiles of(Path... programs) throws IOException, InterruptedException {
        List<Path> roots = Stream.of(programs).map(Path::toAbsolutePath).toList();
        Set<Path> needed = new TreeSet<>();
        for (Path root : roots) {
            for (Path program : programsIn(root)) {
                needed.addAll(neededBy(program));
            }
        }
        needed.removeIf(library -> roots.stream().anyMatch(library::startsWith));
        RootFiles files = new RootFiles();
        for (Path library : needed) {
            files.copy(library.toRealPath(), library.toString().substring(1));
        }
        return files;
    }

    private static Set<Path> neededBy(Path program) throws IOException, InterruptedException {
        Process ldd = new ProcessBuilder("ldd", program.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // it fails for a file that needs nothing, and prints nothing then
        ldd.waitFor();
        Set<Path> places = new TreeSet<>();
        output.lines().map(PLACE::matcher).filter(found -> found.find()).forEach(found -> places.add(Path.of(found.group(1))));
        return places;
    }

    private static List<Path> programsIn(Path root) throws IOException {
        try (var found = Files.walk(root)) {
            return found.filter(Files::isRegularFile).filter(SharedLibraries::isProgram).sorted().toList();
        }
    }

    private static boolean isProgram(Path file) {
        return file.toString().contains(".so") || Files.isExecutable(file);
    }
}
