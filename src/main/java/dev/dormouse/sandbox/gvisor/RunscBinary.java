package dev.dormouse.sandbox.gvisor;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.SandboxRuntime.Build;
import dev.dormouse.sandbox.host.Command;
import dev.dormouse.sandbox.host.ShellQuote;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The runsc at hand: what it is, and which of its flags we use.
 *
 * @param networkMask true when it takes a network namespace that shows {@code /proc/sys/net/core} for the host's (releases up to
 *     2024-07-31 on newer kernels) and so must not see that directory
 */
record RunscBinary(Path path, Build build, boolean networkMask) {

    private static final Duration PROBE_LIMIT = Duration.ofSeconds(20);
    private static final String PLATFORM = "systrap";
    private static final Pattern RELEASE = Pattern.compile("(20\\d{6})");
    private static final int LAST_RELEASE_WITH_WRONG_CHECK = 20240731;
    private static final String KEEP_CONNECTIONS = "-allow-connected-on-save";
    private static final String DROP_CONNECTIONS = "-net-disconnect-ok";

    /** @throws SandboxException UNSUPPORTED when the release is too old to checkpoint an actor that has a network */
    static RunscBinary probe(Path path, String sha256) throws SandboxException {
        String version = version(Command.run(PROBE_LIMIT, "", path.toString(), "--version"));
        String known = Command.run(PROBE_LIMIT, "", path.toString(), "flags");
        if (!known.contains(KEEP_CONNECTIONS) && !known.contains(DROP_CONNECTIONS)) {
            throw new SandboxException(
                    Kind.UNSUPPORTED,
                    "runsc is %s, which is too old: install one of 2024-07-29 or newer, or name it in dormouse.ateom.runsc."
                            .formatted(version));
        }
        List<String> flags =
                List.of("--platform=" + PLATFORM, "--network=sandbox", "--overlay2=root:dir", connectionFlag(known));
        return new RunscBinary(
                path, new Build(version, sha256, PLATFORM, flags), release(version) <= LAST_RELEASE_WITH_WRONG_CHECK);
    }

    /** The beginning of each call, for a shell. */
    String command(Path root, Path overlay) {
        return String.join(
                " ",
                ShellQuote.of(path),
                "--root=" + ShellQuote.of(root),
                "--ignore-cgroups",
                "--platform=" + PLATFORM,
                "--network=sandbox",
                "--overlay2=root:dir=" + ShellQuote.of(overlay),
                build.flags().getLast());
    }

    /** False for a release that ends all connections when it writes a snapshot. */
    boolean keepsConnections() {
        return build.flags().getLast().endsWith(KEEP_CONNECTIONS);
    }

    private static String connectionFlag(String known) {
        // open connections must not make a checkpoint fail; the flag was renamed
        return "-" + (known.contains(KEEP_CONNECTIONS) ? KEEP_CONNECTIONS : DROP_CONNECTIONS);
    }

    private static String version(String output) {
        return output.lines()
                .findFirst()
                .map(line -> line.replace("runsc version ", "").strip())
                .orElse("unknown");
    }

    private static int release(String version) {
        Matcher matcher = RELEASE.matcher(version);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }
}
