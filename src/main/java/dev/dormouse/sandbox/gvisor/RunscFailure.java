package dev.dormouse.sandbox.gvisor;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** What the words of a failed runsc mean. It has no exit codes to tell by: all of its failures end with 128. */
final class RunscFailure {

    private static final int MESSAGE_LIMIT = 500;
    private static final List<String> NO_SPACE = List.of("no space left", "disk quota exceeded");
    private static final List<String> OTHER_BUILD =
            List.of("hash mismatch", "container specs not found", "incompatible", "spec validation");
    private static final List<String> DAMAGED =
            List.of("eof", "decod", "no such file", "checksum", "corrupt", "statefile");

    private RunscFailure() {}

    /** @param what was to be done: create, start, restore, checkpoint, pause or resume */
    static SandboxException of(String what, SlotShell.Result result) {
        return new SandboxException(kind(result.output(), what.equals("restore")), message(what, result));
    }

    /** A file of ours that could not be written. */
    static SandboxException of(String what, IOException cause) {
        // the file's name alone would not tell why
        String words = String.valueOf(cause);
        return new SandboxException(kind(words, false), what + " failed: " + words, cause);
    }

    private static Kind kind(String output, boolean restore) {
        String words = output.toLowerCase(Locale.ROOT);
        if (NO_SPACE.stream().anyMatch(words::contains)) {
            return Kind.DISK_FULL;
        }
        if (restore && OTHER_BUILD.stream().anyMatch(words::contains)) {
            return Kind.INCOMPATIBLE;
        }
        return restore && DAMAGED.stream().anyMatch(words::contains) ? Kind.CORRUPT : Kind.FAILED;
    }

    private static String message(String what, SlotShell.Result result) {
        // a crash of gVisor's kernel comes with the stacks of all its threads
        String said = result.output().split("\ngoroutine ", 2)[0].strip().replaceAll("\\s+", " ");
        String head = said.length() <= MESSAGE_LIMIT ? said : said.substring(0, MESSAGE_LIMIT) + "…";
        return "%s failed: runsc ended with %d: %s".formatted(what, result.code(), head);
    }
}
