package dev.dormouse.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A program that must succeed. */
final class TestCommand {

    private TestCommand() {}

    /** What it printed. */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
        return said;
    }
}
