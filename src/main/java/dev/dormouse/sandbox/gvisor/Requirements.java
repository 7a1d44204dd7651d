package dev.dormouse.sandbox.gvisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What gVisor needs of a machine, asked without starting anything. */
final class Requirements {

    private static final List<String> TOOLS = List.of("ip", "nft", "unshare", "nsenter", "mount", "sh");

    private Requirements() {}

    static List<String> missing(@Nullable Path runsc) {
        List<String> missing = new ArrayList<>();
        if (!"Linux".equals(System.getProperty("os.name"))) {
            return List.of("gVisor runs on Linux only.");
        }
        if (!isRoot()) {
            missing.add("gVisor needs root to create and checkpoint sandboxes: start as root.");
        }
        if (runsc == null && find("runsc").isEmpty()) {
            missing.add("runsc is not on the PATH: install package 'runsc' or set dormouse.ateom.runsc.");
        } else if (runsc != null && !Files.isExecutable(runsc)) {
            missing.add("runsc is not an executable file: " + runsc + ".");
        }
        for (String tool : TOOLS) {
            if (find(tool).isEmpty()) {
                missing.add("'%s' is not on the PATH: install %s.".formatted(tool, packageOf(tool)));
            }
        }
        return missing;
    }

    /** Finds a tool as a root shell would, also where the PATH of this process leaves out the sbin directories. */
    static Optional<Path> find(String tool) {
        return searchPath()
                .map(directory -> Path.of(directory, tool))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Stream<String> searchPath() {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";
        return Stream.of(path.split(":"))
                .filter(directory -> directory.startsWith("/"))
                .distinct();
    }

    static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static String packageOf(String tool) {
        return switch (tool) {
            case "ip" -> "iproute2";
            case "nft" -> "nftables";
            case "sh" -> "a POSIX shell";
            default -> "util-linux";
        };
    }
}
