package dev.dormouse.ateom;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/**
 * What a restored workload may depend on: code looks at the processor once, at its start, and keeps the answer in its memory.
 *
 * @param digest over the features that the kernel reports; 16 hex digits
 */
record CpuFeatures(String arch, String digest) {

    static CpuFeatures ofThisMachine() {
        String arch = System.getProperty("os.arch");
        try {
            return of(arch, Files.readAllLines(Path.of("/proc/cpuinfo")));
        } catch (IOException e) {
            // no Linux: no sandbox that restores memory either
            return new CpuFeatures(arch, "");
        }
    }

    static CpuFeatures of(String arch, List<String> cpuinfo) {
        TreeSet<String> features = new TreeSet<>();
        for (String line : cpuinfo) {
            if (line.startsWith("flags") || line.startsWith("Features")) {
                features.addAll(
                        List.of(line.substring(line.indexOf(':') + 1).strip().split("\\s+")));
                break;
            }
        }
        return new CpuFeatures(arch, sha256(String.join(" ", features)).substring(0, 16));
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
