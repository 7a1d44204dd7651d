package dev.dormouse.sandbox.host;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the host to its end: for the few calls when a runtime or a slot opens, never on the way of a wake. */
public final class Command {

    private Command() {}

    /**
     * @param input written to its standard input
     * @return stdout and stderr
     * @throws SandboxException FAILED when it ends with another code than 0, or not within the limit
     */
    public static String run(Duration limit, String input, String... command) throws SandboxException {
        Process process = start(command);
        Thread watchdog = Thread.startVirtualThread(() -> destroyAfter(process, limit));
        try {
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new SandboxException(
                        Kind.FAILED, "%s failed with %d: %s".formatted(command[0], code, output.strip()));
            }
            return output;
        } catch (IOException e) {
            throw new SandboxException(Kind.FAILED, command[0] + " failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException(Kind.FAILED, command[0] + " was interrupted", e);
        } finally {
            process.destroyForcibly();
            watchdog.interrupt();
        }
    }

    /** The environment of everything we start: a path, and nothing that might be secret. */
    public static ProcessBuilder builder(String... command) {
        ProcessBuilder builder = new ProcessBuilder(List.of(command));
        builder.environment().clear();
        builder.environment().put("PATH", Tools.path());
        return builder;
    }

    private static Process start(String... command) throws SandboxException {
        try {
            return builder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new SandboxException(Kind.FAILED, "can't start " + command[0] + ": " + e.getMessage(), e);
        }
    }

    private static void destroyAfter(Process process, Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
