package dev.dormouse.sandbox.gvisor;

import dev.dormouse.sandbox.host.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What gVisor needs of a machine, asked without starting anything. */
final class Requirements {

    private static final List<String> TOOLS = List.of("ip", "nft", "unshare", "nsenter", "mount", "sh");

    private Requirements() {}

    static List<String> missing(@Nullable Path runsc) {
        List<String> missing = new ArrayList<>();
        if (!Tools.isLinux()) {
            return List.of("gVisor runs on Linux only.");
        }
        if (!Tools.isRoot()) {
            missing.add("gVisor needs root to create and checkpoint sandboxes: start as root.");
        }
        if (runsc == null && Tools.find("runsc").isEmpty()) {
            missing.add("runsc is not on the PATH: install package 'runsc' or set dormouse.ateom.runsc.");
        } else if (runsc != null && !Files.isExecutable(runsc)) {
            missing.add("runsc is not an executable file: " + runsc + ".");
        }
        for (String tool : TOOLS) {
            if (Tools.find(tool).isEmpty()) {
                missing.add("'%s' is not on the PATH: install %s.".formatted(tool, packageOf(tool)));
            }
        }
        return missing;
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
