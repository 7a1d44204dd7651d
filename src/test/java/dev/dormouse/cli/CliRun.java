package dev.dormouse.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/** What one command printed and how it ended. */
record CliRun(int exitCode, String out, String err) {

    static final Instant NOW = Instant.parse("2026-08-30T12:00:00Z");

    static CliRun of(ScriptedApi api, String... args) {
        return of(Map.of("DORMOUSE_ENDPOINT", api.endpoint()), "", args);
    }

    static CliRun of(Map<String, String> environment, String in, String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        var terminal = new Terminal(
                new PrintWriter(out),
                new PrintWriter(err),
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                environment,
                InstantSource.fixed(NOW),
                false);
        int exitCode = KubectlAte.run(terminal, args);
        return new CliRun(exitCode, out.toString(), err.toString());
    }
}
