package dev.dormouse.sandbox.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this process may do and start here. */
public final class Tools {

    private static final String EFFECTIVE = "CapEff:";

    private Tools() {}

    /** Finds a program as a root shell would, also where the PATH of this process leaves out the sbin directories. */
    public static Optional<Path> find(String name) {
        return searchPath()
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    public static boolean isLinux() {
        return "Linux".equals(System.getProperty("os.name"));
    }

    /** The effective capabilities of this process, a bit each, as in capabilities(7); all of them where it can't be told. */
    public static long capabilities() {
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            return status.filter(line -> line.startsWith(EFFECTIVE))
                    .mapToLong(line -> Long.parseUnsignedLong(
                            line.substring(EFFECTIVE.length()).strip(), 16))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }

    /** The PATH for programs that we start. */
    public static String path() {
        return searchPath().collect(Collectors.joining(":"));
    }

    private static Stream<String> searchPath() {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";
        return Stream.of(path.split(":"))
                .filter(directory -> directory.startsWith("/"))
                .distinct();
    }
}
