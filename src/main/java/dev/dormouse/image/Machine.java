package dev.dormouse.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What images must know of the machine. */
final class Machine {

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private Machine() {}

    /** The architecture as image platforms name it. */
    static String arch() {
        String arch = System.getProperty("os.arch");
        return switch (arch) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> arch;
        };
    }

    /** Different after each start of the machine; constant where that can't be told. */
    static String boot() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
