package dev.dormouse.sandbox.gvisor;

import dev.dormouse.files.ThisProcess;
import dev.dormouse.sandbox.host.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What gVisor needs of a machine, asked without starting anything. */
final class Requirements {

    private static final List<String> TOOLS = List.of("ip", "nft", "setsid", "unshare", "nsenter", "mount", "sh");

    /** What a container's root may lack: for namespaces and mounts, and for the slots' networks. By number. */
    private static final Map<String, Integer> CAPABILITIES =
            new TreeMap<>(Map.of("CAP_NET_ADMIN", 12, "CAP_SYS_ADMIN", 21));

    private Requirements() {}

    static List<String> missing(@Nullable Path runsc) {
        List<String> missing = new ArrayList<>();
        if (!Tools.isLinux()) {
            return List.of("gVisor runs on Linux only.");
        }
        if (!ThisProcess.isRoot()) {
            missing.add("gVisor needs root to create and checkpoint sandboxes: start as root.");
        } else {
            missing.addAll(missingCapabilities(Tools.capabilities()));
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

    static List<String> missingCapabilities(long effective) {
        return CAPABILITIES.entrySet().stream()
                .filter(needed -> (effective >> needed.getValue() & 1) == 0)
                .map(needed -> "gVisor needs %s, which root lacks here: add it to the container's capabilities."
                        .formatted(needed.getKey()))
                .toList();
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
